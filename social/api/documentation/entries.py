"""One's own things of one movie."""

from __future__ import annotations

from typing import Any

from movies.api.documentation.movies import ID_OR_SLUG
from social.api.documentation import examples
from social.api.serializers.entry import (
    EntryInputSerializer,
    MeSerializer,
    RatingInputSerializer,
    StatusInputSerializer,
)
from social.api.views.entries import FavoriteMarkViewSet, MeViewSet, RatingViewSet, StatusViewSet
from watchly.api.operations import JSON, Answer, Body, Operation, document

TAG = "library"
_SAYING = ("moved", "not_found", "gone")
_AFTERWARDS = Answer(
    says="All that you keep of the movie, as it is now.",
    shape=MeSerializer,
    example=examples.ME,
    headers=("ETag", "Cache-Control"),
)
_GONE = Answer(status=204, says="It is not there, whether it was or not.")


def _body(shape: type[Any], **given: Any) -> dict[str, Body]:
    return {JSON: Body(shape=shape, examples=given)}


document(
    MeViewSet,
    retrieve=Operation(
        id="getMyMovie",
        path={"id": ID_OR_SLUG},
        tag=TAG,
        summary="Read what you keep of a movie",
        description="Status, stars, favourite, your own tags, your note, how often you saw it. `expand=me` embeds the "
        "same wherever movies are listed. A withdrawn movie is 410, unless you have something of it.",
        answers=(Answer(says="All that you keep of it.", shape=MeSerializer, example=examples.ME),),
        problems=_SAYING,
        cached=True,
    ),
    partial_update=Operation(
        id="describeMyMovie",
        tag=TAG,
        summary="Set your tags, note and visibility for a movie",
        description="What is left out stays. `visibility` says who sees your status, stars and favourite; tags and "
        "note are for you alone.",
        body=_body(EntryInputSerializer, note={"tags": ["heists", "with Ada"], "note": "The coffee scene."}),
        answers=(_AFTERWARDS,),
        problems=_SAYING,
    ),
)
document(
    RatingViewSet,
    update=Operation(
        id="rateMovie",
        tag=TAG,
        summary="Rate a movie",
        description="Half a star to five. It makes the movie watched, without a play, unless `mark_watched` is false.",
        body=_body(RatingInputSerializer, stars={"stars": 4.5}, quietly={"stars": 4.5, "mark_watched": False}),
        answers=(_AFTERWARDS,),
        problems=_SAYING,
    ),
    destroy=Operation(
        id="unrateMovie",
        tag=TAG,
        summary="Take your rating of a movie away",
        description="The status stays, and so do the stars of your plays.",
        answers=(_GONE,),
        problems=("moved", "not_found"),
    ),
)
document(
    StatusViewSet,
    update=Operation(
        id="setMovieStatus",
        tag=TAG,
        summary="Say where you stand with a movie",
        description="It makes no play, `watched` neither.",
        body=_body(StatusInputSerializer, planned={"status": "planned"}),
        answers=(_AFTERWARDS,),
        problems=_SAYING,
    ),
    destroy=Operation(
        id="clearMovieStatus",
        tag=TAG,
        summary="Take your status of a movie back",
        description="Plays and stars stay.",
        answers=(_GONE,),
        problems=("moved", "not_found"),
    ),
)
document(
    FavoriteMarkViewSet,
    update=Operation(
        id="favoriteMovie",
        tag=TAG,
        summary="Make a movie a favourite",
        answers=(_AFTERWARDS,),
        problems=_SAYING,
    ),
    destroy=Operation(
        id="unfavoriteMovie",
        tag=TAG,
        summary="Make a movie a favourite no longer",
        answers=(_GONE,),
        problems=("moved", "not_found"),
    ),
)
