"""Wrong passwords and codes as they are counted, and letting a name in again."""

from __future__ import annotations

from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin, messages
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display

from accounts.admin.session import ReadAdmin
from accounts.services.lockout import lift_locks
from watchly.common.addresses import truncated
from watchly.common.admin.naming import call


def _locked() -> Q:
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    return Q(failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gt=since)


class LockedFilter(DropdownFilter):
    """Whether the right password is refused, too."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("locked", "Locked"), ("counted", "Counted only")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        if self.value() == "locked":
            return queryset.filter(_locked())
        return queryset.exclude(_locked()) if self.value() == "counted" else queryset


call(AccessAttempt, "failed sign-in", "failed sign-ins")


@admin.register(AccessAttempt)
class AttemptAdmin(ReadAdmin):
    list_display = ("name", "place", "failures_since_start", "attempt_time", "is_locked")
    list_filter = (LockedFilter,)
    search_fields = ("^username",)
    search_help_text = "Username"
    ordering = ("-attempt_time", "-pk")
    sortable_by = ()
    fields = readonly_fields = ("name", "place", "failures_since_start", "attempt_time", "is_locked")
    actions = ("unlock",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[AccessAttempt]:
        locked = models.ExpressionWrapper(_locked(), output_field=models.BooleanField())
        return super().get_queryset(request).annotate(locked=locked)

    @display(description="Name")
    def name(self, attempt: AccessAttempt) -> str:
        """What was typed and is nobody's name stands in the table as a digest, and says nothing."""
        name = attempt.username or ""
        return "(nobody's name)" if name.startswith("?") else name

    @display(description="From", empty_value="–")
    def place(self, attempt: AccessAttempt) -> str | None:
        return truncated(attempt.ip_address)

    @display(description="Locked", boolean=True)
    def is_locked(self, attempt: Any) -> bool:
        return bool(attempt.locked)

    def has_unlock_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("axes.delete_accessattempt")

    @action(description="Let in again", permissions=["unlock"])
    def unlock(self, request: HttpRequest, queryset: models.QuerySet[AccessAttempt]) -> None:
        lifted = lift_locks(attempt_ids=queryset.values_list("pk", flat=True))
        messages.success(request, f"{lifted:,} forgotten: the names are let in again.")
