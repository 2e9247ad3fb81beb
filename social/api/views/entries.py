"""One's own things of one movie: GET and PATCH movies/{id}/me, PUT and DELETE of its rating, status and favourite."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from movies.api.paths import movie_id_of
from movies.models import Movie
from movies.services.movies import check_readable, missing_movie
from social.api.scopes import OWN_WRITES
from social.api.serializers.entry import (
    ME,
    EntryInputSerializer,
    MeSerializer,
    RatingInputSerializer,
    StatusInputSerializer,
)
from social.services.entries import (
    clear_status,
    describe_entry,
    rate_movie,
    set_favorite,
    set_status,
    unrate_movie,
)
from watchly.api.conditional import json_answer
from watchly.api.input import check_nothing_sent, check_parameters
from watchly.api.permissions import SignedIn
from watchly.api.statements import fetch
from watchly.api.viewer import VIEWER

_HAS = f"EXISTS (SELECT FROM social_libraryentry e WHERE e.movie_id = m.id AND e.user_id = {VIEWER})"
_ME = ME.replace("{id}", "m.id").replace("{viewer}", VIEWER)
_READ = f"SELECT m.state, {_HAS}, {_ME}::text FROM movies_movie m WHERE m.id = %(id)s"


def me_document(request: Request, movie_id: int) -> str:
    """One's own document of a movie. Raises NotFound, Moved, and Gone for a withdrawn one that one has nothing of."""
    rows = fetch(_READ, {"id": movie_id, "viewer": request.user.pk})
    if not rows:
        raise missing_movie(movie_id)
    ((state, has, document),) = rows
    if not (has and state != Movie.State.MERGED):
        check_readable(movie_id=movie_id, state=state, reader=request.user)
    found: str = document
    return found


class OwnMovieViewSet(ViewSet):
    """The base: every act answers with the whole document, as it is afterwards."""

    permission_classes = (SignedIn,)
    key_scopes = OWN_WRITES
    serializer_class: ClassVar[type[Any]] = MeSerializer

    def retrieve(self, request: Request, pk: str) -> HttpResponse:
        movie_id = movie_id_of(request, pk)
        check_parameters(request.query_params, known=())
        return self.answer(request, movie_id)

    @staticmethod
    def answer(request: Request, movie_id: int) -> HttpResponse:
        return json_answer(request._request, me_document(request, movie_id).encode())


class MeViewSet(OwnMovieViewSet):
    def partial_update(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        serializer = EntryInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        movie_id = movie_id_of(request, pk)
        describe_entry(user_id=_caller(request), movie_id=movie_id, **serializer.validated_data)
        return self.answer(request, movie_id)


class RatingViewSet(OwnMovieViewSet):
    def update(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        serializer = RatingInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = dict(serializer.validated_data)
        movie_id = movie_id_of(request, pk)
        rate_movie(user_id=_caller(request), movie_id=movie_id, half_stars=given.pop("stars"), **given)
        return self.answer(request, movie_id)

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        check_nothing_sent(request)
        movie_id = movie_id_of(request, pk)
        unrate_movie(user_id=_caller(request), movie_id=movie_id)
        return Response(status=204)


class StatusViewSet(OwnMovieViewSet):
    def update(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        serializer = StatusInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        movie_id = movie_id_of(request, pk)
        set_status(user_id=_caller(request), movie_id=movie_id, **serializer.validated_data)
        return self.answer(request, movie_id)

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        check_nothing_sent(request)
        movie_id = movie_id_of(request, pk)
        clear_status(user_id=_caller(request), movie_id=movie_id)
        return Response(status=204)


class FavoriteMarkViewSet(OwnMovieViewSet):
    def update(self, request: Request, pk: str) -> HttpResponse:
        check_nothing_sent(request)
        movie_id = movie_id_of(request, pk)
        set_favorite(user_id=_caller(request), movie_id=movie_id, favorite=True)
        return self.answer(request, movie_id)

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        check_nothing_sent(request)
        movie_id = movie_id_of(request, pk)
        set_favorite(user_id=_caller(request), movie_id=movie_id, favorite=False)
        return Response(status=204)


def _caller(request: Request) -> int:
    return request.user.pk or 0
