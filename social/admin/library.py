"""Library entries and viewings, to be looked at: what people keep is theirs to change.

What is for them alone (notes, own tags, places, companions) is not shown here. Lists show of an entry what others see.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from social.admin.private import ReadOnlyAdmin, sees_private
from social.models import LibraryEntry, Play


class KeptAdmin(ReadOnlyAdmin):
    """What people keep of movies."""

    def open_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        found: QuerySet[Any] = rows.visible_to(None)  # type: ignore[attr-defined]  # of the QuerySets here
        return found

    @display(description="Stars", empty_value="–")
    def stars(self, row: Any) -> float | None:
        return None if row.half_stars is None else row.half_stars / 2


@admin.register(LibraryEntry)
class LibraryEntryAdmin(KeptAdmin):
    list_display = ("user", "movie", "shown_status", "shown_stars", "favorite", "shown_plays", "updated_at")
    list_filter = (("shown_status", ChoicesDropdownFilter), "favorite")
    private_fields = (
        ("user", "movie"),
        ("status", "status_changed_at"),
        ("stars", "rated_at"),
        ("favorite", "favorited_at"),
        ("plays", "last_watched_at"),
        ("visibility", "revision"),
        ("created_at", "updated_at"),
    )
    fields = (
        ("user", "movie"),
        ("shown_status", "shown_stars", "shown_rated_at"),
        ("favorite", "favorited_at"),
        ("shown_plays", "created_at"),
    )

    def is_open(self, row: LibraryEntry) -> bool:
        own, shown = (row.status, row.half_stars, row.plays), (row.shown_status, row.shown_half_stars, row.shown_plays)
        return own == shown and super().is_open(row)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.private_fields if sees_private(request) else self.fields

    @display(description="Stars", empty_value="–")
    def shown_stars(self, row: LibraryEntry) -> float | None:
        return None if row.shown_half_stars is None else row.shown_half_stars / 2


@admin.register(Play)
class PlayAdmin(KeptAdmin):
    list_display = ("user", "movie", "watched_on", "precision", "stars", "source", "visibility", "created_at")
    list_filter = (("precision", ChoicesDropdownFilter),)
    fields = (
        ("user", "movie"),
        ("watched_at", "watched_on", "precision"),
        ("stars", "visibility"),
        ("source", "revision"),
        ("created_at", "updated_at"),
    )
