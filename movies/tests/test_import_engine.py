"""Loading: what is made and matched, what a second run writes (nothing), what a broken one leaves (a checkpoint)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from movies.importers import engine, locks
from movies.models import CatalogueCount, Genre, ImportedMovie, ImportRun, Movie, Person
from movies.services.imports import run_import, unfinished_run
from movies.tests.factories import ImportRunFactory, MovieFactory, PersonFactory
from movies.tests.importing import HEAT, contents, counts, forget, import_file, lay, mended, report, versions
from watchly.common.errors import Conflict, RuleViolation

pytestmark = pytest.mark.django_db


def test_a_film_comes_in_with_all_that_hangs_on_it_and_with_right_copies(tmp_path: Path) -> None:
    run = import_file(lay(tmp_path, "films.ndjson", [HEAT]))

    assert counts(run) == (1, 0, 0, 0)
    assert run.state == ImportRun.State.DONE
    movie = Movie.objects.get()
    assert (movie.slug, movie.source, movie.state, movie.title_key) == ("heat-1995", "watchly", "published", "heat")
    assert movie.genre_ids == sorted(movie.genres.values_list("pk", flat=True))
    assert movie.trailer_url == "https://www.youtube.com/watch?v=abc_1"
    assert movie.popularity > 4
    assert [credit.person.name for credit in movie.credits.filter(kind="cast")] == ["Al Pacino", "Robert De Niro"]
    assert movie.credits.get(job="Director").department == "Directing"
    assert list(Person.objects.values_list("credit_count", flat=True)) == [1, 1, 1, 1]
    assert {row.name: row.value for row in CatalogueCount.objects.all()} == {"published movies": 1, "people": 4}
    assert mended() == 0
    assert ImportedMovie.objects.count() == 0


@pytest.mark.parametrize("update", [False, True])
def test_a_second_run_of_the_same_file_writes_nothing(tmp_path: Path, update: bool) -> None:
    path = lay(tmp_path, "films.ndjson", [HEAT, {"title": "Carmen", "year": 1915}, {"title": "Éon"}])
    import_file(path)
    before, people = versions(), list(Person.objects.values_list("pk", "updated_at"))

    run = import_file(path, update=update)

    assert counts(run) == (0, 0, 3, 0)
    assert versions() == before
    assert list(Person.objects.values_list("pk", "updated_at")) == people


def test_people_and_genres_of_the_same_name_are_taken_and_not_made_again(tmp_path: Path) -> None:
    first, second = PersonFactory.create(name="Al Pacino"), PersonFactory.create(name="Al Pacino")
    genre = Genre.objects.create(name="Science Fiction", slug="science-fiction")

    import_file(lay(tmp_path, "f.ndjson", [{"title": "A", "cast": ["Al Pacino"], "genres": ["science fiction"]}]))

    movie = Movie.objects.get()
    assert [credit.person_id for credit in movie.credits.all()] == [first.pk]
    assert movie.genre_ids == [genre.pk]
    for person in (first, second):
        person.refresh_from_db()
    assert (first.credit_count, second.credit_count) == (1, 0)


def test_slugs_are_unique_within_a_batch_across_batches_and_beside_old_addresses(tmp_path: Path) -> None:
    MovieFactory.create(title="Kim", year=1950, slug="kim-1950", imdb_id="tt0000009")
    MovieFactory.create(
        title="Other", year=1950, slug="kim-1950-2", state=Movie.State.MERGED, merged_into=Movie.objects.get()
    )
    films = [{"title": "Kim", "year": 1950, "imdb_id": f"tt000000{number}"} for number in range(3)]

    import_file(lay(tmp_path, "f.ndjson", [*films[:2], {"title": "東京物語", "year": 1953}, films[2]]), batch_size=2)

    assert list(Movie.objects.order_by("pk").values_list("slug", flat=True)) == [
        "kim-1950", "kim-1950-2", "kim-1950-3", "kim-1950-4", "film-1953", "kim-1950-5",
    ]  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 100])
def test_a_film_that_stands_twice_is_taken_once_whatever_the_batches(tmp_path: Path, size: int) -> None:
    rows = [
        {"title": "Heat", "year": 1995, "imdb_id": "tt0113277"},
        {"title": "Heat, again", "year": 1996, "imdb_id": "tt0113277"},
        {"title": "The Heat", "year": 1995},
        {"title": "Heat", "year": 1995, "imdb_id": "tt0000001"},
        {"title": "Heat", "year": 1986},
        {"title": "In Old Arizona", "year": 1928, "wikipedia_page": "In Old Arizona"},
        {"title": "In Old Arizona", "year": 1929, "wikipedia_page": "In Old Arizona"},
        {"title": "Cremaster 1", "year": 1995, "wikipedia_page": "The Cremaster Cycle"},
        {"title": "Cremaster 4", "year": 1994, "wikipedia_page": "The Cremaster Cycle"},
        {"title": "Taking the Oath", "year": 1901, "wikipedia_page": "McKinley"},
        {"title": "Going to the Capitol", "year": 1901, "wikipedia_page": "McKinley"},
        {"title": "Neither", "imdb_id": "tt0113277", "tmdb_id": 7},
    ]
    path = lay(tmp_path, "f.ndjson", rows)

    for created in (8, 0):
        run = import_file(path, batch_size=size, update=created == 0)

        # By now there are two movies called Heat of 1995, and line 3 does not say which it means.
        third = "repeated" if created else "ambiguous"
        assert (*counts(run), run.ambiguous) == (created, 0, 8 - created, 4 - (not created), int(not created))
        assert report(run) == [(2, "repeated"), (3, third), (7, "repeated"), (12, "repeated")]
    assert "f.ndjson:1" in run.rejects.first().detail  # type: ignore[union-attr]


def test_one_row_that_the_database_refuses_stops_no_other(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE movies_movie ADD CONSTRAINT no_13 CHECK (runtime <> 13)")
    rows = [{"title": f"Film {number}", "runtime": number, "cast": [f"P{number}", "Q"]} for number in range(1, 30)]

    run = import_file(lay(tmp_path, "f.ndjson", rows))

    assert counts(run) == (28, 0, 0, 1)
    assert report(run) == [(13, "refused")]
    assert not Person.objects.filter(name="P13").exists()
    assert mended() == 0


IDS: dict[str, Any] = {"imdb_id": None, "tmdb_id": None, "wikidata_id": None, "wikipedia_page": None}
# Films that come again in later batches, people who act in many, and a bad row in each ten.
ROWS = [
    {**HEAT, **IDS, "title": f"Film {n % 40}", "year": 1990 + n % 3, "cast": [f"Actor {n % 7}", f"Actor {n}"]}
    if n % 10
    else {"bad": n}
    for n in range(60)
]


@pytest.mark.parametrize("fails_at", range(1, 8))
def test_a_run_that_broke_off_anywhere_goes_on_to_the_same_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    path = lay(tmp_path, "f.ndjson", ROWS)
    clean = import_file(path, batch_size=10)
    expected, lines, numbers = contents(), report(clean), counts(clean)
    forget()
    book, finish, calls = engine._book, engine._finish, iter(range(1, 100))

    def broken(*args: Any) -> None:
        (finish if len(args) == 2 else book)(*args)
        if next(calls) == fails_at:
            raise OSError("power cut")  # after all is written, before it is committed

    monkeypatch.setattr(engine, "_book", broken)
    monkeypatch.setattr(engine, "_finish", broken)
    with pytest.raises(OSError, match="power cut"):
        import_file(path, batch_size=10)
    monkeypatch.undo()
    run = unfinished_run(digest=clean.digest, update_existing=False)
    if fails_at == 7:  # after the very end
        assert run is None
        run = ImportRun.objects.get()
    else:
        assert run is not None
        run = run_import(run=run, paths=[path], batch_size=3)

    assert contents() == expected
    assert (report(run), counts(run)) == (lines, numbers)
    assert ImportedMovie.objects.count() == 0


def test_only_one_import_runs_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "LOCK_WAIT", "20ms")
    parameters = connection.get_connection_params()
    names = {"dbname", "user", "password", "host", "port"}
    with psycopg.connect(**{name: value for name, value in parameters.items() if name in names}) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [locks.IMPORTING])

        with pytest.raises(Conflict, match="Another import is running"):
            import_file(lay(tmp_path, "f.ndjson", [HEAT]))
        preview = import_file(tmp_path / "f.ndjson", preview=True)

    assert not Movie.objects.exists()
    assert list(ImportRun.objects.order_by("pk").values_list("state", flat=True)) == ["waiting", "previewed"]
    assert preview.created == 1


def test_a_run_is_not_carried_out_twice_at_the_same_time(tmp_path: Path) -> None:
    running = ImportRunFactory.create(state=ImportRun.State.PREVIEWING, preview=True)
    parameters = connection.get_connection_params()
    names = {"dbname", "user", "password", "host", "port"}
    with psycopg.connect(**{name: value for name, value in parameters.items() if name in names}) as other:
        other.execute("SELECT pg_advisory_lock(%s, %s::int)", [locks._CARRIED_OUT, running.pk])

        import_file(lay(tmp_path, "f.ndjson", [HEAT]))
        running.refresh_from_db()
        with pytest.raises(Conflict, match="running already"):
            run_import(run=running, paths=[tmp_path / "f.ndjson"])

    assert running.state == ImportRun.State.PREVIEWING


def test_a_run_that_was_killed_no_longer_says_that_it_runs(tmp_path: Path) -> None:
    killed = ImportRunFactory.create(state=ImportRun.State.RUNNING)

    import_file(lay(tmp_path, "f.ndjson", [HEAT]))

    killed.refresh_from_db()
    assert (killed.state, bool(killed.error)) == ("failed", True)


def test_a_cancelled_run_stops_at_its_next_batch_and_keeps_what_was_written(tmp_path: Path) -> None:
    def cancel(run: ImportRun) -> None:
        ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.CANCELLED)

    run = import_file(
        lay(tmp_path, "f.ndjson", [{"title": f"F{n}", "cast": ["A"]} for n in range(9)]), batch_size=3, progress=cancel
    )

    assert run.state == ImportRun.State.CANCELLED
    assert Movie.objects.count() == run.created == 3
    assert mended() == 0


def test_unknown_content_fails_the_run_with_a_reason(tmp_path: Path) -> None:
    with pytest.raises(RuleViolation):
        import_file(lay(tmp_path, "f.bin", b"\x00\x01"))

    run = ImportRun.objects.get()
    assert run.state == ImportRun.State.FAILED
    assert "none that is read" in str(run.error)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=40), max_size=8))
def test_any_bytes_between_good_rows_cost_only_themselves(tmp_path: Path, rubbish: list[bytes]) -> None:
    lines = [b'{"title": "First"}', *(row.replace(b"\n", b"") for row in rubbish), b'{"title": "Last"}']

    import_file(lay(tmp_path, "f.ndjson", b"\n".join(lines)), format="ndjson")

    assert {"First", "Last"} <= set(Movie.objects.values_list("title", flat=True))
