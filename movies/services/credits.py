"""Single credits, across movies. Those of one movie are set whole (`movies.services.relations`)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from movies.models import Credit, Movie
from movies.services.differences import difference
from movies.services.figures import refresh_credit_counts
from movies.services.movies import record_edit

_LOCKED = "credits"


@transaction.atomic
def save_credit(*, credit: Credit) -> Credit:
    """Adds a credit, or changes one, which may come to another movie or person."""
    before = _locked([credit.pk] if credit.pk else [], credit.movie_id)
    credit.save()
    _follow(before, [credit])
    return credit


@transaction.atomic
def remove_credits(*, credit_ids: Collection[int]) -> int:
    """Takes these credits away; returns how many there were."""
    before = _locked(credit_ids)
    Credit.objects.filter(pk__in=[credit.pk for credit in before]).delete()
    _follow(before, [])
    return len(before)


def _locked(credit_ids: Collection[int], *movie_ids: int) -> list[Credit]:
    """The credits as they stand, with their movies (and these) locked, in the order of ids."""
    among = Credit.objects.filter(pk__in=list(credit_ids)).order_by("pk")
    movies = {*among.values_list("movie_id", flat=True), *movie_ids}
    list(Movie.objects.select_for_update(of=("self",)).filter(pk__in=movies).order_by("pk").values_list("pk"))
    return list(among.select_related("person"))


def _follow(before: list[Credit], after: list[Credit]) -> None:
    """The counts of the people and the copies and histories of the movies follow."""
    refresh_credit_counts(person_ids=sorted({credit.person_id for credit in (*before, *after)}))
    for movie_id in sorted({credit.movie_id for credit in (*before, *after)}):
        gone, came = ([_shown(each) for each in rows if each.movie_id == movie_id] for rows in (before, after))
        record_edit(movie_id=movie_id, fields=[_LOCKED], changes={"credits": difference(gone, came)})


def _shown(credit: Credit) -> dict[str, Any]:
    told = {"person": credit.person_id, "name": credit.person.name, "character": credit.character, "job": credit.job}
    return {name: value for name, value in told.items() if value is not None}
