"""The base of every viewset whose reads are documents."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from watchly.api.conditional import json_answer
from watchly.api.documents import Document
from watchly.api.filters import StrictFilterSet
from watchly.api.input import check_parameters, unknown, words
from watchly.api.pages import LARGEST_PAGE, LARGEST_PAGE_SIZE, PAGE_SIZE, PagePlan, Pages, page_plan, whole_number
from watchly.api.statements import fetch
from watchly.api.viewer import signed_in, viewer_id
from watchly.common.errors import NotFound

_PLANS_KEPT = 1024
_PLAN_SECONDS = 60.0
LARGEST_ID = 2**63 - 1


class PlanCache:
    """Plans of pages by query string. A plan holds SQL and no data, so an old one is never wrong, only planned anew
    now and then because it may name ids of genres and tags that were since renamed."""

    def __init__(self) -> None:
        self._plans: OrderedDict[tuple[str, str], tuple[float, PagePlan]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[str, str]) -> PagePlan | None:
        with self._lock:
            held = self._plans.get(key)
            if held is None or held[0] < time.monotonic():
                return None
            self._plans.move_to_end(key)
            return held[1]

    def put(self, key: tuple[str, str], plan: PagePlan) -> None:
        with self._lock:
            self._plans[key] = (time.monotonic() + _PLAN_SECONDS, plan)
            self._plans.move_to_end(key)
            if len(self._plans) > _PLANS_KEPT:
                self._plans.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._plans.clear()


def other_parameters(query: QueryDict) -> str:
    """The parameters but `page`, encoded, with an ampersand behind them if there are any."""
    others = query.copy()
    others.pop("page", None)
    return f"{others.urlencode()}&" if others else ""


class DocumentViewSet(GenericViewSet[Any]):
    """Lists and reads documents: a filterset narrows, one statement renders.

    `orderings` maps a name to its ORM expressions and those of its reverse; `total` is the SQL of a kept count.
    """

    document: ClassVar[Document]
    filterset_class: ClassVar[type[StrictFilterSet]]
    orderings: ClassVar[Mapping[str, tuple[tuple[Any, ...], tuple[Any, ...]]]]
    default_ordering: ClassVar[str]
    more_orderings: ClassVar[tuple[str, ...]] = ()  # without an SQL of their own, and without a reverse
    total: ClassVar[str | None] = None
    repeatable: ClassVar[tuple[str, ...]] = ()
    filter_backends = (DjangoFilterBackend,)
    pagination_class = Pages
    plans: ClassVar[PlanCache] = PlanCache()

    # --- lists ---

    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        http: HttpRequest = request._request
        key = (f"{http.path} {self.action}", http.META.get("QUERY_STRING", ""))
        plan = self.plans.get(key)
        if plan is None:
            plan, lasting = self.plan(http.GET)
            if lasting:
                self.plans.put(key, plan)
        return json_answer(http, plan.run(http))

    def plan(self, query: QueryDict) -> tuple[PagePlan, bool]:
        """The plan for these parameters, and whether it may be kept. Raises ValidationError."""
        names = self.filterset_class.names()
        check_parameters(
            query,
            known=[*names, "page", "page_size", "ordering", "fields", "expand"],
            repeatable=self.repeatable,
        )
        filterset = self.filterset_class(query, queryset=self.get_queryset(), viewer=viewer_id(self.request))
        rows = filterset.narrowed()
        narrowed = any(query.get(name) for name in names)
        ordering = self.ordering(query.get("ordering"), filterset)
        plan = page_plan(
            document=self.document,
            rows=rows,
            ordering=ordering,
            page=whole_number(query, "page", 1, LARGEST_PAGE),
            page_size=whole_number(query, "page_size", PAGE_SIZE, LARGEST_PAGE_SIZE),
            fields=self.picked(query, "fields", self.document.fields),
            expand=self.picked(query, "expand", self.document.expansions),
            query=other_parameters(query),
            total=None if narrowed else self.total,
        )
        return plan, self.lasting(query, rows) and self.filterset_class.of_viewers().keys().isdisjoint(query)

    def lasting(self, query: QueryDict, rows: QuerySet[Any]) -> bool:
        """Whether the plan depends on the query alone."""
        return True

    def ordering(self, name: str | None, filterset: StrictFilterSet) -> tuple[Any, ...]:
        """The ORM ordering of this name; a leading `-` reverses it."""
        name = name or self.default_ordering
        pair = self.orderings.get(name.removeprefix("-"))
        if pair is None or name.startswith("--"):
            known = [*self.orderings, *(f"-{known}" for known in self.orderings)]
            raise ValidationError({"ordering": unknown(name, known, "ordering")})
        return pair[1] if name.startswith("-") else pair[0]

    @staticmethod
    def picked(query: QueryDict, name: str, known: tuple[str, ...]) -> tuple[str, ...]:
        """Returns the words of a parameter, in their documented order so that variants are few.

        Raises ValidationError for an unknown word.
        """
        given = set(words(query, name))
        errors = [error for word in sorted(given - set(known)) for error in unknown(word, known, name.rstrip("s"))]
        if errors:
            raise ValidationError({name: errors})
        return tuple(word for word in known if word in given)

    # --- one ---

    def row(self, query: QueryDict, pk: int, columns: str = "d.version, ") -> tuple[Any, ...]:
        """The columns and the document of one row. Raises NotFound, ValidationError."""
        check_parameters(query, known=("fields", "expand"))
        if not 0 < pk <= LARGEST_ID:
            raise NotFound()
        expression, params = picked_expression(self.request, query, self.document)
        params["id"] = pk
        rows = fetch(f"SELECT {columns}{expression} FROM {self.document.table} d WHERE d.id = %(id)s", params)
        if not rows:
            raise NotFound()
        return rows[0]

    def retrieve(self, request: Request, pk: Any) -> HttpResponse:
        version, body = self.row(request._request.GET, pk)
        return json_answer(request._request, body.encode(), version=version)


def picked_expression(request: Any, query: QueryDict, document: Document) -> tuple[str, dict[str, Any]]:
    """The SQL of a document as `fields` and `expand` ask for it, and the parameters that it takes.

    Raises ValidationError, and NotAuthenticated for nobody who asks for what is about the caller.
    """
    expand = DocumentViewSet.picked(query, "expand", document.expansions)
    expression = document.expression(DocumentViewSet.picked(query, "fields", document.fields), expand)
    if not document.personal(expand):
        return expression, {}
    return expression, {"viewer": signed_in(viewer_id(request), f"expand={','.join(expand)}")}


def related(request: Request, statement: str, pk: int) -> HttpResponse:
    """A short list that hangs on one row, whole: `{"results": [...]}`."""
    ((results,),) = fetch(statement, {"id": pk})
    return json_answer(request._request, f'{{"results":{results}}}'.encode())


def invalid(name: str, detail: str, code: str = "invalid") -> ValidationError:
    """A ValidationError about one field or parameter."""
    return ValidationError({name: [ErrorDetail(detail, code=code)]})
