"""What curators see and do beside writing: histories, locked fields, restoring."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from movies.api.paths import movie_id_of, movie_of_path, number, writable
from movies.api.serializers.change import CHANGE, ChangeSerializer, LockSerializer, ReasonSerializer
from movies.api.views.movies import written
from movies.models import Change, Person
from movies.services.locks import locks_of_movie, unlock_movie
from movies.services.movies import get_movie
from movies.services.publishing import restore_movie
from watchly.api.conditional import expected_version, json_answer
from watchly.api.input import check_parameters
from watchly.api.permissions import HasPermission
from watchly.api.renderers import JSONRenderer
from watchly.api.streams import Stream, StreamViewSet
from watchly.common.errors import NotFound


class MovieHistoryViewSet(StreamViewSet):
    """Who changed what of a movie, the newest first; of a withdrawn or merged one too."""

    queryset = Change.objects.all()
    serializer_class = ChangeSerializer
    permission_classes = (HasPermission,)
    permission = "movies.view_change"
    stream = Stream("movie-history", CHANGE, "d.movie_id = %(movie)s")

    def list(self, request: Request, pk: str) -> HttpResponse:
        movie_id, _ = movie_of_path(request, pk)
        return self.page(request, {"movie": movie_id})


class PersonHistoryViewSet(StreamViewSet):
    """Who changed what of a person, the newest first; of a merged one too."""

    queryset = Change.objects.all()
    serializer_class = ChangeSerializer
    permission_classes = (HasPermission,)
    permission = "movies.view_change"
    stream = Stream("person-history", CHANGE, "d.person_id = %(person)s")

    def list(self, request: Request, pk: str) -> HttpResponse:
        person_id = number(pk) if pk.isascii() and pk.isdigit() else 0
        if not Person.objects.filter(pk=person_id).exists():
            raise NotFound(f"There is no person {pk[:40]!r}.")
        return self.page(request, {"person": person_id})


class LockViewSet(GenericViewSet[Any]):
    """The fields of a movie that refreshes leave alone."""

    serializer_class = LockSerializer
    permission_classes = (HasPermission,)
    permission = "movies.change_movie"
    pagination_class = None

    def list(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        movie = get_movie(movie_id=movie_id_of(request, pk))
        locks = LockSerializer(locks_of_movie(movie_id=movie.pk), many=True).data
        return json_answer(request._request, JSONRenderer().render({"results": locks}), version=movie.version)

    def destroy(self, request: Request, pk: str, field: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        unlock_movie(movie_id=writable(pk), field=field.replace("\x00", ""))
        return Response(status=204)


class RestoreViewSet(GenericViewSet[Any]):
    """Puts a withdrawn movie back into the catalogue."""

    serializer_class = ReasonSerializer
    permission_classes = (HasPermission,)
    permission: ClassVar[str] = "movies.withdraw_movie"

    def create(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        movie_id = writable(pk)
        serializer = ReasonSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        version = expected_version(request._request)
        restore_movie(movie_id=movie_id, reason=serializer.validated_data["reason"], expected_version=version)
        return written(request, movie_id)
