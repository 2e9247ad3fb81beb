"""Imports that go wrong: a row that the database refuses, a run that breaks off, an upload whose job fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import OperationalError, connection, transaction

from movies.importers import engine
from movies.importers.fallback import load_rows
from movies.importers.loader import Loader, Outcome, Row
from movies.importers.planning import by_index
from movies.importers.previewing import MOVIES as PREVIEWED
from movies.importers.record import CastMember, Record
from movies.importers.stored import PREVIEWED_CREDITS
from movies.models import ImportRun, Movie
from movies.models.search import SearchPerson, SearchTitle
from movies.search import index
from movies.search.query import find_movies
from movies.services.imports import cancel_import, request_import, run_import
from movies.tasks import import_movies, index_missing
from movies.tests.factories import ImportRunFactory, MovieFactory, PersonFactory
from movies.tests.importing import import_file, lay, mended

pytestmark = pytest.mark.django_db

_BAD = [
    pytest.param(Record(title="Bad", runtime=10**12), "runtime", id="number"),
    pytest.param(Record(title="Bad", year=3000), "year", id="constraint"),
    pytest.param(Record(title="Bad", original_title="x" * 600), "original_title", id="text"),
    pytest.param(Record(title="Bad", overview="a\ud800"), "", id="surrogate"),
    pytest.param(Record(title="Bad", overview="a\x00"), "", id="nul"),
    pytest.param(Record(title="Bad", cast=[CastMember("P", "x" * 600)]), "", id="part"),
]


@pytest.mark.parametrize(("bad", "field"), _BAD)
def test_a_row_that_copy_refuses_costs_only_itself(bad: Record, field: str) -> None:
    loader = Loader(run_id=ImportRunFactory.create().pk, source="watchly")
    rows = [Row("f", line, record) for line, record in enumerate([Record(title="One"), bad, Record(title="Two")], 1)]
    with transaction.atomic(), connection.cursor() as cursor:
        loader.prepare(cursor)
        outcome = load_rows(loader, rows)

    assert sorted(Movie.objects.values_list("title", flat=True)) == ["One", "Two"]
    ((row, code, detail),) = outcome.refused
    assert (row.line, code) == (2, "refused")
    assert detail.startswith(f"{field} holds" if field else "The row")
    assert not {"smallint", "violates", "constraint", "character varying", "postgresql"}.intersection(detail.split())


def test_a_refused_row_keeps_no_exception_and_so_no_batch_in_memory() -> None:
    MovieFactory.create(title="Heat", year=1995, state=Movie.State.WITHDRAWN)
    loader = Loader(run_id=ImportRunFactory.create().pk, source="watchly")
    with transaction.atomic(), connection.cursor() as cursor:
        loader.prepare(cursor)
        outcome = load_rows(loader, [Row("f", 1, Record(title="Heat", year=1995))])

    assert [refusal.code for refusal in outcome.refused] == ["withdrawn"]
    assert not any(isinstance(value, BaseException) for refusal in outcome.refused for value in refusal)


def test_what_a_preview_has_made_is_looked_up_by_index() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        Loader(run_id=1, source="watchly", preview=True).prepare(cursor)
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = %s", [PREVIEWED])
        indexed = {row[0].partition("(")[2].rstrip(")") for row in cursor.fetchall()}

    assert indexed == {"id", "imdb_id", "tmdb_id", "wikidata_id", "wikipedia_page", "title_key, year"}


def test_people_of_a_preview_are_joined_by_index() -> None:
    PersonFactory.create_batch(3)
    with transaction.atomic(), connection.cursor() as cursor:
        Loader(run_id=1, source="watchly", preview=True).prepare(cursor)
        with by_index(cursor):
            cursor.execute(f"EXPLAIN {PREVIEWED_CREDITS}", [[1, 2, 3]])
            plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "Index Cond: (id = k.person_id)" in plan


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImportRun:
    """A run of which the first of three batches is written, and the second failed."""
    load, calls = engine.load_rows, iter(range(3))

    def failing(*args: Any) -> Outcome:
        if next(calls) == 1:
            raise ValueError("no more")
        return load(*args)

    path = lay(tmp_path, "f.ndjson", [{"title": f"Wild Pear {n}", "cast": [f"Actor {n}"]} for n in range(6)])
    monkeypatch.setattr(engine, "load_rows", failing)
    with pytest.raises(ValueError, match="no more"):
        import_file(path, batch_size=2)
    monkeypatch.undo()
    return ImportRun.objects.get()


def test_movies_of_a_failed_import_are_found_at_once(broken: ImportRun) -> None:
    assert broken.state == ImportRun.State.FAILED
    assert "no more" not in str(broken.error)
    assert Movie.objects.count() == SearchTitle.objects.count() == 2
    assert mended() == 0


@pytest.mark.parametrize("how", ["next import", "nightly job", "resume"])
def test_movies_that_a_killed_import_left_unindexed_are_indexed(broken: ImportRun, tmp_path: Path, how: str) -> None:
    # What a kill -9 leaves: no row of its movies in the index, and one that the run changed with its former title.
    SearchTitle.objects.all().delete()
    SearchTitle.objects.create(movie_id=Movie.objects.first().pk, compact="former", fame=0, words="former", edits=[])  # type: ignore[union-attr]
    broken.checkpoint["unindexed"] = True
    broken.state = ImportRun.State.RUNNING
    broken.save()
    PersonFactory.create(name="Nobody")

    if how == "next import":
        import_file(lay(tmp_path, "g.ndjson", [{"title": "Other"}]))
    elif how == "resume":
        run_import(run=broken, paths=[tmp_path / "f.ndjson"])
    else:
        ImportRun.objects.update(state=ImportRun.State.FAILED)
        index_missing()

    found = set(SearchTitle.objects.values_list("compact", flat=True))
    assert {"wildpear0", "wildpear1"} <= found
    assert "former" not in found
    assert not ImportRun.objects.filter(checkpoint__unindexed=True).exists()
    assert find_movies("wild pear 1")


def test_what_is_not_to_be_found_is_not_taken_for_missing() -> None:
    person = PersonFactory.create(name="Al Pacino")
    PersonFactory.create(name="A. Pacino", merged_into=person)
    for state in ("draft", "withdrawn"):
        MovieFactory.create(state=state)

    SearchPerson.objects.all().delete()

    assert index.index_missing() > 0
    assert index.index_missing() == 0


@pytest.fixture
def upload(settings: Any, tmp_path: Path) -> ImportRun:
    settings.DATA_FOLDER = tmp_path
    return request_import(upload=ContentFile(b'{"title": "Heat", "year": 1995}', name="films.ndjson"))


def _fails(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise error

    monkeypatch.setattr(engine, "execute", fail)


def test_an_upload_that_fails_for_its_content_is_not_retried(
    upload: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fails(monkeypatch, ValueError("value too long for type character varying(500)"))

    import_movies(run_id=upload.pk)  # an exception would make the queue try again

    upload.refresh_from_db()
    assert upload.state == ImportRun.State.FAILED
    assert "varying" not in str(upload.error)
    assert not Path(str(upload.path)).exists()


def test_an_upload_that_waits_for_its_next_attempt_can_be_cancelled(
    upload: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fails(monkeypatch, OperationalError("the server is gone"))

    with pytest.raises(OperationalError):
        import_movies(run_id=upload.pk)
    upload.refresh_from_db()
    assert (upload.state, Path(str(upload.path)).exists()) == ("waiting", True)
    cancel_import(run_id=upload.pk)
    monkeypatch.undo()
    import_movies(run_id=upload.pk)

    upload.refresh_from_db()
    assert upload.state == ImportRun.State.CANCELLED
    assert not Movie.objects.exists()


def test_a_failed_upload_can_be_cancelled(upload: ImportRun) -> None:
    ImportRun.objects.filter(pk=upload.pk).update(state=ImportRun.State.FAILED)

    assert cancel_import(run_id=upload.pk).state == ImportRun.State.CANCELLED
