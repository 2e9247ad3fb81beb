"""Histories, locked fields, restoring."""

from __future__ import annotations

from typing import Any

from movies.api.documentation import examples
from movies.api.documentation.movies import ID_OR_SLUG
from movies.api.serializers.change import ChangeSerializer, LockSerializer, ReasonSerializer
from movies.api.serializers.movie import MovieSerializer
from movies.api.views.curation import LockViewSet, MovieHistoryViewSet, PersonHistoryViewSet, RestoreViewSet
from watchly.api.operations import JSON, Answer, Body, Operation, document

TAG = "movies"
_ACTOR = {"id": 7, "username": "carla"}
_CHANGE: dict[str, Any] = {
    "id": 5120,
    "action": "edited",
    "via": "api",
    "actor": _ACTOR,
    "run": None,
    "fields": {
        "runtime": {"old": 168, "new": 170},
        "genres": {"old": [], "new": ["Crime"]},
        "locked_fields": {"old": [], "new": ["genres", "runtime"]},
    },
    "reason": None,
    "version": 4,
    "created_at": examples.MOVIE["updated_at"],
}
_RENAMED = {
    **_CHANGE,
    "fields": {"name": {"old": "Micheal Mann", "new": "Michael Mann"}, "locked_fields": {"old": [], "new": ["name"]}},
}
_LOCK: dict[str, Any] = {
    "field": "runtime",
    "locked_at": _CHANGE["created_at"],
    "via": "api",
    "locked_by": _ACTOR,
}
_WHAT = (
    "The newest first. A line says who changed what from what to what, through which door (the back office, the API, "
    "an import, a refresh from a provider, a command), and why where a reason was given. What an import made begins "
    "without a line. Follow `next`; lines that are added meanwhile neither shift nor double what you read. Needs the "
    "curator or moderator role."
)


def _history(operation: str, tag: str, summary: str, example: dict[str, Any]) -> Operation:
    page = {"next": None, "previous": None, "results": [example]}
    return Operation(
        id=operation,
        path={"id": ID_OR_SLUG} if tag == TAG else {},
        tag=tag,
        summary=summary,
        description=_WHAT,
        answers=(Answer(says="A page of the history.", shape=ChangeSerializer, page=True, example=page),),
        problems=("not_found",),
        cached=True,
    )


document(MovieHistoryViewSet, list=_history("listMovieHistory", TAG, "Read the history of a movie", _CHANGE))
document(PersonHistoryViewSet, list=_history("listPersonHistory", "people", "Read the history of a person", _RENAMED))
document(
    LockViewSet,
    list=Operation(
        id="listMovieLocks",
        path={"id": ID_OR_SLUG},
        tag=TAG,
        summary="List the locked fields of a movie",
        description="What staff have edited is locked: imports and refreshes leave it alone. Needs the curator role.",
        answers=(Answer(says="The locked fields.", shape=LockSerializer, results=True, example={"results": [_LOCK]}),),
        problems=("moved", "not_found", "gone"),
        cached=True,
    ),
    destroy=Operation(
        id="unlockMovieField",
        tag=TAG,
        summary="Unlock a field of a movie",
        description="Imports and refreshes may change it again. The value stays. Needs the curator role.",
        path={
            "field": {
                "description": "Its name, as the list of locks gives it.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 40},
                "example": "runtime",
            }
        },
        answers=(Answer(status=204, says="It is unlocked."),),
        problems=("moved", "not_found", "gone"),
    ),
)
document(
    RestoreViewSet,
    create=Operation(
        id="restoreMovie",
        tag=TAG,
        summary="Put a withdrawn movie back into the catalogue",
        description="It is published again, with all that people have recorded. Needs the curator role.",
        body={JSON: Body(shape=ReasonSerializer, examples={"mistake": {"reason": "It is a film after all."}})},
        answers=(
            Answer(says="The movie.", shape=MovieSerializer, example=examples.MOVIE, headers=("ETag", "Cache-Control")),
        ),
        problems=("moved", "not_found", "not_withdrawn"),
        versioned=True,
    ),
)
