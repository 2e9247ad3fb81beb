"""Suggesting films."""

from __future__ import annotations

from typing import Any

from movies.api.documentation import examples
from movies.api.serializers.movie import MovieSerializer
from movies.api.serializers.suggestion import OwnSuggestionSerializer, SuggestionInputSerializer
from movies.api.views.suggestions import SuggestionViewSet
from watchly.api.operations import JSON, Answer, Body, Operation, document

TAG = "movies"
_OWN: dict[str, Any] = {
    "id": 31,
    "movie": {"id": 84201, "slug": "the-long-tour-2026", "title": "The Long Tour", "year": 2026, "state": "draft"},
    "directors": ["Ada Example"],
    "note": "Shown at the festival in May.",
    "state": "open",
    "reason": None,
    "created_at": examples.MOVIE["created_at"],
    "decided_at": None,
}
_INPUT = {
    "title": "The Long Tour",
    "year": 2026,
    "directors": ["Ada Example"],
    "imdb_id": "tt9999998",
    "note": "Shown at the festival in May.",
}

document(
    SuggestionViewSet,
    list=Operation(
        id="listSuggestions",
        tag=TAG,
        summary="List your own suggestions",
        description="With what became of each; `reason` says why one was rejected.",
        answers=(
            Answer(
                says="A page of suggestions.",
                shape=OwnSuggestionSerializer,
                page=True,
                example=examples.page(_OWN),
            ),
        ),
        cached=True,
    ),
    create=Operation(
        id="suggestMovie",
        tag=TAG,
        summary="Suggest a film that is missing",
        description="Anybody who is signed in may. The film is a draft: its author can use it at once, everybody once "
        "a curator has accepted it. A film that is there already, by an external id or by title and year, is refused "
        "(409 `duplicate`) with its path; `not_duplicate` says that one of the same title and year is another film. "
        "At most 20 may wait for a decision.",
        body={JSON: Body(shape=SuggestionInputSerializer, examples={"tour": _INPUT})},
        answers=(
            Answer(
                status=201,
                says="The movie, as a draft.",
                shape=MovieSerializer,
                example=examples.MOVIE,
                headers=("Location", "ETag", "Cache-Control"),
            ),
        ),
        problems=("duplicate", "too_many_open", "conflict"),
        idempotent=True,
    ),
)
