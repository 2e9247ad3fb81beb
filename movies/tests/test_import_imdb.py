"""IMDb's tables: what each says and all together, who is found by id, what is never overruled."""

from __future__ import annotations

from pathlib import Path

import pytest

from movies.importers.record import CastMember, CrewMember, PersonRef, TitleElsewhere
from movies.models import Movie, Person
from movies.tests.factories import MovieFactory, PersonFactory
from movies.tests.imdb import AKAS, BASICS, FILES, NAMES, PRINCIPALS, RATINGS, catalogue, heat, reported, run_files
from movies.tests.importing import counts, forget, mended, told, versions

pytestmark = pytest.mark.django_db


def test_all_tables_together_make_whole_films_whatever_the_order_of_the_paths(tmp_path: Path) -> None:
    run = run_files(tmp_path)

    assert counts(run) == (5, 0, 8, 8)
    assert (run.skipped, run.rows, run.format) == (4, 25, "imdb")
    assert reported(run) == {
        ("title.basics.tsv", 7, "not_a_number"),
        ("title.basics.tsv", 9, "bad_id"),
        ("title.basics.tsv", 10, "cells"),
        ("title.crew.tsv", 5, "bad_id"),
        ("title.principals.tsv", 11, "not_json"),
        ("title.akas.tsv", 7, "missing"),
        ("title.ratings.tsv", 4, "not_a_number"),
        ("name.basics.tsv", 11, "missing"),
        (", ".join(FILES), 1, "unknown_people"),
    }
    record = told(heat())
    assert (record.title, record.original_title, record.year, record.runtime) == ("Heat", "Heat", 1995, 170)
    assert record.genres == ["Crime", "Drama", "Science Fiction"]
    assert record.known_raters == 700_000
    mann, writer = PersonRef("Michael Mann", "nm0000001"), "nm0000002"
    assert record.directors == [mann]
    assert record.cast == [
        CastMember("Al Pacino", 'Lt. Vincent "V" Hanna', "nm0000004"),
        CastMember("Robert De Niro", "Neil", "nm0000005"),
        CastMember("Robert De Niro", "McCauley", "nm0000005"),
    ]
    assert record.crew == [
        CrewMember("Michael Mann", "Writing", "Writer", "nm0000001"),
        CrewMember("Michael Mann", "Writing", "Writer", writer),
        CrewMember("Arnon Milchan", "Production", "Executive Producer", "nm0000006"),
        CrewMember("Dante Spinotti", "Camera", "Director of Photography", "nm0000007"),
        CrewMember("Stunt Double", None, "Stunt double", "nm0000008"),
    ]
    assert record.alternative_titles == [
        TitleElsewhere("Fuego contra fuego", "ES", "es", None),
        TitleElsewhere("Hot", None, None, "working title"),
        TitleElsewhere("Skhvatka", "SU", "ru", "transliterated title"),
    ]
    assert sorted(Movie.objects.values_list("title", "year", "runtime", "source")) == [
        ('"Quoted" and 3"', 1901, None, "imdb"),
        ("Heat", 1995, 170, "imdb"),
        ("Long Id", 2024, 100, "imdb"),
        ("No Year", None, None, "imdb"),
        ("Straight to Tape", 1988, 90, "imdb"),
    ]
    assert set(Person.objects.values_list("imdb_id", "born", "died")) >= {
        ("nm0000001", 1943, None), ("nm0000003", 1867, 1942), ("nm0000006", None, None),
    }  # fmt: skip
    assert not Person.objects.filter(imdb_id__in=["nm0000009", "nm0000010", "nm0000099"]).exists()
    assert mended() == 0


@pytest.mark.parametrize("update", [False, True])
def test_a_second_run_of_all_tables_writes_nothing(tmp_path: Path, update: bool) -> None:
    first = run_files(tmp_path)
    before, people = versions(), list(Person.objects.order_by("pk").values_list("pk", "version", "updated_at"))

    run = run_files(tmp_path, update_existing=update)

    assert counts(run) == (0, 0, 13, 8)
    assert run.skipped == first.skipped
    assert versions() == before
    assert list(Person.objects.order_by("pk").values_list("pk", "version", "updated_at")) == people


def test_one_after_the_other_they_come_to_the_same_once_people_have_names(tmp_path: Path) -> None:
    run_files(tmp_path)
    together = catalogue()
    forget()

    run_files(tmp_path, {"title.basics.tsv": BASICS})
    assert Movie.objects.count() == 5
    for name in ("title.crew.tsv", "title.principals.tsv"):
        run_files(tmp_path, {name: FILES[name], "name.basics.tsv": NAMES}, update_existing=True)
    for name in ("title.akas.tsv", "title.ratings.tsv"):
        run_files(tmp_path, {name: FILES[name]}, update_existing=True)

    assert [film for film, _ in catalogue()[0]] == [film for film, _ in together[0]]
    assert catalogue()[1] == together[1]
    assert mended() == 0


def test_tables_beside_basics_only_tell_of_films_and_people_that_are_held(tmp_path: Path) -> None:
    movie = MovieFactory.create(title="Heat", year=1995, imdb_id="tt0000010", source="imdb")
    MovieFactory.create(imdb_id="tt0000020", state=Movie.State.WITHDRAWN, source="imdb")
    PersonFactory.create(name="Al Pacino the Elder", imdb_id="nm0000004")

    run = run_files(tmp_path, {"title.principals.tsv": PRINCIPALS}, update_existing=True)

    assert counts(run) == (0, 1, 0, 1)
    assert run.skipped == 2
    assert told(movie).cast == [CastMember("Al Pacino the Elder", 'Lt. Vincent "V" Hanna', "nm0000004")]
    assert Person.objects.count() == 1
    remark = run.rejects.get(code="unknown_people")
    assert remark.accepted
    assert remark.detail.startswith("8 parts")


def test_without_update_existing_nothing_is_added_to_films_that_are_held(tmp_path: Path) -> None:
    movie = MovieFactory.create(title="Heat", imdb_id="tt0000010")

    run = run_files(tmp_path, {"title.ratings.tsv": RATINGS, "title.akas.tsv": AKAS})

    assert counts(run) == (0, 0, 1, 2)
    assert told(movie).alternative_titles == []


def test_names_complete_years_of_people_by_id_and_rename_nobody(tmp_path: Path) -> None:
    known = PersonFactory.create(name="M. Mann", imdb_id="nm0000001", born=1900)
    lacking = PersonFactory.create(name="C. Urban", imdb_id="nm0000003", died=1940)
    locked = PersonFactory.create(name="Al", imdb_id="nm0000004", locked_fields=["born"])
    namesake = PersonFactory.create(name="Robert De Niro")
    files = {"name.basics.tsv": NAMES}

    preview = run_files(tmp_path, files, preview=True, update_existing=True)
    assert preview.changes == [
        {
            "action": "updated", "file": "name.basics.tsv", "line": 4, "person": lacking.pk, "title": "C. Urban",
            "fields": {"born": {"old": None, "new": 1867}},
        }
    ]  # fmt: skip
    plain = run_files(tmp_path, files)
    assert (counts(plain), plain.skipped) == ((0, 0, 3, 1), 6)
    run = run_files(tmp_path, files, update_existing=True)

    assert (counts(run), run.skipped) == ((0, 1, 2, 1), 6)
    assert list(Person.objects.order_by("pk").values_list("name", "born", "died", "version")) == [
        ("M. Mann", 1900, None, known.version),
        ("C. Urban", 1867, 1940, lacking.version + 1),
        ("Al", None, None, locked.version),
        (namesake.name, None, None, namesake.version),
    ]
    assert counts(run_files(tmp_path, files, update_existing=True)) == (0, 0, 3, 1)


def test_locked_fields_and_stronger_sources_hold_against_every_table(tmp_path: Path) -> None:
    movie = MovieFactory.create(
        title="The Heat is On", year=1994, imdb_id="tt0000010", source="tmdb", locked_fields=["credits", "runtime"]
    )

    run = run_files(tmp_path, update_existing=True)

    assert run.updated == 1
    record = told(movie)
    assert (record.title, record.year, record.runtime, record.original_title) == ("The Heat is On", 1994, None, "Heat")
    assert (record.cast, record.crew, record.directors) == ([], [], [])
    assert record.known_raters == 700_000
    assert len(record.alternative_titles) == 3
