"""The page on which a person is split: which credits are the other one's, and who that is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from movies.admin.person_merge import MERGE_PEOPLE, credits_of, page_of
from movies.definition.limits import PERSON_IMDB_ID, longest, number
from movies.models import Credit, Person
from movies.services.doubtful_careers import AFTER_DEATH, GAP
from movies.services.people_splitting import split_person
from watchly.common.admin.lists import BackOfficeAdmin
from watchly.common.errors import WatchlyError
from watchly.common.form_texts import LineFormField

_MOST = 2_000  # credits on the page


def _year() -> forms.IntegerField:
    limits = number("person.born")
    return forms.IntegerField(
        required=False,
        min_value=limits.least,
        max_value=limits.most,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text="Year.",
    )


class SplitForm(forms.Form):
    name = LineFormField(
        max_length=longest("person.name"), widget=UnfoldAdminTextInputWidget(), help_text="Of the new person."
    )
    born = _year()
    died = _year()
    imdb_id = forms.RegexField(
        rf"\A{PERSON_IMDB_ID}\Z",
        required=False,
        label="IMDb id",
        widget=UnfoldAdminTextInputWidget(),
        help_text="If it is the old person's, it goes to the new one.",
        error_messages={"invalid": "An IMDb id of a person is nm and seven to ten digits, such as nm0000537."},
    )
    tmdb_id = forms.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, label="TMDB id", widget=UnfoldAdminIntegerFieldWidget()
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("born") and cleaned.get("died") and cleaned["died"] < cleaned["born"]:
            self.add_error("died", "A person cannot die before they are born.")
        return cleaned


def split_view(model_admin: BackOfficeAdmin, request: HttpRequest, person: Person | None) -> HttpResponse:
    """Shows all credits, those marked that are likely another person's; then splits as the curator decided."""
    if not request.user.has_perm(MERGE_PEOPLE):
        raise PermissionDenied
    if person is None or person.merged_into_id is not None:
        raise Http404("There is no such person.")
    rows = list(credits_of(person)[:_MOST])
    form = SplitForm(request.POST if request.method == "POST" else None, initial={"name": person.name})
    if request.method == "POST":
        chosen = {int(pk) for pk in request.POST.getlist("credits") if pk.isascii() and pk.isdecimal()}
        if form.is_valid():
            values = {name: value or None for name, value in form.cleaned_data.items()}
            try:
                split = split_person(person_id=person.pk, credit_ids=chosen, values=values)
            except WatchlyError as error:
                form.add_error(None, error.detail)
            else:
                told = format_html(
                    'Split. <a class="underline" href="{}">What moved, undo</a>',
                    reverse("admin:movies_personsplit_change", args=[split.pk]),
                )
                messages.success(request, told)
                return HttpResponseRedirect(reverse("admin:movies_person_change", args=[split.created_id]))
    else:
        chosen = likely_of_another(person, rows)
    context = {
        "title": f"Split {person}",
        "person": person,
        "form": form,
        "rows": [{"credit": row, "chosen": row.pk in chosen} for row in rows],
        "marked": len(chosen) if request.method != "POST" else 0,
        "back_url": reverse("admin:movies_person_change", args=[person.pk]),
    }
    return page_of(model_admin, request, "split.html", context)


def likely_of_another(person: Person, rows: Sequence[Credit]) -> set[int]:
    """The credits that are likely another's: before birth or after death, else beyond the longest gap."""
    dated = [(row.movie.year, row.pk) for row in rows if row.movie.year is not None]
    born, last = person.born or 0, (person.died or 9_999) + AFTER_DEATH
    outside = {pk for year, pk in dated if not born <= year <= last}
    if outside:
        return outside
    gaps = [(later[0] - earlier[0], later[0]) for earlier, later in pairwise(dated)]
    longest, since = max(gaps, default=(0, 0))
    return {pk for year, pk in dated if year >= since} if longest >= GAP else set()
