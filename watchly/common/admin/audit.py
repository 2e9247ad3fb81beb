"""The audit trail, to be read."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import DropdownFilter, RangeDateTimeFilter, SingleNumericFilter
from unfold.decorators import display

from watchly.common.admin.lists import BackOfficeAdmin, BoundedChangeList
from watchly.common.models import AuditEvent

# Each kind once, by jumps over the index: the table holds millions of a few dozen.
_KINDS = """
    WITH RECURSIVE kind AS (
        (SELECT event FROM common_auditevent ORDER BY event LIMIT 1)
        UNION ALL
        SELECT (SELECT event FROM common_auditevent WHERE event > kind.event ORDER BY event LIMIT 1)
        FROM kind WHERE kind.event IS NOT NULL
    )
    SELECT event FROM kind WHERE event IS NOT NULL
"""


class KindFilter(DropdownFilter):
    """What happened."""

    title = "event"
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        with connection.cursor() as cursor:
            cursor.execute(_KINDS)
            return [(event, event.replace("_", " ")) for (event,) in cursor.fetchall()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        return queryset.filter(event=self.value()) if self.value() else queryset


class TrailList(BoundedChangeList):
    """Adds what the users whom the rows name by number are called today."""

    def load(self, rows: QuerySet[Any]) -> list[Any]:
        events = super().load(rows)
        ids = {number for event in events for number in (event.actor_id, event.subject_id) if number is not None}
        names = dict(get_user_model()._default_manager.filter(pk__in=ids).values_list("pk", "username"))
        for event in events:
            event.names = names
        return events


@admin.register(AuditEvent)
class AuditEventAdmin(BackOfficeAdmin):
    """Nobody adds, changes or deletes a row, whatever their role: the database would refuse, too."""

    changelist = TrailList
    list_display = ("created_at", "event", "actor", "subject", "via", "address", "said")
    list_display_links = ("created_at",)
    list_filter = (
        KindFilter,
        ("subject_id", SingleNumericFilter),
        ("actor_id", SingleNumericFilter),
        ("created_at", RangeDateTimeFilter),
    )
    sortable_by = ()
    ordering = ("-pk",)
    fields = readonly_fields = (
        "created_at", "event", "actor_id", "subject_id", "via", "address", "request_id", "details",
    )  # fmt: skip

    @display(description="By", empty_value="–")
    def actor(self, event: Any) -> str | None:
        return _user(event.actor_id, event.names)

    @display(description="About", empty_value="–")
    def subject(self, event: Any) -> str | None:
        return _user(event.subject_id, event.names)

    @display(description="Details", empty_value="–")
    def said(self, event: AuditEvent) -> str | None:
        if not event.details:
            return None
        text = json.dumps(event.details, ensure_ascii=False)
        return text if len(text) <= 200 else f"{text[:200]} …"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEvent | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEvent | None = None) -> bool:
        return False


def _user(number: int | None, names: dict[int, str]) -> str | None:
    """A link to the account, as long as there is one; else its number."""
    if number is None:
        return None
    if number not in names:
        return f"{number}"
    address = reverse(f"admin:{get_user_model()._meta.app_label}_user_change", args=[number])
    return format_html('<a href="{}">{} ({})</a>', address, names[number], number)
