"""Reading the catalogue: movies, genres, tags."""

from __future__ import annotations

from typing import Any

from movies.api.documentation import examples
from movies.api.serializers.movie import GenreSerializer, MovieSerializer, SuggestionSerializer, TagSerializer
from movies.api.views.movies import MovieViewSet
from movies.api.views.suggest import SuggestView
from movies.api.views.vocabulary import GenreViewSet, TagViewSet
from watchly.api.operations import Answer, Operation, document

MOVIES, WORDS = "movies", "genres and tags"
ID_OR_SLUG: dict[str, Any] = {
    "description": "The movie's id, or its slug (a former one too).",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[^/]+$"},
    "example": "949",
}
_EXTERNAL = "Exactly one of `imdb_id`, `tmdb_id` and `wikidata_id` is given."

document(
    MovieViewSet,
    list=Operation(
        id="listMovies",
        tag=MOVIES,
        summary="Browse and search movies",
        description="Filters combine: all must hold. With `search` the order is by relevance unless `ordering` names "
        "another; without it the most popular come first.",
        answers=(
            Answer(says="A page of movies.", shape=MovieSerializer, page=True, example=examples.page(examples.MOVIE)),
        ),
        cached=True,
    ),
    retrieve=Operation(
        id="getMovie",
        tag=MOVIES,
        summary="Read a movie",
        description="By its id or its slug. A merged movie is answered 308 with the path of the one it lives on as, a "
        "withdrawn one 410. Drafts are seen by curators alone.",
        path={"id": ID_OR_SLUG},
        answers=(Answer(says="The movie.", shape=MovieSerializer, example=examples.MOVIE),),
        problems=("moved", "not_found", "gone"),
        cached=True,
    ),
    lookup=Operation(
        id="lookupMovie",
        tag=MOVIES,
        summary="Find a movie by an external id",
        description=_EXTERNAL,
        query={
            "imdb_id": {
                "type": "string",
                "pattern": "^tt[0-9]{7,10}$",
                "description": "An IMDb id.",
                "example": "tt0113277",
            },
            "tmdb_id": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1, "description": "A TMDB id."},
            "wikidata_id": {"type": "string", "pattern": "^Q[1-9][0-9]{0,10}$", "description": "A Wikidata id."},
        },
        answers=(Answer(says="The movie.", shape=MovieSerializer, example=examples.MOVIE),),
        problems=("moved", "not_found", "gone"),
        cached=True,
    ),
)
document(
    SuggestView,
    get=Operation(
        id="suggestMovies",
        tag=MOVIES,
        summary="Suggest movies as one types",
        description="The best first. Meant for every keystroke: one statement, few fields.",
        query={
            "q": {
                "type": "string",
                "minLength": 1,
                "pattern": r"\S",
                "description": "What has been typed so far; of a longer text the first 200 characters count.",
                "example": "hea",
                "required": True,
            },
            "limit": {
                "type": "integer",
                "minimum": 1,
                "maximum": 20,
                "default": 10,
                "description": "How many at most.",
                "example": 5,
            },
        },
        answers=(
            Answer(
                says="Suggestions.",
                shape=SuggestionSerializer,
                results=True,
                example={"results": [examples.SUGGESTION]},
            ),
        ),
        cached=True,
    ),
)
document(
    GenreViewSet,
    list=Operation(
        id="listGenres",
        tag=WORDS,
        summary="List genres",
        answers=(
            Answer(says="A page of genres.", shape=GenreSerializer, page=True, example=examples.page(examples.GENRE)),
        ),
        cached=True,
    ),
)
document(
    TagViewSet,
    list=Operation(
        id="listTags",
        tag=WORDS,
        summary="List the tags of the catalogue",
        answers=(Answer(says="A page of tags.", shape=TagSerializer, page=True, example=examples.page(examples.TAG)),),
        cached=True,
    ),
)
