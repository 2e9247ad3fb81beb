"""Who may look at what people keep: moderators at what everybody may see, administrators at the rest, on record."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from movies.search.query import find_movies
from watchly.common.admin.lists import BackOfficeAdmin
from watchly.common.audit import record_event

VIEW_PRIVATE = "social.view_private"
_FOUND = 200  # movies that a search looks into


def sees_private(request: HttpRequest) -> bool:
    """Whether the user may look at what people keep private."""
    return request.user.has_perm(VIEW_PRIVATE)


class ReadOnlyAdmin(BackOfficeAdmin):
    """Rows that belong to a user.

    Users without `social.view_private` see the rows that are open to everybody (`open_rows`). Those with it see all
    rows; each list and each private row that they open is recorded in the audit trail.
    """

    list_select_related: Any = ("user", "movie")
    sortable_by = ()
    search_fields = ("user__username",)  # opens the search box
    search_help_text = "A username, or the title of a movie"
    ordering = ("-pk",)
    owner = "user_id"

    def open_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that everybody may see; none unless an admin class says which."""
        return rows.none()

    def is_open(self, row: Any) -> bool:
        """Whether all that the page of a row shows is open to everybody."""
        return self.open_rows(self.model._default_manager.filter(pk=row.pk)).exists()

    def shows_private(self, request: HttpRequest) -> bool:
        """Whether this user sees private rows here."""
        return sees_private(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows if self.shows_private(request) else self.open_rows(rows)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Filters that are not offered would tell what is not shown."""
        offered = {each if isinstance(each, str) else each[0] for each in self.get_list_filter(request)}
        allowed: bool = super().lookup_allowed(lookup, value, request)
        return allowed and (sees_private(request) or lookup.split("__")[0] in offered)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response: HttpResponse = super().changelist_view(request, extra_context)
        if self.shows_private(request) and response.status_code == 200:
            record_event("private_rows_listed", kind=self.model._meta.model_name)
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        response: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        row = (getattr(response, "context_data", None) or {}).get("original")
        if row is not None and self.shows_private(request) and not self.is_open(row):
            kind, subject = self.model._meta.model_name, getattr(row, self.owner)
            record_event("private_row_opened", subject_id=subject, kind=kind, object_id=row.pk)
        return response

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip().replace("\x00", "")
        if not term:
            return queryset, False
        by_movie = Q(movie__in=find_movies(term, limit=_FOUND))
        return queryset.filter(by_movie | Q(user__username__iexact=term)), False


class PrivateAdmin(ReadOnlyAdmin):
    """Rows of which none is open to everybody: only administrators see them."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return sees_private(request) and super().has_view_permission(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return sees_private(request) and super().has_module_permission(request)
