"""What people write, to be looked at: what is wrong with it is decided in the queue of cases.

What only its author, or their followers, may see is not shown here unless somebody has reported it.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from social.admin.private import ReadOnlyAdmin
from social.models import Comment, MovieList, Review

COLOURS = {"visible": "success", "held": "warning", "hidden": "danger"}


class WrittenAdmin(ReadOnlyAdmin):
    """Rows that a user wrote."""

    def shows_private(self, request: HttpRequest) -> bool:
        return False  # to nobody: a report opens the one thing that it is about

    def open_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        found: QuerySet[Any] = rows.open_to_all()  # type: ignore[attr-defined]  # of the QuerySets here
        return found

    @display(description="Stars", empty_value="–")
    def stars(self, row: Any) -> float | None:
        return None if row.half_stars is None else row.half_stars / 2

    @display(description="State", label=COLOURS)
    def state(self, row: Any) -> str:
        return str(row.moderation)


@admin.register(Review)
class ReviewAdmin(WrittenAdmin):
    list_display = ("user", "movie", "excerpt", "stars", "state", "likes_count", "comments_count", "created_at")
    list_filter = (("moderation", ChoicesDropdownFilter), "spoiler")
    fields = (
        ("user", "movie"),
        "body",
        ("stars", "spoiler", "visibility"),
        ("moderation", "moderation_reason"),
        ("likes_count", "comments_count", "words"),
        ("created_at", "edited_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        rows: QuerySet[Review] = super().get_queryset(request)
        return rows.filter(merged_into__isnull=True).select_related("user", "movie")


@admin.register(Comment)
class CommentAdmin(WrittenAdmin):
    list_display = ("user", "body", "state", "review", "created_at")
    list_filter = (("moderation", ChoicesDropdownFilter),)
    list_select_related = ("user", "review")
    search_help_text = "A username"
    fields = (("user", "review"), "body", ("moderation", "moderation_reason"), ("created_at", "edited_at"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        rows: QuerySet[Comment] = super().get_queryset(request)
        return rows.filter(deleted_at__isnull=True).select_related("user", "review", "parent")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return _by_username(queryset, search_term), False


@admin.register(MovieList)
class MovieListAdmin(WrittenAdmin):
    list_display = ("title", "user", "state", "items_count", "ranked", "created_at")
    list_filter = (("moderation", ChoicesDropdownFilter), "ranked")
    list_select_related = ("user", "cover_movie")
    search_help_text = "A username, or the beginning of a title"
    fields = (
        ("title", "user"),
        "description",
        ("ranked", "rules"),
        ("items_count", "visibility"),
        ("moderation", "moderation_reason"),
        ("created_at", "edited_at"),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return _by_username(queryset, search_term, Q(title__istartswith=search_term.replace("\x00", ""))), False


def _by_username(rows: QuerySet[Any], term: str, other: Q | None = None) -> QuerySet[Any]:
    term = term.strip().replace("\x00", "")
    if not term:
        return rows
    found = Q(user__username__iexact=term)
    return rows.filter(found | other if other is not None else found)
