"""Films that somebody misses: GET and POST /api/movies/suggestions."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import F, QuerySet
from django.http import HttpResponse, QueryDict
from django_filters import rest_framework as filters
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from movies.api.serializers.movie import MOVIE
from movies.api.serializers.suggestion import OWN_SUGGESTION, OwnSuggestionSerializer, SuggestionInputSerializer
from movies.models import Suggestion
from movies.services.suggestions import suggest_movie
from watchly.api.conditional import json_answer
from watchly.api.filters import StrictFilterSet
from watchly.api.idempotency import idempotent
from watchly.api.input import check_parameters
from watchly.api.statements import fetch
from watchly.api.views import DocumentViewSet


class SuggestionFilter(StrictFilterSet):
    state = filters.ChoiceFilter(choices=Suggestion.State.choices, help_text="What became of it.")

    class Meta:
        model = Suggestion
        fields: list[str] = []


class SuggestionViewSet(DocumentViewSet):
    """One's own suggestions, the newest first."""

    queryset = Suggestion.objects.all()
    serializer_class = OwnSuggestionSerializer
    filterset_class = SuggestionFilter
    permission_classes = (IsAuthenticated,)
    key_scopes: ClassVar[dict[str, str | None]] = {"POST": "write"}
    document = OWN_SUGGESTION
    orderings: ClassVar[dict[str, Any]] = {"newest": ((F("id").desc(),), (F("id").asc(),))}
    default_ordering = "newest"

    def get_queryset(self) -> QuerySet[Suggestion]:
        return super().get_queryset().filter(suggested_by=self.request.user.pk)

    def lasting(self, query: QueryDict, rows: QuerySet[Any]) -> bool:
        return False  # the plan names whose they are

    @idempotent
    def create(self, request: Request) -> HttpResponse:
        """Suggests a film: a draft that its author sees at once."""
        check_parameters(request.query_params, known=())
        serializer = SuggestionInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        movie_id = suggest_movie(suggested_by=request.user.pk or 0, **serializer.values()).movie_id
        ((version, body),) = fetch(
            f"SELECT d.version, {MOVIE.expression()} FROM {MOVIE.table} d WHERE d.id = %(id)s", {"id": movie_id}
        )
        response = json_answer(request._request, body.encode(), version=version, status=201)
        response.headers["Location"] = f"/api/movies/{movie_id}"
        return response
