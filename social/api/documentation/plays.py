"""Viewings."""

from __future__ import annotations

from movies.api.documentation.movies import ID_OR_SLUG
from social.api.documentation import examples
from social.api.serializers.play import PlayChangeSerializer, PlayInputSerializer, PlaySerializer
from social.api.views.plays import HistoryViewSet, MoviePlayViewSet, OwnPlayViewSet
from social.models import LibraryEntry
from watchly.api.operations import JSON, Answer, Body, Operation, document

TAG = "library"
_MOMENTS = (
    "`watched_at` is a time, a day, a month or a year, or null when nobody knows. A time with an offset keeps the day "
    "of that offset (`watched_on`); one without, or in UTC, is placed by your time zone."
)

document(
    MoviePlayViewSet,
    list=Operation(
        id="listMoviePlays",
        path={"id": ID_OR_SLUG},
        tag=TAG,
        summary="List your viewings of a movie",
        description="Last seen first.",
        answers=(
            Answer(says="Your viewings.", shape=PlaySerializer, page=True, example=examples.stream(examples.PLAY)),
        ),
        problems=("moved", "not_found", "gone"),
        cached=True,
    ),
    create=Operation(
        id="addPlay",
        tag=TAG,
        summary="Add a viewing of a movie",
        description=f"It makes the movie watched; the stars of your latest viewing are your rating. {_MOMENTS} "
        "`companions` are people whom you follow. A `source_key` that is known of its `source` adds nothing; "
        "one that names a play of another movie is 409.",
        body={
            JSON: Body(
                shape=PlayInputSerializer,
                examples={"nuart": examples.PLAY_INPUT, "once": {}, "year": {"watched_at": "1998"}},
            )
        },
        body_optional=True,
        answers=(
            Answer(
                says="The viewing that this `source_key` names already.",
                shape=PlaySerializer,
                example=examples.PLAY,
                headers=("Location", "ETag", "Cache-Control"),
            ),
            Answer(
                status=201,
                says="The viewing.",
                shape=PlaySerializer,
                example=examples.PLAY,
                headers=("Location", "ETag", "Cache-Control"),
            ),
        ),
        problems=("moved", "not_found", "gone", "source_key_used"),
        idempotent=True,
    ),
)
document(
    HistoryViewSet,
    list=Operation(
        id="listHistory",
        tag=TAG,
        summary="List your viewings",
        description="Last seen first; those that nobody can date are at the end.",
        answers=(
            Answer(says="Your viewings.", shape=PlaySerializer, page=True, example=examples.stream(examples.PLAY)),
        ),
        cached=True,
    ),
)
document(
    OwnPlayViewSet,
    retrieve=Operation(
        id="getPlay",
        tag=TAG,
        summary="Read one of your viewings",
        answers=(Answer(says="The viewing.", shape=PlaySerializer, example=examples.PLAY),),
        problems=("not_found",),
        cached=True,
    ),
    partial_update=Operation(
        id="changePlay",
        tag=TAG,
        summary="Change one of your viewings",
        description=f"What is left out stays. {_MOMENTS} A `precision` alone makes what is stored coarser.",
        body={JSON: Body(shape=PlayChangeSerializer, examples={"stars": {"stars": 5}, "day": {"precision": "day"}})},
        answers=(
            Answer(says="The viewing.", shape=PlaySerializer, example=examples.PLAY, headers=("ETag", "Cache-Control")),
        ),
        problems=("not_found",),
    ),
    destroy=Operation(
        id="deletePlay",
        tag=TAG,
        summary="Delete one of your viewings",
        description="When it was the only one of its movie, the status is what it was before, or what `status` says. "
        "Your rating stays.",
        query={
            "status": {
                "type": "string",
                "enum": list(LibraryEntry.Status.values),
                "description": "From then on, if it was the only viewing of its movie.",
                "example": "planned",
            }
        },
        answers=(Answer(status=204, says="It is gone."),),
        problems=("not_found",),
    ),
)
