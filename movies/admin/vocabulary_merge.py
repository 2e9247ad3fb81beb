"""Merging genres, tags and companies: choosing the other one, what was done, and undoing it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from movies.models import Movie, VocabularyMerge
from movies.services.vocabulary_merging import MODELS, merge_vocabulary, unmerge_vocabulary
from watchly.common.admin.lists import BackOfficeAdmin, bounded_count, said
from watchly.common.admin.pickers import KnownAutocompleteSelect
from watchly.common.errors import WatchlyError

MERGE_VOCABULARY = "movies.merge_vocabulary"
_RELATIONS = {"genre": "genres", "tag": "tags", "company": "companies"}


def other_form(kind: str, thing: Any, data: Any) -> forms.Form:
    """Asks what the thing is another name for."""

    class OtherForm(forms.Form):
        into = forms.ModelChoiceField(
            queryset=MODELS[kind].objects.exclude(pk=thing.pk),
            label="Merge into",
            help_text="Its name and address stay. Movies get it in place of the other.",
            widget=KnownAutocompleteSelect(VocabularyMerge._meta.get_field(kind), admin.site),
        )

    return OtherForm(data)


def merge_view(model_admin: BackOfficeAdmin, request: HttpRequest, thing: Any) -> HttpResponse:
    """Says what a merge does and to how many movies, and merges."""
    if not request.user.has_perm(MERGE_VOCABULARY):
        raise PermissionDenied
    kind = str(model_admin.opts.model_name)
    if thing is None:
        raise Http404(f"There is no such {kind}.")
    form = other_form(kind, thing, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        survivor = form.cleaned_data["into"]
        try:
            merge = merge_vocabulary(kind=kind, survivor_id=survivor.pk, merged_id=thing.pk)
        except WatchlyError as error:
            form.add_error(None, error.detail)
        else:
            model_admin.audit_deed("merge", [survivor.pk, merge.merged_id])
            told = format_html(
                '{} is another name for {} now. <a class="underline" href="{}">What moved, undo</a>',
                merge.name,
                survivor,
                reverse("admin:movies_vocabularymerge_change", args=[merge.pk]),
            )
            messages.success(request, told)
            return HttpResponseRedirect(reverse(f"admin:movies_{kind}_changelist"))
    context = {
        "title": f"Merge {thing}",
        "form": form,
        "media": model_admin.media + form.media,
        "movies": said(*bounded_count(Movie.objects.filter(**{_RELATIONS[kind]: thing}))),
        "thing": thing,
        "back_url": reverse(f"admin:movies_{kind}_change", args=[thing.pk]),
    }
    return _page(model_admin, request, "merge.html", context)


@admin.register(VocabularyMerge)
class VocabularyMergeAdmin(BackOfficeAdmin):
    list_display = ("name", "kind", "means", "movies_cell", "made_by", "made_at", "state_badge")
    list_filter = (("kind", ChoicesDropdownFilter),)
    list_select_related = ("genre", "tag", "company", "made_by")
    sortable_by = ()
    ordering = ("-pk",)

    @display(description="Means", empty_value="–")
    def means(self, merge: VocabularyMerge) -> str | None:
        return str(merge.survivor) if merge.survivor else None

    @display(description="Movies")
    def movies_cell(self, merge: VocabularyMerge) -> str:
        return f"{len(merge.moved) + len(merge.both):,}"

    @display(description="State", label={"in force": "success", "undone": None})
    def state_badge(self, merge: VocabularyMerge) -> str:
        return "undone" if merge.undone_at else "in force"

    # --- Who may what ----------------------------------------------------------------------------------------------
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # it begins on the page of a genre, tag or company

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # imports know the other name by it, and an undo needs it

    # --- Pages -----------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        undo = self.admin_site.admin_view(self.undo)
        return [path("<int:pk>/undo/", undo, name="movies_vocabularymerge_undo"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        merge = self._merge(int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0)
        context = {
            "title": f"{merge.name} into {merge.survivor}" if merge.survivor else f"{merge.name}: merge undone",
            "subtitle": f"Merge {merge.pk}",
            "merge": merge,
            "may_undo": merge.undone_at is None and request.user.has_perm(MERGE_VOCABULARY),
        }
        return _page(self, request, "merged.html", context)

    @method_decorator(require_POST)
    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm(MERGE_VOCABULARY):
            raise PermissionDenied
        merge = self._merge(pk)
        try:
            back = unmerge_vocabulary(merge_id=merge.pk)
        except WatchlyError as error:
            messages.error(request, error.detail)
            return HttpResponseRedirect(reverse("admin:movies_vocabularymerge_change", args=[pk]))
        self.audit_deed("unmerge", [back.pk])
        messages.success(request, f"{back} is back, with its movies.")
        return HttpResponseRedirect(reverse(f"admin:movies_{merge.kind}_change", args=[back.pk]))

    def _merge(self, pk: int) -> VocabularyMerge:
        rows = VocabularyMerge.objects.select_related("genre", "tag", "company", "made_by", "undone_by")
        merge = rows.filter(pk=pk).first()
        if merge is None:
            raise Http404(f"There is no merge of vocabulary {pk}.")
        return merge


def _page(model_admin: BackOfficeAdmin, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    request.current_app = model_admin.admin_site.name  # type: ignore[attr-defined]
    shared = {**model_admin.admin_site.each_context(request), "opts": model_admin.opts, "media": model_admin.media}
    return TemplateResponse(request, f"admin/movies/vocabulary/{template}", {**shared, **context})
