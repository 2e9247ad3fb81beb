"""People: who made and acted in films."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, F, IntegerField, QuerySet, Value
from django.db.models.expressions import Func
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import action, display

from movies.admin.person_labels import labels_of
from movies.admin.person_merge import MERGE_PEOPLE
from movies.admin.person_split import split_view
from movies.admin.record import RecordPages
from movies.definition.limits import PERSON_IMDB_ID, PERSON_IMDB_ID_WORDS
from movies.models import CatalogueCount, Credit, Person
from movies.search.query import find_people
from movies.services.figures import catalogue_count
from movies.services.people import FACTS, create_person, remove_people, update_person
from watchly.common.admin.lists import BoundedChangeList, only_if_unused

_FOUND = 500  # people that a search can bring up


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        imdb_id = cleaned.get("imdb_id")
        if imdb_id and not re.fullmatch(PERSON_IMDB_ID, imdb_id):
            self.add_error("imdb_id", PERSON_IMDB_ID_WORDS)
        born, died = cleaned.get("born"), cleaned.get("died")
        if born and died and died < born:
            self.add_error("died", "Nobody dies before they are born.")
        return cleaned


class PersonChangeList(BoundedChangeList):
    def known_count(self, request: HttpRequest) -> int | None:
        if self.query or self.has_active_filters:
            return None
        return catalogue_count(name=CatalogueCount.PEOPLE) or None


@admin.register(Person)
class PersonAdmin(RecordPages):
    changelist = PersonChangeList
    form = PersonForm
    list_display = ("shown_name", "born", "died", "credit_count", "imdb_id")
    sortable_by = ("shown_name", "credit_count")
    search_fields = ("name",)  # opens the search box; `find_people` searches
    search_help_text = "Name or nm…"
    ordering = ("-credit_count", "pk")
    change_form_outer_before_template = "admin/movies/person/banner.html"
    actions_detail = ("merge", "split")
    readonly_fields = ("credits_link", "locked", "version", "created_at", "updated_at")
    fieldsets = (
        (None, {"fields": ("name", "biography", ("born", "died"))}),
        ("Elsewhere", {"fields": (("imdb_id", "tmdb_id"),)}),
        ("Record", {"fields": ("credits_link", "locked", "version", ("created_at", "updated_at"))}),
    )
    add_fieldsets = fieldsets[:-1]

    @display(description="Name", ordering="name_key")
    def shown_name(self, person: Person) -> str:
        return person.name

    @display(description="Credits")
    def credits_link(self, person: Person) -> str:
        url = reverse("admin:movies_credit_changelist")
        return format_html(
            '<a class="text-primary-600 dark:text-primary-400" href="{}?person__id__exact={}">{}</a>',
            url,
            person.pk,
            f"{person.credit_count:,} credit{'' if person.credit_count == 1 else 's'}",
        )

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Person | None:
        """The person, read once a request."""
        kept: dict[str, Person | None] = request.__dict__.setdefault("_people_of_page", {})
        if object_id not in kept:
            kept[object_id] = super().get_object(request, object_id, from_field)
        return kept[object_id]

    def has_merge_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(MERGE_PEOPLE)

    def has_change_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        """A merged person is kept as they were for the undo."""
        return super().has_change_permission(request, obj) and (obj is None or obj.merged_into_id is None)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        person = self.get_object(request, str(object_id))
        return [] if person is None or person.merged_into_id else super().get_actions_detail(request, object_id)

    @action(description="Merge …", url_path="merge", permissions=["merge"], icon="merge")
    def merge(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self.get_object(request, object_id)
        if person is None:
            raise Http404("There is no such person.")
        return HttpResponseRedirect(reverse("admin:movies_personmerge_choose", args=[person.pk]))

    @action(description="Split …", url_path="split", permissions=["merge"], icon="call_split")
    def split(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return split_view(self, request, self.get_object(request, object_id))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Person], search_term: str
    ) -> tuple[QuerySet[Person], bool]:
        term = search_term.strip()
        if not term:
            return queryset.filter(merged_into=None), False
        if term.startswith("nm") and term[2:].isdecimal():
            return queryset.filter(imdb_id=term), False
        ids = find_people(term, limit=_FOUND)
        array = Value(ids, output_field=ArrayField(BigIntegerField()))
        place = Func(array, F("pk"), function="array_position", output_field=IntegerField())
        found = queryset.filter(pk__in=ids)
        # A column that somebody sorts by wins over how well a name matches.
        return (found if "o" in request.GET else found.order_by(place)), False

    def picker_labels(self, people: Sequence[Person]) -> dict[int, str]:
        """Namesakes told apart."""
        return labels_of(people)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Somebody with credits is part of films, and stays until they have none."""
        people = list(objs)
        counted = Credit.objects.filter(person__in=people).order_by().values_list("person").annotate(Count("movie"))
        return only_if_unused(self, request, people, dict(counted))

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in FACTS if name in form.changed_data}
        written = update_person(person_id=obj.pk, values=values) if change else create_person(values=values)
        obj.__dict__.update(written.__dict__)

    def delete_model(self, request: HttpRequest, obj: Person) -> None:
        remove_people(person_ids=[obj.pk])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        remove_people(person_ids=list(queryset.values_list("pk", flat=True)))
