"""Merging and splitting people: choosing the other one, both beside each other, what was done, and undoing it."""

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
from unfold.decorators import display

from movies.admin.readable import label
from movies.models import Credit, Person, PersonMerge, PersonSplit
from movies.services.people_merging import merge_people, unmerge_person
from movies.services.people_splitting import undo_split
from watchly.common.admin.lists import BackOfficeAdmin
from watchly.common.admin.pickers import KnownAutocompleteSelect
from watchly.common.errors import WatchlyError

MERGE_PEOPLE = "movies.merge_person"
_SHOWN = 200  # credits of each of two people beside each other
_FACTS = ("born", "died", "imdb_id", "tmdb_id", "biography")


class OtherPersonForm(forms.Form):
    """The other person."""

    other = forms.ModelChoiceField(
        queryset=Person.objects.unmerged(),
        label="The same person as",
        widget=KnownAutocompleteSelect(PersonMerge._meta.get_field("survivor"), admin.site),
    )

    def __init__(self, data: Any, person: Person) -> None:
        super().__init__(data)
        self.person = person

    def clean_other(self) -> Person:
        other: Person = self.cleaned_data["other"]
        if other == self.person:
            raise forms.ValidationError("This is the person you merge: choose another person.")
        return other


class DoneAdmin(BackOfficeAdmin):
    """A list of what was done to people, each with its page and a button that undoes it."""

    sortable_by = ()
    ordering = ("-pk",)

    @display(description="State", label={"in force": "success", "undone": None})
    def state_badge(self, done: Any) -> str:
        return "undone" if done.undone_at else "in force"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # it begins on the page of a person

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # an undo needs it

    def get_urls(self) -> list[URLPattern]:
        undo = self.admin_site.admin_view(self.undo)
        return [path("<int:pk>/undo/", undo, name=f"movies_{self.opts.model_name}_undo"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        done = self._done(int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0)
        context = {
            "done": done,
            "may_undo": done.undone_at is None and request.user.has_perm(MERGE_PEOPLE),
            "undo_url": reverse(f"admin:movies_{self.opts.model_name}_undo", args=[done.pk]),
            **self.said(done),
        }
        return page_of(self, request, "done.html", context)

    @method_decorator(require_POST)
    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm(MERGE_PEOPLE):
            raise PermissionDenied
        done = self._done(pk)
        try:
            person = self.take_back(done)
        except WatchlyError as error:
            messages.error(request, error.detail)
            return HttpResponseRedirect(reverse(f"admin:movies_{self.opts.model_name}_change", args=[pk]))
        messages.success(request, f"Undone: {person} has all credits back.")
        return HttpResponseRedirect(reverse("admin:movies_person_change", args=[person.pk]))

    def _done(self, pk: int) -> Any:
        done = self.model._default_manager.select_related(*self.list_select_related, "undone_by").filter(pk=pk).first()
        if done is None:
            raise Http404(f"There is no {self.opts.verbose_name} {pk}.")
        return done

    list_select_related: Any = ()

    def said(self, done: Any) -> dict[str, Any]:
        raise NotImplementedError

    def take_back(self, done: Any) -> Person:
        raise NotImplementedError


@admin.register(PersonMerge)
class PersonMergeAdmin(DoneAdmin):
    list_display = ("merged", "survivor", "credits_cell", "made_by", "made_at", "state_badge")
    list_select_related = ("merged", "survivor", "made_by")

    @display(description="Credits")
    def credits_cell(self, merge: PersonMerge) -> str:
        return f"{len(merge.moved):,} moved, {len(merge.removed):,} were there"

    def said(self, merge: Any) -> dict[str, Any]:
        filled = [(name.replace("_", " "), change["new"]) for name, change in merge.filled.items() if name != "credits"]
        return {
            "title": f"{merge.merged} into {merge.survivor}",
            "subtitle": f"Merge {merge.pk}",
            "from": merge.merged,
            "to": merge.survivor,
            "verb": "was merged into",
            "counts": [("Credits moved", len(merge.moved)), ("Credits that both had", len(merge.removed))],
            "filled": filled,
            "explanation": "Undoing gives both back as they were. What was edited at the other since stays there.",
            "button": "Undo this merge",
        }

    def take_back(self, merge: Any) -> Person:
        return unmerge_person(merge_id=merge.pk)

    # --- Choosing and comparing ------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("of/<int:person_id>/", view(self.choose), name="movies_personmerge_choose"),
            path("compare/<int:first>/<int:second>/", view(self.compare), name="movies_personmerge_compare"),
            path("merge/", view(self.merge), name="movies_personmerge_merge"),
            *super().get_urls(),
        ]

    def choose(self, request: HttpRequest, person_id: int) -> HttpResponse:
        """Asks which other person is the same, then leads to both beside each other."""
        person = _person(request, person_id)
        form = OtherPersonForm(request.GET if "other" in request.GET else None, person)
        if form.is_bound and form.is_valid():
            both = [person.pk, form.cleaned_data["other"].pk]
            return HttpResponseRedirect(reverse("admin:movies_personmerge_compare", args=both))
        context = {
            "title": f"Merge {person}",
            "form": form,
            "media": self.media + form.media,
            "back_url": reverse("admin:movies_person_change", args=[person.pk]),
        }
        return page_of(self, request, "choose.html", context)

    def compare(self, request: HttpRequest, first: int, second: int) -> HttpResponse:
        """Two people with their facts and credits, and a button for each to be the one who stays."""
        people = [_person(request, first), _person(request, second)]
        if people[0] == people[1]:
            raise Http404("Choose two people.")
        # The one with more to say is the one who stays, unless the curator decides otherwise.
        stays = max(people, key=lambda person: (person.credit_count, -person.pk))
        lines = []
        for name in _FACTS:
            values = tuple(getattr(person, name) for person in people)
            lines.append({"label": label(name), "values": values, "differs": values[0] != values[1]})
        context = {
            "title": "Are they one person?",
            "subtitle": " · ".join(map(str, people)),
            "people": [
                {
                    "person": person,
                    "credits": credits_of(person)[:_SHOWN],
                    "more": max(person.credit_count - _SHOWN, 0),
                    "stays": person is stays,
                    "other": people[1 - place],
                }
                for place, person in enumerate(people)
            ],
            "lines": lines,
            "back_url": reverse("admin:movies_person_change", args=[first]),
        }
        return page_of(self, request, "compare.html", context)

    @method_decorator(require_POST)
    def merge(self, request: HttpRequest) -> HttpResponse:
        """Merges as the comparison asked, if both are still as they were shown there."""
        if not request.user.has_perm(MERGE_PEOPLE):
            raise PermissionDenied
        names = ("survivor", "merged", "survivor_version", "merged_version")
        survivor, merged, survivor_version, merged_version = (_number(request.POST.get(name)) for name in names)
        try:
            merge = merge_people(
                survivor_id=survivor,
                merged_id=merged,
                expected_version=merged_version,
                expected_survivor_version=survivor_version,
            )
        except WatchlyError as error:
            messages.error(request, error.detail)
            return HttpResponseRedirect(reverse("admin:movies_person_changelist"))
        told = format_html(
            'Merged. <a class="underline" href="{}">What moved, undo</a>',
            reverse("admin:movies_personmerge_change", args=[merge.pk]),
        )
        messages.success(request, told)
        return HttpResponseRedirect(reverse("admin:movies_person_change", args=[survivor]))


@admin.register(PersonSplit)
class PersonSplitAdmin(DoneAdmin):
    list_display = ("person", "created", "credits", "made_by", "made_at", "state_badge")
    list_select_related = ("person", "created", "made_by")

    def said(self, split: Any) -> dict[str, Any]:
        return {
            "title": f"{split.created} out of {split.person}",
            "subtitle": f"Split {split.pk}",
            "from": split.created,
            "to": split.person,
            "verb": "was split off",
            "counts": [("Credits moved", split.credits)],
            "filled": [(name.replace("_", " "), value) for name, value in split.taken.items()],
            "explanation": "Undoing gives credits and ids back; the new person's address leads to the old one then.",
            "button": "Undo this split",
        }

    def take_back(self, split: Any) -> Person:
        return undo_split(split_id=split.pk)


def page_of(model_admin: BackOfficeAdmin, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page of its own, in the back office's frame."""
    request.current_app = model_admin.admin_site.name  # type: ignore[attr-defined]
    shared = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media,
    }
    return TemplateResponse(request, f"admin/movies/person/{template}", {**shared, **context})


def credits_of(person: Person) -> Any:
    """A person's credits with their movies, the oldest first."""
    rows = Credit.objects.filter(person=person).select_related("movie")
    return rows.order_by("movie__year", "movie__title_key", "pk")


def _person(request: HttpRequest, person_id: int) -> Person:
    if not request.user.has_perm(MERGE_PEOPLE):
        raise PermissionDenied
    person = Person.objects.unmerged().filter(pk=person_id).first()
    if person is None:
        raise Http404(f"There is no person {person_id}.")
    return person


def _number(value: str | None) -> int:
    """A number of a form; 0, which nothing has, for anything else."""
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 19 else 0
