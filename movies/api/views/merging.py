"""Two movies that are one film: POST /api/movies/{id}/merge and /api/movies/{id}/unmerge."""

from __future__ import annotations

from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from movies.api.paths import writable
from movies.api.serializers.merging import MergeInputSerializer
from movies.api.views.movies import MovieViewSet, written
from movies.services.merging import merge_movies, merge_of, unmerge_movie
from watchly.api.conditional import expected_version
from watchly.api.idempotency import idempotent
from watchly.api.input import check_nothing_sent, check_parameters
from watchly.api.parsers import StrictJSONParser


class MergeViewSet(MovieViewSet):
    """A movie becomes part of another, and itself again."""

    parser_classes = (StrictJSONParser,)
    write_permissions: ClassVar[dict[str, str]] = {"POST": "movies.merge_movie"}

    @idempotent
    def merge(self, request: Request, pk: str) -> HttpResponse:
        """Merges this movie into another; the answer is that one."""
        check_parameters(request.query_params, known=())
        movie_id = writable(pk)
        serializer = MergeInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        into: int = serializer.validated_data["into"]
        merge_movies(survivor_id=into, merged_id=movie_id, expected_version=expected_version(request._request))
        return written(request, into)

    @idempotent
    def unmerge(self, request: Request, pk: str) -> HttpResponse:
        """Parts this movie from the one that it was merged into; the answer is the movie that is back."""
        check_nothing_sent(request)
        movie_id = writable(pk)
        version = expected_version(request._request)
        unmerge_movie(merge_id=merge_of(movie_id=movie_id).pk, expected_version=version)
        return written(request, movie_id)
