"""Credits across movies: all of a person's, all of one job. A movie's own are edited on its page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from movies.admin.parts import CreditForm
from movies.models import Credit
from movies.search.query import find_movies, find_people
from movies.services.credits import remove_credits, save_credit
from watchly.common.admin.lists import BackOfficeAdmin
from watchly.common.admin.pickers import KnownPickers

_FOUND = 200  # people and movies each that a search looks into


@admin.register(Credit)
class CreditAdmin(KnownPickers, BackOfficeAdmin):
    form = CreditForm
    list_display = ("person", "part", "movie", "kind", "position")
    list_display_links = ("person",)
    list_select_related = ("person", "movie")
    list_filter = (
        ("person", AutocompleteSelectFilter),
        ("movie", AutocompleteSelectFilter),
        ("kind", ChoicesDropdownFilter),
    )
    sortable_by = ()
    search_fields = ("person__name",)  # opens the search box; the catalogue's search searches
    search_help_text = "Name of a person or title of a movie"
    ordering = ("-pk",)
    autocomplete_fields = ("movie", "person")
    fields = ("movie", "person", "kind", "character", "department", "job", "position")

    @display(description="Part", empty_value="–")
    def part(self, credit: Credit) -> str | None:
        return credit.character or credit.job

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Credit | None:
        return self.get_queryset(request).select_related("movie", "person").filter(pk=_number(object_id)).first()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Credit], search_term: str
    ) -> tuple[QuerySet[Credit], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        people, movies = find_people(term, limit=_FOUND), find_movies(term, limit=_FOUND)
        return queryset.filter(Q(person__in=people) | Q(movie__in=movies)), False

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Nothing hangs on a credit, so nothing is looked for."""
        rows = list(objs.select_related("movie", "person") if isinstance(objs, QuerySet) else objs)
        lacking = set() if self.has_delete_permission(request) else {"credit"}
        return [f"{row.person} in {row.movie}" for row in rows], {"credits": len(rows)}, lacking, []

    def save_model(self, request: HttpRequest, obj: Credit, form: Any, change: bool) -> None:
        save_credit(credit=obj)

    def delete_model(self, request: HttpRequest, obj: Credit) -> None:
        remove_credits(credit_ids=[obj.pk])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Credit]) -> None:
        remove_credits(credit_ids=list(queryset.values_list("pk", flat=True)))


def _number(object_id: str) -> int:
    return int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
