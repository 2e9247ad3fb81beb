"""Where people are signed in with tokens: looked at, and ended."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display

from accounts.models import EndReason, Session
from accounts.services.sessions import end_session
from watchly.common.admin.lists import BackOfficeAdmin
from watchly.common.errors import NotFound


class LivingFilter(DropdownFilter):
    """Whether it opens anything still."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("living", "Open"), ("over", "Ended")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        living = queryset.model.objects.living().values("pk")
        if self.value() == "living":
            return queryset.filter(pk__in=living)
        return queryset.exclude(pk__in=living) if self.value() == "over" else queryset


class ReadAdmin(BackOfficeAdmin):
    """What is made elsewhere and only read here, but for its actions."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Session)
class SessionAdmin(ReadAdmin):
    list_display = ("user", "device", "address", "created_at", "last_seen_at", "ended")
    list_display_links = ("device",)
    list_filter = (LivingFilter,)
    list_select_related = ("user",)
    search_fields = ("=user__username",)
    search_help_text = "Username"
    ordering = ("-pk",)
    sortable_by = ()
    fields = readonly_fields = (
        "user", "device", "address", "created_at", "last_seen_at", "expires_at", "revoked_at", "revoked_reason",
    )  # fmt: skip
    actions = ("end_sessions",)

    @display(description="Ended", empty_value="–")
    def ended(self, session: Session) -> str | None:
        return session.get_revoked_reason_display() if session.revoked_at else None  # type: ignore[attr-defined]  # made by Django

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_session")

    @action(description="End", permissions=["end"])
    def end_sessions(self, request: HttpRequest, queryset: models.QuerySet[Session]) -> None:
        ended = 0
        for session_id, user_id in queryset.values_list("pk", "user_id"):
            try:
                end_session(user_id=user_id, session_id=session_id, reason=EndReason.BY_STAFF)
                ended += 1
            except NotFound:  # it has ended by itself
                continue
        messages.success(request, f"{ended:,} ended.")
