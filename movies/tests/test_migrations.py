"""Migrations that change stored rows: each is run over rows as earlier versions stored them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from movies.models import AlternativeTitle, Change, Company, Genre, ImportRun, Movie, ReleaseDate, Video
from movies.tests.factories import GenreFactory, ImportRunFactory, MovieFactory, VideoFactory

pytestmark = pytest.mark.django_db


def _run(migration: str, function: str) -> None:
    module: Any = import_module(f"movies.migrations.{migration}")
    with connection.schema_editor() as editor:
        getattr(module, function)(None, editor)


def _correct_values() -> None:
    _run("0009_correct_values", "correct_values")


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


def test_movies_of_the_packaged_catalogue_get_its_source() -> None:
    def run(**facts: Any) -> ImportRun:
        return ImportRunFactory.create(**facts)

    def moment(hour: int) -> datetime:
        return datetime(2026, 11, 20, hour, tzinfo=UTC)

    packaged = {"names": ["catalogue.ndjson.gz"], "state": "done", "format": "ndjson"}
    run(**packaged, started_at=moment(8), finished_at=moment(9))
    run(**packaged, started_at=moment(12), finished_at=moment(13), path="upload")
    own = run(names=["own.ndjson"], state="done", format="ndjson", started_at=moment(10), finished_at=moment(11))
    rows = {"packaged": (8, "watchly"), "own": (10, "watchly"), "uploaded": (12, "watchly"), "staff": (8, "staff"),
            "corrected": (8, "watchly")}  # fmt: skip
    for title, (hour, source) in rows.items():
        movie = MovieFactory.create(title=title, source=source)
        Movie.objects.filter(pk=movie.pk).update(created_at=moment(hour) + timedelta(minutes=30))
    Change.objects.create(movie=Movie.objects.get(title="corrected"), action="edited", via="import", run=own, version=2)
    migration: Any = import_module("movies.migrations.0014_packaged_movies")

    with connection.schema_editor() as editor:
        migration.lower(None, editor)

    moved = Movie.objects.filter(source=Movie.Source.CATALOGUE)
    assert list(moved.values_list("title", flat=True)) == ["packaged"]


def test_two_words_for_one_genre_become_one() -> None:
    names = ("sci fi", "Science Fiction", "Sci-Fi Western", "Drama")
    stray, kept, other, drama = (GenreFactory.create(name=name) for name in names)
    both, one = MovieFactory.create(genres=[stray, kept]), MovieFactory.create(genres=[stray, drama, other])

    for _ in range(2):
        _run("0015_one_word_per_genre", "merge_genres")

    for movie, genres in ((both, {kept}), (one, {kept, drama, other})):
        movie.refresh_from_db()
        assert set(movie.genres.all()) == genres
        assert movie.genre_ids == sorted(genre.pk for genre in genres)
    assert not Genre.objects.filter(name="sci fi").exists()
