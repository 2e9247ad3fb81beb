"""The queue: what was reported, by whom and why, and what is decided about it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from social.models import Comment, Kind, ModerationCase, MovieList, Review
from social.services.moderation import hide, hold, release, uphold_user
from watchly.common.admin.lists import BackOfficeAdmin
from watchly.common.audit import record_event
from watchly.common.form_texts import LineFormField, ProseFormField

MODERATE = "social.moderate"
_SHOWN = 50  # reports on the page of a case
_MODELS: dict[str, Any] = {Kind.REVIEW: Review, Kind.COMMENT: Comment, Kind.LIST: MovieList}
_COLOURS = {"open": "warning", "dismissed": None, "upheld": "danger"}
_DECISIONS = {
    "hold": "Hold it back while it is looked at",
    "hide": "Hide it",
    "release": "Nothing wrong: show it",
    "uphold": "The reports are right",
}


class CaseForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    decision = forms.ChoiceField(choices=(), widget=UnfoldAdminSelectWidget())
    reason = LineFormField(
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text="What the author is told, when it is held or hidden.",
    )
    note = ProseFormField(
        required=False,
        max_length=2_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="For moderators alone.",
    )

    class Meta:
        model = ModerationCase
        fields = ("reason", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "decision" in self.fields:
            field: Any = self.fields["decision"]
            field.choices = [("", "–"), *((name, _DECISIONS[name]) for name in decisions(self.instance))]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("decision") in ("hold", "hide") and not (cleaned.get("reason") or "").strip():
            self.add_error("reason", "Say why: the author is told.")
        return cleaned


def decisions(case: ModerationCase) -> list[str]:
    """What can be decided about a case as it stands."""
    if case.kind == Kind.USER:
        return ["uphold", "release"]
    return ["hold", "hide", "release"] if case.state == ModerationCase.State.OPEN else ["hide", "release"]


@admin.register(ModerationCase)
class ModerationCaseAdmin(BackOfficeAdmin):
    form = CaseForm
    list_display = ("thing", "author", "state_badge", "held", "reports_count", "decided_by", "created_at")
    list_filter = (("state", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter), ("held", BooleanRadioFilter))
    list_select_related = ("author", "decided_by")
    sortable_by = ()
    search_fields = ("author__username",)  # opens the search box
    search_help_text = "The author's username"
    ordering = ("-pk",)
    fieldsets = (
        (None, {"fields": (("thing", "author"), "words", "reports_made")}),
        ("Decision", {"fields": (("state", "held"), "decision", "reason", "note", ("decided_by", "decided_at"))}),
    )
    readonly_fields = (
        "thing", "author", "words", "reports_made", "state", "held", "decided_by", "decided_at",
    )  # fmt: skip

    @display(description="What")
    def thing(self, case: ModerationCase) -> str:
        return f"{case.get_kind_display()} {case.object_id}"

    @display(description="State", label=_COLOURS)
    def state_badge(self, case: ModerationCase) -> str:
        return case.state

    @display(description="It says", empty_value="It is not there any more.")
    def words(self, case: ModerationCase) -> SafeString | str | None:
        if case.kind == Kind.USER:
            return "" if case.author is None else case.author.get_username()
        row = _MODELS[case.kind].objects.filter(pk=case.object_id).first()
        if row is None:
            return None
        text = f"{row.title}\n\n{row.description or ''}" if case.kind == Kind.LIST else row.body
        return format_html('<div style="white-space: pre-wrap">{}</div>', text)

    @display(description="Reports")
    def reports_made(self, case: ModerationCase) -> SafeString:
        rows = case.reports.select_related("reporter").order_by("pk")[:_SHOWN]
        return format_html_join(
            "",
            "<p>{} · {} · {}<br>{}</p>",
            (
                (
                    row.created_at.strftime("%Y-%m-%d %H:%M"),
                    row.reporter.get_username() if row.reporter else "an erased user",
                    row.get_reason_display(),
                    row.note or "",
                )
                for row in rows
            ),
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A report opens the reported thing to moderators, also where it is private; that they read it is recorded."""
        response: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        case = (getattr(response, "context_data", None) or {}).get("original")
        if case is not None and case.kind != Kind.USER:
            rows = _MODELS[case.kind].objects.filter(pk=case.object_id)
            if rows.exclude(pk__in=rows.open_to_all().values("pk")).exists():
                record_event(
                    "private_row_opened",
                    subject_id=case.author_id,
                    kind=case.kind,
                    object_id=case.object_id,
                    case=case.pk,
                )
        return response

    # --- Who may what ----------------------------------------------------------------------------------------------
    def get_queryset(self, request: HttpRequest) -> QuerySet[ModerationCase]:
        """What is about oneself is others' to see, with those who reported it."""
        rows: QuerySet[ModerationCase] = super().get_queryset(request)
        return rows.exclude(author=request.user.pk).select_related("author", "decided_by")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip().replace("\x00", "")
        return (queryset.filter(author__username__iexact=term) if term else queryset), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a case begins with a report

    def has_change_permission(self, request: HttpRequest, obj: ModerationCase | None = None) -> bool:
        return request.user.has_perm(MODERATE) and (obj is None or obj.author_id != request.user.pk)

    def has_delete_permission(self, request: HttpRequest, obj: ModerationCase | None = None) -> bool:
        return False  # what was reported and decided stays on record

    # --- Writing ---------------------------------------------------------------------------------------------------
    def get_fieldsets(self, request: HttpRequest, obj: ModerationCase | None = None) -> Any:
        if self.has_change_permission(request, obj):
            return self.fieldsets
        decided = ("Decision", {"fields": (("state", "held"), "reason", "note", ("decided_by", "decided_at"))})
        return [self.fieldsets[0], decided]

    def save_model(self, request: HttpRequest, obj: ModerationCase, form: Any, change: bool) -> None:
        """The service decides, and writes the rest."""
        case, moderator = obj.pk, request.user.pk or 0
        reason, note = form.cleaned_data["reason"], form.cleaned_data["note"] or None
        decision = form.cleaned_data["decision"]
        if decision == "hold":
            hold(case_id=case, moderator_id=moderator, reason=reason, note=note)
        elif decision == "hide":
            hide(case_id=case, moderator_id=moderator, reason=reason, note=note)
        elif decision == "uphold":
            uphold_user(case_id=case, moderator_id=moderator, note=note)
        else:
            release(case_id=case, moderator_id=moderator, note=note)
