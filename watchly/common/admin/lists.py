"""Lists of tables that may hold millions of rows: nothing is counted further than somebody would page."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.paginator import InvalidPage, Paginator
from django.db import connection
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from watchly.common.admin.audited import AuditedAdmin
from watchly.common.errors import WatchlyError
from watchly.common.form_texts import CleanTexts

COUNTED = 10_000
PRESERVED = "_changelist_filters"  # the parameter in which Django carries a list's own parameters
_FOLLOWED = 5_000


def bounded_count(queryset: QuerySet[Any], *, limit: int = COUNTED) -> tuple[int, bool]:
    """How many rows there are, up to the limit, and whether there are more than it."""
    found = queryset.order_by().values("pk")[: limit + 1].count()
    return min(found, limit), found > limit


def bounded_counts(querysets: Sequence[QuerySet[Any]], *, limit: int = COUNTED) -> list[tuple[int, bool]]:
    """The same of several, in one statement."""
    if not querysets:
        return []
    compiled = [rows.order_by().values("pk")[: limit + 1].query.sql_with_params() for rows in querysets]
    counts = ", ".join(f"(SELECT count(*) FROM ({sql}) found)" for sql, _ in compiled)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [value for _, params in compiled for value in params])
        row: tuple[int, ...] = cursor.fetchone() or ()
    return [(min(found, limit), found > limit) for found in row]


def said(count: int, more: bool) -> str:
    """`10,000+`, as pages show a bounded count."""
    return f"{count:,}{'+' if more else ''}"


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # not generic at run time
    """Counts no further than 10,000 rows: beyond that a list is narrowed, not paged."""

    template_name = "admin/includes/pagination_bounded.html"
    more = False

    @cached_property
    def count(self) -> int:
        if not isinstance(self.object_list, QuerySet):
            return len(self.object_list)
        found, self.more = bounded_count(self.object_list)
        return found

    @property
    def total(self) -> str:
        """The count in words a page can show."""
        return said(self.count, self.more)


class BoundedChangeList(ChangeList):
    """A list whose page is read once. Subclasses may know the total, and may load what the columns show."""

    def known_count(self, request: HttpRequest) -> int | None:
        """The number of rows where something keeps it, so that nothing is counted."""
        return None

    def load(self, rows: QuerySet[Any]) -> list[Any]:
        """The rows of one page with all that the columns read."""
        return list(rows)

    def get_results(self, request: HttpRequest) -> None:
        paginator = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
        known = self.known_count(request)
        if known is not None:
            paginator.count = known
        try:
            page = paginator.page(self.page_num)
        except InvalidPage as error:
            raise IncorrectLookupParameters from error
        self.result_list = self.load(page.object_list)
        self.result_count = self.full_result_count = paginator.count
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all = False
        self.multi_page = paginator.num_pages > 1
        self.paginator = paginator


class BackOfficeAdmin(CleanTexts, AuditedAdmin, ModelAdmin):  # type: ignore[misc]  # unfold is not typed as ModelAdmin is
    """The base of every model's pages."""

    changelist: ClassVar[type[BoundedChangeList]] = BoundedChangeList
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # a count for every choice of every filter
    list_per_page = 50
    list_filter_submit = True
    warn_unsaved_form = True
    compressed_fields = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[BoundedChangeList]:
        return self.changelist

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What a service refuses after the form was found valid (somebody was faster) is said on top of the page."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except WatchlyError as error:
            messages.error(request, error.detail)
            return HttpResponseRedirect(request.get_full_path())


def next_in_list(admin: ModelAdmin, request: HttpRequest, object_id: str) -> Any | None:
    """The key of the row that follows in the list from which a page was opened, with its filters and ordering.

    None for the last row, and for one that is not among the first 5,000 of the list.
    """
    listing = copy(request)
    listing.method = "GET"
    listing.GET = QueryDict(request.GET.get(PRESERVED, ""))  # type: ignore[assignment]
    try:
        rows = admin.get_changelist_instance(listing).queryset
    except IncorrectLookupParameters:
        return None
    keys = list(rows.values_list("pk", flat=True)[:_FOLLOWED])
    places = [place for place, key in enumerate(keys[:-1]) if str(key) == object_id]
    return keys[places[0] + 1] if places else None


def only_if_unused(
    admin: ModelAdmin, request: HttpRequest, objects: Any, used_by: dict[Any, int]
) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
    """Django's `get_deleted_objects` without its walk through every related row: what is in use is protected."""
    rows: list[Model] = list(objects)
    protected = [f"{row}: {_movies(used_by[row.pk])}" for row in rows if used_by.get(row.pk)]
    options = admin.model._meta
    lacking = set() if admin.has_delete_permission(request) else {str(options.verbose_name)}
    return [str(row) for row in rows], {str(options.verbose_name_plural): len(rows)}, lacking, protected


def _movies(count: int) -> str:
    return f"used by {count:,} movie{'' if count == 1 else 's'}"
