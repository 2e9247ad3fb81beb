"""One's library: GET me/library, GET me/favorites, POST me/library/batch."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from movies.api.filters import as_found
from movies.models import Movie
from social.api.filters import LIBRARY_ORDERINGS, LibraryFilter
from social.api.scopes import FILLS_LIBRARY
from social.api.serializers.batch import BatchItemSerializer, BatchSerializer, batch_item
from social.api.serializers.entry import ENTRY, EntrySerializer
from social.models import LibraryEntry
from social.services.library_batch import Outcome, write_library
from social.services.zones import zone_of
from watchly.api.errors import flatten, invalid
from watchly.api.idempotency import idempotent
from watchly.api.input import check_parameters
from watchly.api.pages import LARGEST_PAGE, LARGEST_PAGE_SIZE, PAGE_SIZE, PagePlan, page_plan, whole_number
from watchly.api.permissions import SignedIn
from watchly.api.viewer import viewer_id
from watchly.api.views import DocumentViewSet, other_parameters


class LibraryViewSet(DocumentViewSet):
    """What the caller keeps of movies, those that were withdrawn from the catalogue among them."""

    queryset = LibraryEntry.objects.all()
    serializer_class: type[Any] = EntrySerializer
    filterset_class = LibraryFilter
    permission_classes: tuple[type[Any], ...] = (SignedIn,)
    document = ENTRY
    orderings = LIBRARY_ORDERINGS
    default_ordering = "added"
    more_orderings = ("relevance",)
    repeatable = ("genre", "tag")
    always: ClassVar[Q] = Q()

    def plan(self, query: QueryDict) -> tuple[PagePlan, bool]:
        names = self.filterset_class.names()
        known = [*names, "page", "page_size", "ordering", "fields", "expand"]
        check_parameters(query, known=known, repeatable=self.repeatable)
        every = Movie.objects.all()
        filterset = self.filterset_class(query, queryset=every, viewer=viewer_id(self.request))
        movies = filterset.narrowed()
        rows = self.entries().filter(self.always & filterset.said)
        if movies.query.where:
            rows = rows.filter(movie__in=movies.values("pk"))
        plan = page_plan(
            document=self.document,
            rows=rows,
            ordering=self.ordering(query.get("ordering"), filterset),
            page=whole_number(query, "page", 1, LARGEST_PAGE),
            page_size=whole_number(query, "page_size", PAGE_SIZE, LARGEST_PAGE_SIZE),
            fields=self.picked(query, "fields", self.document.fields),
            expand=self.picked(query, "expand", self.document.expansions),
            query=other_parameters(query),
        )
        return plan, False  # it names whose library it is

    def entries(self) -> QuerySet[LibraryEntry]:
        """Whose library it is."""
        return self.get_queryset().filter(user=self.request.user.pk)

    def ordering(self, name: str | None, filterset: Any) -> tuple[Any, ...]:
        by_relevance = name in (None, *self.more_orderings)
        if filterset.found is None or not by_relevance:
            return super().ordering(None if by_relevance else name, filterset)
        return as_found(filterset.found, key="movie_id")


class FavoriteViewSet(LibraryViewSet):
    """The caller's favourites, the newest first."""

    always = Q(favorite=True)
    default_ordering = "favorited"


class LibraryBatchView(GenericAPIView[Any]):
    """Status, stars, favourites and plays of many movies in one call."""

    serializer_class = BatchSerializer
    permission_classes = (SignedIn,)
    key_scopes = FILLS_LIBRARY

    @idempotent
    def post(self, request: Request) -> HttpResponse:
        check_parameters(request.query_params, known=())
        envelope = BatchSerializer(data=request.data)
        envelope.is_valid(raise_exception=True)
        sent = envelope.validated_data["items"]
        zone = zone_of(request.user)
        serializer = BatchItemSerializer()
        items, errors = [], []
        for at, row in enumerate(sent):
            try:
                items.append(batch_item(row, zone, serializer))
            except ValidationError as error:
                errors += [{**each, "pointer": f"/items/{at}{each['pointer']}"} for each in flatten(error.detail)]
        if errors:
            return invalid(request._request, errors, status=422)
        outcomes = write_library(user_id=request.user.pk or 0, items=items)
        answer: dict[str, list[Any]] = {outcome: [] for outcome in Outcome}
        for row, outcome in zip(sent, outcomes, strict=True):
            answer[outcome].append(row)
        return Response(answer)
