"""Viewings: GET and POST movies/{id}/plays, GET me/history, GET, PATCH and DELETE me/history/{id}."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from movies.api.paths import movie_id_of, writable
from movies.models import Movie
from movies.services.movies import check_readable, missing_movie
from social.api.paths import path_id
from social.api.scopes import LOGS_PLAYS, OWN_WRITES
from social.api.serializers.play import PLAY, PlayChangeSerializer, PlayInputSerializer, PlaySerializer
from social.models import LibraryEntry, Play
from social.services.plays import add_play, change_play, delete_play
from social.services.zones import UNKNOWN, coarser, of_play, zone_of
from watchly.api.conditional import json_answer
from watchly.api.idempotency import idempotent
from watchly.api.input import StrictSerializer, check_parameters, unknown
from watchly.api.permissions import SignedIn
from watchly.api.statements import fetch
from watchly.api.streams import Stream, StreamViewSet
from watchly.api.views import invalid
from watchly.common.errors import NotFound

_STATE = (
    "SELECT m.state, EXISTS (SELECT FROM social_libraryentry e WHERE e.movie_id = m.id AND e.user_id = %(viewer)s)"
    " FROM movies_movie m WHERE m.id = %(id)s"
)
_ONE = f"SELECT {PLAY.expression()} FROM social_play d WHERE d.id = %(id)s AND d.user_id = %(viewer)s"


class HistoryViewSet(StreamViewSet):
    """The caller's viewings, last seen first; those that nobody can date are at the end."""

    queryset = Play.objects.all()
    serializer_class = PlaySerializer
    permission_classes = (SignedIn,)
    stream = Stream("history", PLAY, "d.user_id = %(viewer)s", key="history_order")

    def list(self, request: Request) -> HttpResponse:
        return self.page(request, {"viewer": request.user.pk})


class OwnPlayViewSet(GenericViewSet[Any]):
    """One of them."""

    queryset = Play.objects.all()
    serializer_class = PlaySerializer
    permission_classes = (SignedIn,)
    key_scopes = OWN_WRITES

    def retrieve(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        return play_answer(request, path_id(pk))

    def partial_update(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        serializer = PlayChangeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        play_id, values = path_id(pk), serializer.values()
        change_play(
            user_id=request.user.pk or 0,
            play_id=play_id,
            when=self._when(request, play_id, serializer),
            companions=values.pop("companions", None),
            values=values,
        )
        return play_answer(request, play_id)

    @staticmethod
    def _when(request: Request, play_id: int, serializer: PlayChangeSerializer) -> Any:
        """The moment that was sent; a precision alone makes the one that is stored coarser."""
        precision = serializer.validated_data.get("precision")
        if precision is None or "watched_at" in serializer.validated_data:
            return serializer.when(zone_of(request.user))
        play = Play.objects.filter(user=request.user.pk, pk=play_id).first()
        if play is None:
            raise NotFound()
        try:
            return coarser(of_play(play), precision)
        except ValueError as error:
            raise invalid("precision", str(error), "moment") from error

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=("status",))
        StrictSerializer(data=request.data).is_valid(raise_exception=True)
        status = request.query_params.get("status")
        if status is not None and status not in LibraryEntry.Status.values:
            raise ValidationError({"status": unknown(status, LibraryEntry.Status.values, "status")})
        delete_play(user_id=request.user.pk or 0, play_id=path_id(pk), status=status)
        return Response(status=204)


class MoviePlayViewSet(StreamViewSet):
    """The caller's viewings of one movie."""

    queryset = Play.objects.all()
    serializer_class = PlaySerializer
    permission_classes = (SignedIn,)
    key_scopes = LOGS_PLAYS
    stream = Stream("plays", PLAY, "d.user_id = %(viewer)s AND d.movie_id = %(movie)s", key="history_order")

    def list(self, request: Request, pk: str) -> HttpResponse:
        movie_id = movie_id_of(request, pk)
        rows = fetch(_STATE, {"id": movie_id, "viewer": request.user.pk})
        if not rows:
            raise missing_movie(movie_id)
        ((state, has),) = rows
        if not (has and state != Movie.State.MERGED):
            check_readable(movie_id=movie_id, state=state, reader=request.user)
        return self.page(request, {"viewer": request.user.pk, "movie": movie_id})

    @idempotent
    def create(self, request: Request, pk: str) -> HttpResponse:
        """Adds a viewing: 201; 200 with the one that there is for a `source_key` that is known."""
        check_parameters(request.query_params, known=())
        serializer = PlayInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        when = serializer.when(zone_of(request.user)) or UNKNOWN
        user_id, movie_id = request.user.pk or 0, writable(pk)
        play_id, new = add_play(user_id=user_id, movie_id=movie_id, when=when, **serializer.values())
        response = play_answer(request, play_id, status=201 if new else 200)
        response.headers["Location"] = f"/api/me/history/{play_id}"
        return response


def play_answer(request: Request, play_id: int, *, status: int = 200) -> HttpResponse:
    """A viewing of the caller's. Raises NotFound."""
    rows = fetch(_ONE, {"id": play_id, "viewer": request.user.pk})
    if not rows:
        raise NotFound(f"There is no play {play_id} of yours.")
    return json_answer(request._request, rows[0][0].encode(), status=status)
