"""What outside providers say of movies, and what of it is stale."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from movies.models import ProviderRecord
from watchly.common.admin.lists import BackOfficeAdmin

# TMDB lets its data be kept for six months at most.
KEPT = timedelta(days=180)


def stale(now: datetime) -> dict[str, tuple[str, Q]]:
    """What makes a record stale, by the name it has in addresses."""
    return {
        "gone": ("Unknown to the provider now", Q(stale_since__isnull=False)),
        "old": ("Not refreshed for six months", Q(fetched_at__lt=now - KEPT)),
    }


class FreshnessFilter(DropdownFilter):
    title = "freshness"
    parameter_name = "freshness"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, said) for name, (said, _) in stale(timezone.now()).items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ProviderRecord]) -> QuerySet[ProviderRecord]:
        found = stale(timezone.now()).get(self.value() or "")
        return queryset.filter(found[1]) if found else queryset


@admin.register(ProviderRecord)
class ProviderRecordAdmin(BackOfficeAdmin):
    list_display = ("movie_link", "provider", "external_id", "fetched_at", "stale_since")
    list_display_links = None
    list_filter = (FreshnessFilter,)
    list_select_related = ("movie",)
    sortable_by = ()
    ordering = ("fetched_at", "pk")

    @display(description="Movie")
    def movie_link(self, record: ProviderRecord) -> str:
        url = reverse("admin:movies_movie_change", args=[record.movie_id])
        return format_html('<a class="outside" href="{}">{}</a>', url, record.movie)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProviderRecord]:
        rows: QuerySet[ProviderRecord] = super().get_queryset(request)
        return rows.defer("offers")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ProviderRecord | None = None) -> bool:
        return False  # it is fetched, not edited

    def has_delete_permission(self, request: HttpRequest, obj: ProviderRecord | None = None) -> bool:
        return False
