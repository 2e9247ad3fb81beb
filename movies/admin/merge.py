"""What was merged into what, by whom, what moved, and taking it back; and which movie to merge one with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST
from unfold.decorators import display

from movies.admin.duplicate import MERGE
from movies.models import Merge, Movie
from movies.services.merging import unmerge_movie
from movies.services.uniting import PARTS
from watchly.common.admin.lists import BackOfficeAdmin
from watchly.common.admin.pickers import KnownAutocompleteSelect
from watchly.common.errors import WatchlyError

_NAMES = {part.table: str(part.model._meta.verbose_name_plural) for part in PARTS} | {
    "movies_movie_genres": "genres",
    "movies_movie_tags": "tags",
    "movies_movie_companies": "companies",
}
_LONGEST = 200  # characters of a value


class OtherForm(forms.Form):
    """Which movie is the same film."""

    other = forms.ModelChoiceField(
        queryset=Movie.objects.exclude(state=Movie.State.MERGED),
        label="The same film as",
        widget=KnownAutocompleteSelect(Merge._meta.get_field("survivor"), admin.site),
    )

    def __init__(self, data: Any, movie: Movie) -> None:
        super().__init__(data)
        self.movie = movie

    def clean_other(self) -> Movie:
        other: Movie = self.cleaned_data["other"]
        if other == self.movie:
            raise forms.ValidationError("This is the movie itself: choose another.")
        return other


@admin.register(Merge)
class MergeAdmin(BackOfficeAdmin):
    list_display = ("merged", "survivor", "moved_cell", "made_by", "made_at", "state_badge")
    list_select_related = ("merged", "survivor", "made_by")
    sortable_by = ()
    ordering = ("-pk",)

    @display(description="Moved", empty_value="–")
    def moved_cell(self, merge: Merge) -> str | None:
        return ", ".join(f"{count} {name}" for name, count in _moved(merge)) or None

    @display(description="State", label={"stands": "success", "undone": None})
    def state_badge(self, merge: Merge) -> str:
        return "undone" if merge.undone_at else "stands"

    # --- Who may what ----------------------------------------------------------------------------------------------
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # two movies are merged where they are compared

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # it is what an undo needs

    # --- Pages -----------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:merge_id>/undo/", view(self.undo), name="movies_merge_undo"),
            path("of/<int:movie_id>/", view(self.choose), name="movies_merge_choose"),
            *super().get_urls(),
        ]

    def choose(self, request: HttpRequest, movie_id: int) -> HttpResponse:
        """Asks which other movie is the same film, then leads to the two beside each other."""
        if not request.user.has_perm(MERGE):
            raise PermissionDenied
        movie = Movie.objects.exclude(state=Movie.State.MERGED).filter(pk=movie_id).first()
        if movie is None:
            raise Http404("There is no such movie.")
        form = OtherForm(request.GET if "other" in request.GET else None, movie)
        if form.is_bound and form.is_valid():
            both = [movie.pk, form.cleaned_data["other"].pk]
            return HttpResponseRedirect(reverse("admin:movies_duplicatepair_compare", args=both))
        context = {"title": f"Merge {movie}", "form": form, "media": self.media + form.media,
                   "back_url": reverse("admin:movies_movie_change", args=[movie.pk])}  # fmt: skip
        return self._page(request, "choose.html", context)

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        return TemplateResponse(request, f"admin/movies/merge/{template}", {**shared, **context})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        merge = self._merge(int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0)
        context = {
            "title": f"{merge.merged} into {merge.survivor}",
            "subtitle": f"Merge {merge.pk}",
            "merge": merge,
            "moved": _moved(merge),
            "filled": _filled(merge),
            "may_undo": merge.undone_at is None and request.user.has_perm(MERGE),
        }
        return self._page(request, "page.html", context)

    @method_decorator(require_POST)
    def undo(self, request: HttpRequest, merge_id: int) -> HttpResponse:
        if not request.user.has_perm(MERGE):
            raise PermissionDenied
        merge = self._merge(merge_id)
        try:
            movie = unmerge_movie(merge_id=merge.pk)
        except WatchlyError as error:
            messages.error(request, error.detail)
            return HttpResponseRedirect(reverse("admin:movies_merge_change", args=[merge.pk]))
        messages.success(request, f"{movie} is back, with all that it had.")
        return HttpResponseRedirect(reverse("admin:movies_movie_change", args=[movie.pk]))

    def _merge(self, merge_id: int) -> Merge:
        rows = Merge.objects.select_related("merged", "survivor", "made_by", "undone_by")
        merge = rows.filter(pk=merge_id).first()
        if merge is None:
            raise Http404("There is no such merge.")
        return merge


def _moved(merge: Merge) -> list[tuple[str, int]]:
    return [(_NAMES.get(table, table), len(rows)) for table, rows in merge.moved.items()]


def _filled(merge: Merge) -> list[tuple[str, str]]:
    """The facts that the survivor lacked and got."""
    found = []
    for name, change in merge.filled.items():
        if isinstance(change, dict):
            value = change["new"]
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            found.append((name.removesuffix("_id").replace("_", " "), text[:_LONGEST]))
    return found
