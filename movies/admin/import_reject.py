"""Rows that imports have refused, across all runs. A run's page has its own, and the remarks."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from movies.models import ImportReject
from watchly.common.admin.lists import BackOfficeAdmin

# Steps from code to code through the index: there are a dozen codes among millions of rows.
_CODES = """
WITH RECURSIVE codes(code) AS (
    (SELECT min(code) FROM movies_importreject WHERE NOT accepted)
    UNION ALL
    SELECT (SELECT min(r.code) FROM movies_importreject r WHERE NOT r.accepted AND r.code > codes.code)
    FROM codes WHERE codes.code IS NOT NULL
)
SELECT code FROM codes WHERE code IS NOT NULL
"""


def reject_codes() -> list[str]:
    """Every reason for which a row was ever refused, in order."""
    with connection.cursor() as cursor:
        cursor.execute(_CODES)
        return [code for (code,) in cursor.fetchall()]


class CodeFilter(DropdownFilter):
    title = "code"
    parameter_name = "code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, code.replace("_", " ")) for code in reject_codes()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ImportReject]) -> QuerySet[ImportReject]:
        return queryset.filter(code=self.value().replace("\x00", "")) if self.value() else queryset


@admin.register(ImportReject)
class ImportRejectAdmin(BackOfficeAdmin):
    list_display = ("code", "detail", "content", "place", "run_link")
    list_display_links = None
    list_filter = (CodeFilter,)
    list_select_related = ("run",)
    sortable_by = ()
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportReject]:
        rows: QuerySet[ImportReject] = super().get_queryset(request)
        return rows.filter(accepted=False).defer("run__changes", "run__checkpoint")

    @display(description="Where")
    def place(self, reject: ImportReject) -> str:
        return f"{reject.file}:{reject.line}"

    @display(description="Import")
    def run_link(self, reject: ImportReject) -> str:
        url = reverse("admin:movies_importrun_change", args=[reject.run_id])
        return format_html('<a class="outside" href="{}">{}</a>', url, ", ".join(reject.run.names) or reject.run_id)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ImportReject | None = None) -> bool:
        return False  # the file is mended, and imported again

    def has_delete_permission(self, request: HttpRequest, obj: ImportReject | None = None) -> bool:
        return False
