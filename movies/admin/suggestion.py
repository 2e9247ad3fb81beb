"""Suggestions: what waits for a decision, what the film may be already, and the decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from movies.admin.readable import label
from movies.models import Credit, Suggestion
from movies.services.suggestions import accept_suggestion, likely_duplicates, reject_suggestion
from watchly.common.admin.lists import BackOfficeAdmin
from watchly.common.errors import WatchlyError
from watchly.common.form_texts import LineFormField

_COLOURS = {"open": "warning", "accepted": "success", "rejected": "danger", "merged": "info"}
_FACTS = ("title", "original_title", "year", "runtime", "imdb_id", "tmdb_id", "overview")
_ANY = "any"


class RejectForm(forms.Form):
    reason = LineFormField(
        max_length=300,
        widget=UnfoldAdminTextInputWidget(),
        help_text="The person who suggested it reads it: not a film, there already as which …",
    )


class DecisionFilter(DropdownFilter):
    """What waits, unless asked otherwise."""

    title = "state"
    parameter_name = "state"
    all_option = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*((state.value, str(state.label)) for state in Suggestion.State), (_ANY, "Any")]

    def value(self) -> str:
        return super().value() or Suggestion.State.OPEN

    def queryset(self, request: HttpRequest, queryset: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
        return queryset if self.value() == _ANY else queryset.filter(state=self.value())


@admin.register(Suggestion)
class SuggestionAdmin(BackOfficeAdmin):
    list_display = ("film", "suggested_by", "note", "state_badge", "created_at")
    list_filter = (DecisionFilter,)
    list_select_related = ("movie", "suggested_by")
    sortable_by = ()
    ordering = ("pk",)  # who has waited longest comes first

    @display(description="Film")
    def film(self, suggestion: Suggestion) -> str:
        return str(suggestion.movie)

    @display(description="State", label=_COLOURS)
    def state_badge(self, suggestion: Suggestion) -> str:
        return suggestion.state

    # --- Who may what ----------------------------------------------------------------------------------------------
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # who misses a film suggests it through the API

    def has_delete_permission(self, request: HttpRequest, obj: Suggestion | None = None) -> bool:
        return False  # it is decided about, and who made it sees how

    # --- Pages -----------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decide)
        return [
            path("<int:pk>/accept/", decide, {"deed": "accept"}, name="movies_suggestion_accept"),
            path("<int:pk>/reject/", decide, {"deed": "reject"}, name="movies_suggestion_reject"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._page(request, int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0, RejectForm())

    @method_decorator(require_POST)
    def decide(self, request: HttpRequest, pk: int, deed: str) -> HttpResponse:
        """Publishes the draft, or withdraws it with a reason."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = RejectForm(request.POST)
        if deed == "reject" and not form.is_valid():
            return self._page(request, pk, form)
        try:
            if deed == "accept":
                accept_suggestion(suggestion_id=pk)
            else:
                reject_suggestion(suggestion_id=pk, reason=form.cleaned_data["reason"])
        except WatchlyError as error:
            messages.error(request, error.detail)
            return HttpResponseRedirect(reverse("admin:movies_suggestion_change", args=[pk]))
        messages.success(request, "Accepted: everybody sees it now." if deed == "accept" else "Rejected.")
        return HttpResponseRedirect(reverse("admin:movies_suggestion_changelist"))

    def _page(self, request: HttpRequest, pk: int, form: RejectForm) -> HttpResponse:
        suggestion = Suggestion.objects.select_related("movie", "suggested_by", "decided_by").filter(pk=pk).first()
        if suggestion is None:
            raise Http404("There is no such suggestion.")
        movie = suggestion.movie
        waits = suggestion.state == Suggestion.State.OPEN
        facts = [(name, getattr(movie, name)) for name in _FACTS]
        directed = movie.credits.filter(kind=Credit.Kind.CREW, job=Credit.DIRECTOR).order_by("position", "pk")
        known = list(directed.values_list("person__name", flat=True))
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": str(movie),
            "subtitle": "Suggestion",
            "suggestion": suggestion,
            "movie": movie,
            "facts": [(label(name), value) for name, value in facts if value not in (None, "")],
            "directors": list(dict.fromkeys([*known, *suggestion.directors])),
            "alike": likely_duplicates(movie=movie) if waits else [],
            "form": form,
            "may_decide": waits and self.has_change_permission(request),
            "back_url": reverse("admin:movies_suggestion_changelist"),
        }
        return TemplateResponse(request, "admin/movies/suggestion/decide.html", context)
