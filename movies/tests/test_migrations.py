"""Migrations that change stored rows: each is run over rows as earlier versions stored them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from movies.models import AlternativeTitle, Company, Movie, ReleaseDate, Video
from movies.tests.factories import MovieFactory, VideoFactory

pytestmark = pytest.mark.django_db


def _correct_values() -> None:
    migration: Any = import_module("movies.migrations.0009_correct_values")
    with connection.schema_editor() as editor:
        migration.correct_values(None, editor)


def test_stored_codes_become_the_ones_that_filters_find() -> None:
    movie = MovieFactory.create()
    Movie.objects.filter(pk=movie.pk).update(
        original_language="eng", languages=["ger", "de", "zzz"], countries=["UK", "XX", "GB", "FR"]
    )
    for country, title in (("UK", "A"), ("GB", "A"), ("UK", "B"), ("XX", "C")):
        AlternativeTitle.objects.create(movie=movie, title=title, country=country, language="en")
    for country in ("UK", "GB", "XX"):
        ReleaseDate.objects.create(movie=movie, country=country, kind="theatrical", date="1995-12-15")
    VideoFactory.create(movie=movie, language="fre")

    for _ in range(2):  # a migration that was stopped is run again
        _correct_values()

    movie.refresh_from_db()
    assert (movie.original_language, movie.languages, movie.countries) == ("en", ["de"], ["GB", "FR"])
    titles = set(AlternativeTitle.objects.values_list("title", "country"))
    assert titles == {("A", "GB"), ("B", "GB"), ("C", None)}
    assert list(ReleaseDate.objects.values_list("country", flat=True)) == ["GB"]
    assert Video.objects.get().language == "fr"


def test_companies_that_become_equal_are_one() -> None:
    kept = Company.objects.create(name="Ealing", country="GB")
    twin = Company.objects.create(name="Ealing", country="UK")
    other = Company.objects.create(name="Hammer", country="UK")
    first, second = MovieFactory.create(), MovieFactory.create()
    first.companies.set([kept, twin])
    second.companies.set([twin, other])

    _correct_values()

    assert [list(movie.companies.order_by("name")) for movie in (first, second)] == [[kept], [kept, other]]
    assert set(Company.objects.values_list("name", "country")) == {("Ealing", "GB"), ("Hammer", "GB")}
