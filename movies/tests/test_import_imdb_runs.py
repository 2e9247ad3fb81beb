"""Runs over IMDb's tables: options, dry runs, archives, re-exports, files out of order, resuming after a power cut."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from movies.importers import engine, joining
from movies.importers.record import CastMember
from movies.models import ImportRun, Movie, Person
from movies.services.imports import run_import, unfinished_run
from movies.tests.factories import MovieFactory, PersonFactory
from movies.tests.imdb import (
    AKAS,
    BASICS,
    FILES,
    KAGGLE,
    PRINCIPALS,
    RATINGS,
    catalogue,
    heat,
    reported,
    run_files,
    tsv,
)
from movies.tests.importing import counts, forget, import_file, lay, report, told

pytestmark = pytest.mark.django_db


def test_types_and_adult_titles_are_chosen_by_options(tmp_path: Path) -> None:
    path = lay(tmp_path, "title.basics.tsv", BASICS)

    call_command("import_movies", str(path), "--types", "TVEpisode, movie", "--adult", stdout=io.StringIO())

    assert set(Movie.objects.values_list("title", flat=True)) == {"An Episode", "For Adults", "Heat", "Long Id"}
    assert ImportRun.objects.get().options == {"types": ["tvEpisode", "movie"], "adult": True}
    with pytest.raises(CommandError, match=r"no kind of title 'film'.*tvMovie") as refusal:
        call_command("import_movies", str(path), "--types", "film", stdout=io.StringIO())
    assert refusal.value.returncode == 2


def test_a_dry_run_shows_each_field_and_writes_nothing(tmp_path: Path) -> None:
    movie = MovieFactory.create(title="Heat", year=1995, imdb_id="tt0000010", source="imdb")
    PersonFactory.create(name="Al Pacino", imdb_id="nm0000004")
    paths = [str(lay(tmp_path, name, content)) for name, content in FILES.items()]
    out = io.StringIO()

    call_command("import_movies", *paths, "--dry-run", "--update-existing", stdout=out, stderr=io.StringIO())

    said = out.getvalue()
    assert f"~ Heat [{movie.pk}]  title.basics.tsv:2\n" in said
    assert "    known_raters: 0 → 700000\n" in said
    assert '    directors: [] → [{"name": "Michael Mann", "imdb_id": "nm0000001"}]\n' in said
    assert "+ Long Id (2024)  title.basics.tsv:11" in said
    assert "~ Al Pacino [person" in said
    assert "born: null → 1940" in said
    assert Movie.objects.count() == Person.objects.count() == 1
    assert movie.version == Movie.objects.get().version


def shuffled(table: str) -> str:
    header, *rows = table.splitlines(keepends=True)
    return header + "".join(rows[1::2] + rows[0::2][::-1])


def test_files_that_are_not_sorted_come_to_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_files(tmp_path)
    expected = catalogue()
    forget()
    monkeypatch.setattr(joining, "_SORTED_AT_ONCE", 3)
    monkeypatch.setattr(joining, "_BLOCK", 2)

    run = run_files(tmp_path, {name: shuffled(content) for name, content in FILES.items()})

    assert counts(run) == (5, 0, 8, 8)
    assert catalogue() == expected
    alone = run_files(tmp_path, {"title.principals.tsv": shuffled(PRINCIPALS)}, update_existing=True)
    assert counts(alone)[:3] == (0, 0, 2)


def test_gz_and_a_zip_of_all_tables_are_read(tmp_path: Path) -> None:
    packed = tmp_path / "imdb.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in FILES.items():
            archive.writestr(name + ".gz", gzip.compress(content.encode()))

    run = import_file(packed)

    assert counts(run) == (5, 0, 8, 8)
    assert len(told(heat()).cast) == 3


def test_a_title_that_stands_twice_is_taken_once(tmp_path: Path) -> None:
    row = r"tt0000010 | movie | Heat, again | Heat | 0 | 1996 | \N | 1 | Drama"
    twice = BASICS + tsv(row)

    alone = run_files(tmp_path, {"title.basics.tsv": twice})
    assert ("title.basics.tsv", 12, "repeated") in reported(alone)
    forget()
    together = run_files(tmp_path, {"title.basics.tsv": twice, "title.ratings.tsv": RATINGS})

    assert ("title.basics.tsv", 12, "repeated") in reported(together)
    assert heat().year == 1995


def test_re_exports_as_csv_with_columns_of_their_own_are_read(tmp_path: Path) -> None:
    run = run_files(tmp_path, KAGGLE)

    assert counts(run)[0] == 1
    assert ("movies.csv", 3, "not_a_number") in reported(run)
    assert run.rejects.filter(file="movies.csv", code="unread_columns").get().detail == (
        "Not read: date_published, country, director."
    )
    record = told(heat())
    assert (record.title, record.runtime, record.genres) == ('Heat, the "film"', 170, ["Crime", "Drama"])
    assert record.known_raters == 800_000
    assert record.cast == [
        CastMember("Al Pacino", "Hanna", "nm0000004"), CastMember("Robert De Niro", "Neil", "nm0000005"),
    ]  # fmt: skip
    assert list(Person.objects.order_by("name").values_list("born", flat=True)) == [1940, 1943]


def test_episodes_are_refused_by_name(tmp_path: Path) -> None:
    path = lay(
        tmp_path, "e.tsv", tsv("tconst | parentTconst | seasonNumber | episodeNumber", "tt0000001 | tt0000002 | 1 | 1")
    )

    with pytest.raises(CommandError, match=r"title\.episode"):
        call_command("import_movies", str(path), stdout=io.StringIO(), stderr=io.StringIO())


@pytest.mark.parametrize("fails_at", range(1, 5))
def test_a_run_that_broke_off_anywhere_goes_on_to_the_same_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    clean = run_files(tmp_path, batch_size=3)
    expected, lines, numbers = catalogue(), report(clean), (*counts(clean), clean.skipped, clean.rows, clean.remarks)
    forget()
    book, calls = engine._book, iter(range(1, 100))

    def broken(*args: Any) -> None:
        book(*args)
        if next(calls) == fails_at:
            raise OSError("power cut")

    monkeypatch.setattr(engine, "_book", broken)
    with pytest.raises(OSError, match="power cut"):
        run_files(tmp_path, batch_size=3)
    monkeypatch.undo()
    run = unfinished_run(digest=clean.digest, update_existing=False)
    assert run is not None
    run = run_import(run=run, paths=[tmp_path / name for name in FILES])

    assert catalogue() == expected
    assert (report(run), (*counts(run), run.skipped, run.rows, run.remarks)) == (lines, numbers)


def test_more_rows_about_one_film_than_any_film_has_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "MOST_ROWS", 30)
    MovieFactory.create(imdb_id="tt0000010")
    rows = [rf"tt0000010 | {number} | Title {number} | \N | \N | \N | \N | 0" for number in range(33)]

    run = run_files(tmp_path, {"a.tsv": AKAS.splitlines(keepends=True)[0] + tsv(*rows)}, update_existing=True)

    assert [code for _, code in report(run)] == ["too_many"] * 3
    assert heat().alternative_titles.count() == 30
