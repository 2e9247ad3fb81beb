"""The commands: what they print, which code they exit with."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from movies.importers import engine
from movies.models import CatalogueCount, ImportRun, Movie, MovieFigures, Person
from movies.services.figures import CATALOGUE_RECOUNTS
from movies.tests.factories import MovieFactory, PersonFactory
from movies.tests.importing import lay

pytestmark = pytest.mark.django_db


def said(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_import_movies_sums_up_and_writes_the_report(tmp_path: Path) -> None:
    path = lay(tmp_path, "f.ndjson", [{"title": "Heat"}, {"titel": "x"}, {"title": 1917}])

    output = said("import_movies", str(path), "--rejects", str(tmp_path / "report.csv"))

    assert "3 rows (ndjson): 2 created, 0 updated, 0 unchanged, 1 refused, 1 remarks" in output
    rows = list(csv.DictReader((tmp_path / "report.csv").open(encoding="utf-8")))
    assert [(row["line"], row["taken"], row["code"]) for row in rows] == [
        ("2", "no", "unknown_field"),
        ("3", "yes", "title_was_number"),
    ]
    assert rows[0]["content"] == '{"titel": "x"}'


def test_a_dry_run_shows_the_difference_and_writes_nothing(tmp_path: Path) -> None:
    movie = MovieFactory.create(title="Heat", year=1995)
    path = lay(
        tmp_path, "f.ndjson", [{"title": "Heat", "year": 1995, "runtime": 170}, {"title": "Ronin", "year": 1998}]
    )

    output = said("import_movies", str(path), "--dry-run", "--update-existing")

    assert f"~ Heat [{movie.pk}]  f.ndjson:1\n    runtime: null → 170\n+ Ronin (1998)  f.ndjson:2" in output
    assert "1 would be created, 1 would be updated" in output
    assert Movie.objects.count() == 1


def test_limit_reads_no_more_rows(tmp_path: Path) -> None:
    path = lay(tmp_path, "f.ndjson", [{"title": f"F{number}"} for number in range(10)])

    assert "4 rows" in said("import_movies", str(path), "--limit", "4", "--batch-size", "3")


def test_resume_goes_on_after_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lay(tmp_path, "f.ndjson", [{"title": f"F{number}"} for number in range(9)])
    book, calls = engine._book, iter(range(9))

    def broken(*args: Any) -> None:
        if next(calls) == 2:
            raise OSError("power cut")
        book(*args)

    monkeypatch.setattr(engine, "_book", broken)
    with pytest.raises(OSError, match="power cut"):
        said("import_movies", str(path), "--batch-size", "3")
    monkeypatch.undo()

    output = said("import_movies", str(path), "--resume")

    assert "9 rows (ndjson): 9 created" in output
    assert ImportRun.objects.get().state == "done"


@pytest.mark.parametrize(
    ("arguments", "code"), [(["nowhere.csv"], 2), (["README", "--dry-run", "--resume"], 2), (["README"], 1)]
)
def test_bad_usage_and_files_that_cannot_be_read_have_codes_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    lay(tmp_path, "README", "This is no list of films.")

    with pytest.raises(CommandError) as refusal:
        said("import_movies", *arguments)

    assert refusal.value.returncode == code


def test_load_catalogue_loads_the_packaged_films_and_resumes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "200 movies loaded, 0 updated, 0 unchanged, 0 refused" in said("load_catalogue", "--limit", "200")
    assert Movie.objects.filter(source="catalogue", year__isnull=False).count() == 200

    # A part of it does not count as the catalogue; all of it does, and is not read again.
    assert "0 movies loaded, 0 updated, 200 unchanged" in said("load_catalogue", "--limit", "200")
    run = ImportRun.objects.latest("pk")
    ImportRun.objects.filter(pk=run.pk).update(checkpoint={**run.checkpoint, "limit": None})
    assert "is loaded" in said("load_catalogue")


def test_a_new_catalogue_corrects_the_old_one_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heat = {"title": "Heat", "year": 1995, "imdb_id": "tt0113277"}
    own = MovieFactory.create(title="Ronin", year=1998, imdb_id="tt0122690", source="imdb", runtime=121)
    old = [{**heat, "runtime": 99, "cast": ["Robert Downey, Jr.", "and"]}]
    new = [
        {**heat, "runtime": 170, "cast": ["Robert Downey Jr."], "popularity_seed": 6.5},
        {"title": "Ronin", "year": 1998, "imdb_id": "tt0122690", "runtime": 99, "countries": ["FR"]},
    ]
    for name, rows in (("old.ndjson", old), ("new.ndjson", new)):
        monkeypatch.setattr("movies.management.commands.load_catalogue.CATALOGUE", lay(tmp_path, name, rows))
        summary = said("load_catalogue")
    assert "0 movies loaded, 2 updated, 0 unchanged, 0 refused" in summary
    movie = Movie.objects.get(imdb_id="tt0113277")
    assert (movie.runtime, movie.popularity) == (170, 6.5)
    assert [credit.person.name for credit in movie.credits.all()] == ["Robert Downey Jr."]
    own.refresh_from_db()
    assert (own.runtime, own.countries, own.source) == (121, ["FR"], "imdb")


def test_recount_mends_every_figure_and_copy_and_then_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("movies.management.commands.recount.RECOUNTS", CATALOGUE_RECOUNTS)  # others' are theirs to test
    movie = MovieFactory.create()
    PersonFactory.create()
    MovieFigures.objects.create(movie=movie, rating_count=2, rating_sum=17, known_raters=9)
    Movie.objects.update(genre_ids=[1], trailer_url="x", rating_average=None, popularity=3)
    Person.objects.update(credit_count=7)
    CatalogueCount.objects.update_or_create(name="people", defaults={"value": 99})

    first, second = said("recount"), said("recount")

    assert [int(line.split()[0]) for line in first.splitlines()] == [1, 1, 0, 1, 2]
    assert [int(line.split()[0]) for line in second.splitlines()] == [0, 0, 0, 0, 0]
    movie.refresh_from_db()
    assert (movie.genre_ids, movie.trailer_url, movie.rating_average, movie.rating_count) == (
        [],
        None,
        Decimal("4.25"),
        2,
    )
    assert movie.popularity == pytest.approx(2.3026, abs=0.001)  # ln(1 + known_raters)
