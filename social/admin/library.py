"""Library entries and viewings, to be looked at: what people keep is theirs to change.

What is for them alone (notes, own tags, places, companions) is not shown here.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from movies.search.query import find_movies
from social.models import LibraryEntry, Play
from watchly.common.admin.lists import BackOfficeAdmin

_FOUND = 200  # movies that a search looks into


class ReadOnlyAdmin(BackOfficeAdmin):
    """Rows of a user about a movie."""

    list_select_related = ("user", "movie")
    sortable_by = ()
    search_fields = ("user__username",)  # opens the search box
    search_help_text = "A username, or the title of a movie"
    ordering = ("-pk",)

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

    @display(description="Stars", empty_value="–")
    def stars(self, row: Any) -> float | None:
        return None if row.half_stars is None else row.half_stars / 2


@admin.register(LibraryEntry)
class LibraryEntryAdmin(ReadOnlyAdmin):
    list_display = ("user", "movie", "status", "stars", "favorite", "plays", "visibility", "updated_at")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("visibility", ChoicesDropdownFilter),
        "favorite",
    )
    fields = (
        ("user", "movie"),
        ("status", "status_changed_at"),
        ("stars", "rated_at"),
        ("favorite", "favorited_at"),
        ("plays", "last_watched_at"),
        ("visibility", "revision"),
        ("created_at", "updated_at"),
    )


@admin.register(Play)
class PlayAdmin(ReadOnlyAdmin):
    list_display = ("user", "movie", "watched_on", "precision", "stars", "source", "visibility", "created_at")
    list_filter = (("precision", ChoicesDropdownFilter), ("visibility", ChoicesDropdownFilter))
    fields = (
        ("user", "movie"),
        ("watched_at", "watched_on", "precision"),
        ("stars", "visibility"),
        ("source", "revision"),
        ("created_at", "updated_at"),
    )
