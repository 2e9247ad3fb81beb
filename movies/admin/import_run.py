"""Imports: a file is looked through first, its page shows what would change, and a second press writes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from movies.importers.imdb import DEFAULT_TYPES, TYPES
from movies.importers.recognise import CHOICES
from movies.models import ImportReject, ImportRun
from movies.services.imports import cancel_import, may_cancel, request_import, start_import
from watchly.common.admin.lists import BackOfficeAdmin
from watchly.common.admin.uploads import takes_file
from watchly.common.errors import WatchlyError

IMPORT = "movies.import_movies"
_SHOWN = 50  # rows of the report on the page; the download has all
_LONGEST = 120  # characters of a value in the sample
_COLOURS = {
    "waiting": "info",
    "previewing": "info",
    "previewed": "warning",
    "running": "info",
    "done": "success",
    "failed": "danger",
    "cancelled": None,
}
_State = ImportRun.State
ACTIVE = (_State.WAITING, _State.PREVIEWING, _State.RUNNING)
_SAID = {
    _State.WAITING: "Waits for a free worker.",
    _State.PREVIEWING: "Is being looked through. Nothing is written.",
    _State.PREVIEWED: "Was looked through. Nothing has been written yet.",
    _State.RUNNING: "Is being imported.",
    _State.DONE: "Was imported.",
    _State.FAILED: "Failed. What was written before stays; the same file can be imported again.",
    _State.CANCELLED: "Was cancelled. What was written before stays.",
}


class UploadForm(forms.Form):
    upload = forms.FileField(
        label="File",
        widget=UnfoldAdminFileFieldWidget(),
        help_text="CSV, JSON, NDJSON or a dump (IMDb, MovieLens …), plain, gz or zip: a zip takes several tables.",
    )
    format = forms.ChoiceField(
        choices=[(name, "Recognise from the content" if name == "auto" else name) for name in CHOICES],
        initial="auto",
        widget=UnfoldAdminSelectWidget(),
    )
    update_existing = forms.BooleanField(
        required=False,
        label="Update movies that are there",
        widget=UnfoldBooleanSwitchWidget(),
        help_text="Otherwise only new movies come in. What staff have edited stays as it is either way.",
    )
    types = forms.CharField(
        required=False,
        max_length=200,
        label="Kinds of IMDb's titles",
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": ", ".join(DEFAULT_TYPES)}),
        help_text=f"For title.basics alone, joined by commas: {', '.join(TYPES)}.",
    )
    adult = forms.BooleanField(
        required=False, label="Also IMDb's titles for adults", widget=UnfoldBooleanSwitchWidget()
    )
    create_genres = forms.BooleanField(
        required=False,
        label="Add unknown genres",
        widget=UnfoldBooleanSwitchWidget(),
        help_text="Otherwise a genre that the catalogue doesn't have is left out, and the preview lists it.",
    )


@admin.register(ImportRun)
class ImportRunAdmin(BackOfficeAdmin):
    list_display = (
        "shown_files", "state_badge", "format", "progress", "created", "updated", "rejected", "requested_by",
        "created_at",
    )  # fmt: skip
    list_filter = (("state", ChoicesDropdownFilter),)
    list_select_related = ("requested_by",)
    sortable_by = ()
    ordering = ("-pk",)

    @display(description="File")
    def shown_files(self, run: ImportRun) -> str:
        return ", ".join(run.names) or f"Import {run.pk}"

    @display(description="State", label=_COLOURS)
    def state_badge(self, run: ImportRun) -> str:
        return run.state

    @display(description="Read", empty_value="–")
    def progress(self, run: ImportRun) -> str | None:
        share = percent(run)
        return None if share is None else f"{share} %"

    # --- Who may what ----------------------------------------------------------------------------------------------
    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(IMPORT) and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: ImportRun | None = None) -> bool:
        return False  # a run is steered, not edited

    def has_delete_permission(self, request: HttpRequest, obj: ImportRun | None = None) -> bool:
        return False  # what was imported, when and by whom, stays on record

    # --- Pages -----------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        steer = self.admin_site.admin_view(self.steer)
        report = self.admin_site.admin_view(self.report)
        return [
            path("<int:run_id>/start/", steer, {"deed": "start"}, name="movies_importrun_start"),
            path("<int:run_id>/cancel/", steer, {"deed": "cancel"}, name="movies_importrun_cancel"),
            path("<int:run_id>/report.csv", report, name="movies_importrun_report"),
            *super().get_urls(),
        ]

    @takes_file(IMPORT)
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                run = request_import(preview=True, requested_by=request.user, **form.cleaned_data)
            except WatchlyError as error:
                form.add_error("upload", error.detail)
            else:
                self.log_addition(request, run, "Uploaded, to be looked through.")
                return HttpResponseRedirect(reverse("admin:movies_importrun_change", args=[run.pk]))
        back_url = reverse("admin:movies_importrun_changelist")
        return self._page(request, "form.html", title="Import movies", form=form, back_url=back_url)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = self._run(int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0)
        may_steer = self.has_add_permission(request)
        lines = list(run.rejects.order_by("pk")[: _SHOWN + 1])
        return self._page(
            request,
            "progress.html",
            title=self.shown_files(run),
            subtitle=f"Import {run.pk}",
            run=run,
            said=_SAID[_State(run.state)],
            colour=_COLOURS[run.state],
            active=run.state in ACTIVE,
            percent=percent(run),
            counts=[
                (label, f"{getattr(run, name):,}")
                for name, label in (
                    ("rows", "Rows read"),
                    ("created", "To be added" if run.state in (_State.PREVIEWING, _State.PREVIEWED) else "Added"),
                    ("updated", "To be updated" if run.state in (_State.PREVIEWING, _State.PREVIEWED) else "Updated"),
                    ("unchanged", "Unchanged"),
                    ("skipped", "Passed over"),
                    ("rejected", "Refused"),
                    ("ambiguous", "Ambiguous"),
                )
            ],
            changes=[_change(change) for change in run.changes[:_SHOWN]],
            lines=lines[:_SHOWN],
            more_lines=len(lines) > _SHOWN,
            may_start=may_steer and run.state == _State.PREVIEWED and bool(run.path),
            may_cancel=may_steer and may_cancel(run),
        )

    @method_decorator(require_POST)
    def steer(self, request: HttpRequest, run_id: int, deed: str) -> HttpResponse:
        """Starts a run that was looked through, or stops one."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        run = self._run(run_id)
        service, said = {"start": (start_import, "Started."), "cancel": (cancel_import, "Cancelled.")}[deed]
        try:
            service(run_id=run.pk)
        except WatchlyError as error:
            messages.error(request, error.detail)
        else:
            self.log_change(request, run, said)
        return HttpResponseRedirect(reverse("admin:movies_importrun_change", args=[run.pk]))

    def report(self, request: HttpRequest, run_id: int) -> HttpResponse | StreamingHttpResponse:
        """Every refused row and remark as CSV, streamed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = self._run(run_id)
        response = StreamingHttpResponse(_csv(run), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="import-{run.pk}-report.csv"'
        return response

    def _run(self, run_id: int) -> ImportRun:
        run = ImportRun.objects.select_related("requested_by").filter(pk=run_id).first()
        if run is None:
            raise Http404("There is no such import.")
        return run

    def _page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        return TemplateResponse(request, f"admin/movies/importrun/{template}", {**shared, **context})


def percent(run: ImportRun) -> int | None:
    """How much of the file is read, 0 to 100; None when its size is not known."""
    if run.state == _State.DONE:
        return 100
    return min(round(100 * run.read_bytes / run.total_bytes), 100) if run.total_bytes else None


def _change(change: dict[str, Any]) -> dict[str, Any]:
    """One of a preview's sample as the page shows it: which movie, and what each field was and would be."""
    year = change.get("year")
    return {
        "title": f"{change.get('title') or '–'} ({year})" if year else change.get("title") or "–",
        "movie": change.get("movie"),
        "action": {"created": "added"}.get(change.get("action", ""), change.get("action", "")),
        "where": f"{change.get('file', '')}:{change.get('line', '')}",
        "fields": [(name.replace("_", " "), _said(value)) for name, value in (change.get("fields") or {}).items()],
    }


def _said(value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"old", "new"}:
        return f"{_one(value['old'])} → {_one(value['new'])}"
    return _one(value)


def _one(value: Any) -> str:
    if value in (None, "", [], {}):
        return "nothing"
    if isinstance(value, dict):
        text = " ".join(str(part) for part in value.values())
    elif isinstance(value, list):
        text = ", ".join(_one(each) for each in value)
    else:
        text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


class _Echo:
    """What csv writes to: hands each line back."""

    def write(self, line: str) -> str:
        return line


def _csv(run: ImportRun) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(("file", "line", "outcome", "code", "detail", "content"))
    rows: Any = ImportReject.objects.filter(run=run).order_by("pk").iterator(chunk_size=2_000)
    for row in rows:
        outcome = "remark" if getattr(row, "accepted", False) else "refused"
        cells = (row.file, row.line, outcome, row.code, row.detail, row.content)
        yield writer.writerow([_harmless(cell) for cell in cells])


def _harmless(cell: Any) -> Any:
    """A cell that a spreadsheet would run as a formula gets an apostrophe: the rows are somebody else's file."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
