"""One's library as a whole."""

from __future__ import annotations

from typing import Any

from movies.api.documentation.examples import page
from social.api.documentation import examples
from social.api.serializers.batch import BatchAnswerSerializer, BatchItemSerializer
from social.api.serializers.entry import EntrySerializer
from social.api.views.library import FavoriteViewSet, LibraryBatchView, LibraryViewSet
from social.services.library_batch import MOST_ITEMS
from watchly.api.operations import JSON, Answer, Body, Operation, document

TAG = "library"
_ITEMS: list[dict[str, Any]] = [
    {"movie": {"imdb_id": "tt0113277"}, "stars": 4.5, "watched_at": "2026-02-07"},
    {"movie": {"tmdb_id": 11645}, "status": "planned"},
]
_PAGE = Answer(says="A page of entries.", shape=EntrySerializer, page=True, example=page(examples.ENTRY))


def _batch(schema: Any) -> dict[str, Any]:
    items = schema.shape(BatchItemSerializer, "request")
    return {
        "type": "object",
        "required": ["items"],
        "additionalProperties": False,
        "properties": {"items": {"type": "array", "minItems": 1, "maxItems": MOST_ITEMS, "items": items}},
    }


document(
    LibraryViewSet,
    list=Operation(
        id="listLibrary",
        tag=TAG,
        summary="Browse and search your library",
        description="What you keep of movies, with every filter and ordering of the catalogue and those of your own; "
        "they combine. Movies that were withdrawn since stay in it. What you added last is first; with `search` by "
        "relevance.",
        answers=(_PAGE,),
        cached=True,
    ),
)
document(
    FavoriteViewSet,
    list=Operation(
        id="listFavorites",
        tag=TAG,
        summary="List your favourite movies",
        description="The newest favourite first. The filters and orderings are those of your library.",
        answers=(_PAGE,),
        cached=True,
    ),
)
document(
    LibraryBatchView,
    post=Operation(
        id="writeLibrary",
        tag=TAG,
        summary="Say something of many movies in one call",
        description=f"Up to {MOST_ITEMS}, each by one of its ids: status, stars, favourite, a viewing. A malformed "
        "item is a 422 that names it, and nothing is done. The same call twice changes nothing.",
        body={JSON: Body(shape=_batch, examples={"two": {"items": _ITEMS}})},
        answers=(
            Answer(
                says="Every item as it was sent, under what became of it.",
                shape=BatchAnswerSerializer,
                example={"added": [_ITEMS[0]], "updated": [], "existing": [_ITEMS[1]], "not_found": []},
            ),
        ),
        problems=(("invalid", 422),),
        idempotent=True,
    ),
)
