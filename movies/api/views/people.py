"""People, and the films they are in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import F, QuerySet
from django.http import HttpResponse, QueryDict
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from movies.api.filters import PERSON_ORDERINGS, PersonFilter, as_found
from movies.api.paths import number
from movies.api.serializers.person import PERSON, PERSON_CREDIT, PersonCreditSerializer, PersonSerializer
from movies.api.views.parts import CreditFilter
from movies.models import CatalogueCount, Credit, Movie, Person
from watchly.api.conditional import json_answer
from watchly.api.documents import literal
from watchly.api.filters import StrictFilterSet
from watchly.api.views import DocumentViewSet
from watchly.common.errors import Moved, NotFound

_TOTAL = f"(SELECT value FROM movies_cataloguecount WHERE name = {literal(CatalogueCount.PEOPLE)})"


class PersonViewSet(DocumentViewSet):
    """Everybody with a part in a film, those with most parts first."""

    queryset = Person.objects.unmerged()
    serializer_class = PersonSerializer
    filterset_class = PersonFilter
    permission_classes = (AllowAny,)
    document = PERSON
    orderings = PERSON_ORDERINGS
    default_ordering = "credits"
    total = f"coalesce({_TOTAL}, 0)"

    def lasting(self, query: QueryDict, rows: QuerySet[Any]) -> bool:
        return "search" not in query

    def ordering(self, name: str | None, filterset: StrictFilterSet) -> tuple[Any, ...]:
        found: list[int] | None = getattr(filterset, "found", None)
        if found is None or name is not None:
            return super().ordering(name, filterset)
        return as_found(found)

    def retrieve(self, request: Request, pk: str) -> HttpResponse:  # type: ignore[override]
        if not (pk.isascii() and pk.isdigit()):
            raise NotFound(f"There is no person {pk[:40]!r}: name one by its id.")
        version, into, body = self.row(request._request.GET, number(pk), "d.version, d.merged_into_id, ")
        if into is not None:
            raise Moved(f"/api/people/{into}", survivor_id=into)
        return json_answer(request._request, body.encode(), version=version)


class PersonCreditViewSet(DocumentViewSet):
    """The parts of one person in published films, the newest film first."""

    queryset = Credit.objects.filter(movie__state=Movie.State.PUBLISHED)
    serializer_class = PersonCreditSerializer
    filterset_class = CreditFilter
    permission_classes = (AllowAny,)
    document = PERSON_CREDIT
    orderings: ClassVar[dict[str, Any]] = {
        "newest": (
            (F("movie__release_order").desc(nulls_last=True), F("id").asc()),
            (F("movie__release_order").asc(nulls_last=True), F("id").asc()),
        ),
    }
    default_ordering = "newest"

    def get_queryset(self) -> QuerySet[Credit]:
        return super().get_queryset().filter(person_id=self.kwargs.get("pk", 0))

    def list(self, request: Request, pk: str) -> HttpResponse:
        person_id = number(pk) if pk.isascii() and pk.isdigit() else 0
        check_person(person_id, pk)
        return super().list(request)


def check_person(person_id: int, pk: str) -> None:
    """Raises NotFound for a person who never was, and Moved for one who was merged."""
    found = Person.objects.filter(pk=person_id).values_list("merged_into", flat=True)[:1]
    if not found:
        raise NotFound(f"There is no person {pk[:40]!r}.")
    if found[0] is not None:
        raise Moved(f"/api/people/{found[0]}", survivor_id=found[0])
