"""What an outside provider adds."""

from __future__ import annotations

from typing import Any

from movies.api.documentation import examples
from movies.api.documentation.movies import ID_OR_SLUG
from movies.api.serializers.movie import MovieSerializer
from movies.api.views.provider import FetchView, WatchProvidersSerializer, WatchProvidersView
from movies.providers.tmdb import NOTICE, OFFERS_BY
from watchly.api.operations import JSON, Answer, Body, Operation, document

TAG = "movies"
_MOVIE: dict[str, Any] = {
    "shape": MovieSerializer,
    "example": examples.MOVIE,
    "headers": ("Location", "ETag", "Cache-Control"),
}
_ONE_ID: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
    "properties": {
        "tmdb_id": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
        "imdb_id": {"type": "string", "pattern": "^tt[0-9]{7,10}$"},
    },
}
_OFFERS: dict[str, Any] = {
    "movie": 949,
    "country": "DE",
    "link": "https://www.themoviedb.org/movie/949-heat/watch?locale=DE",
    "flatrate": [{"id": 8, "name": "Netflix"}],
    "free": [],
    "ads": [],
    "rent": [],
    "buy": [{"id": 2, "name": "Apple TV"}],
    "fetched_at": examples.MOVIE["created_at"],
    "attribution": OFFERS_BY,
    "notice": NOTICE,
}

document(
    FetchView,
    post=Operation(
        id="fetchMovie",
        tag=TAG,
        summary="Bring in a film from TMDB",
        description="By exactly one of its ids. A film that is held already is read anew: what staff have edited is "
        f"locked against it. Where TMDB is not set up the answer is 409 `provider_off`. {NOTICE}",
        body={JSON: Body(shape=_ONE_ID, examples={"tmdb": {"tmdb_id": 949}, "imdb": {"imdb_id": "tt0113277"}})},
        answers=(
            Answer(status=201, says="The film was made.", **_MOVIE),
            Answer(says="The film was held already, and was read anew.", **_MOVIE),
        ),
        problems=("withdrawn", "provider_off", "id_conflict", "provider_unavailable"),
        idempotent=True,
    ),
)
document(
    WatchProvidersView,
    get=Operation(
        id="listWatchProviders",
        path={"id": ID_OR_SLUG},
        tag=TAG,
        summary="Read where a movie can be watched",
        description="In one country: with a subscription, free, with advertisements, to rent, to buy. The data is "
        f"{OFFERS_BY}'s and comes through TMDB: show `attribution` and `notice` with it. What is not known is empty. "
        f"{NOTICE}",
        query={
            "country": {
                "type": "string",
                "pattern": "^[A-Za-z]{2}$",
                "description": "ISO 3166-1 alpha-2.",
                "example": "DE",
                "required": True,
            }
        },
        answers=(Answer(says="The offers.", shape=WatchProvidersSerializer, example=_OFFERS),),
        problems=("moved", "not_found", "gone"),
        cached=True,
    ),
)
