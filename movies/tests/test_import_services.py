"""Imports asked for over the API: kept, deferred, previewed, started, cancelled, run by the job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from movies.importers.recognise import CHOICES
from movies.models import ImportReject, ImportRun, Movie
from movies.services.imports import cancel_import, request_import, start_import
from movies.tasks import import_movies
from movies.tests.factories import MovieFactory
from watchly.common.errors import Conflict, NotFound, RuleViolation, TooLarge

pytestmark = pytest.mark.django_db

FILMS = b'{"title": "Heat", "year": 1995}\n{"title": "Ronin", "year": 1869}\n'


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_FOLDER = tmp_path


def asked(content: bytes = FILMS, name: str = "films.ndjson", **options: Any) -> ImportRun:
    return request_import(upload=ContentFile(content, name=name), **options)


def deferred() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (args->>'run_id')::int FROM procrastinate_jobs WHERE task_name LIKE 'movies.tasks.%' ORDER BY id"
        )
        return [row[0] for row in cursor.fetchall()]


def test_an_upload_is_kept_in_private_and_its_job_deferred(tmp_path: Path) -> None:
    run = asked(name="../../etc/films.ndjson", update_existing=True)

    assert (run.state, run.names, run.total_bytes, run.update_existing) == (
        "waiting",
        ["films.ndjson"],
        len(FILMS),
        True,
    )
    assert Path(str(run.path)).read_bytes() == FILMS
    assert (tmp_path / "imports").stat().st_mode & 0o777 == 0o700
    assert deferred() == [run.pk]


def test_the_job_imports_and_clears_the_upload_and_may_run_twice() -> None:
    run = asked()

    import_movies(run_id=run.pk)
    import_movies(run_id=run.pk)

    run.refresh_from_db()
    assert (run.state, run.format, run.created, run.rejected) == ("done", "ndjson", 1, 1)
    assert not Path(str(run.path)).exists()
    assert ImportReject.objects.get().code == "out_of_range"


def test_a_preview_waits_for_start_and_then_runs() -> None:
    MovieFactory.create(title="Heat", year=1995)
    run = asked(b'{"title": "Heat", "year": 1995, "runtime": 170}', preview=True, update_existing=True)

    import_movies(run_id=run.pk)

    run.refresh_from_db()
    assert (run.state, run.updated) == ("previewed", 1)
    assert run.changes[0]["fields"] == {"runtime": {"old": None, "new": 170}}
    assert Movie.objects.get().runtime is None
    start_import(run_id=run.pk)
    assert deferred() == [run.pk, run.pk]
    import_movies(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.updated, Movie.objects.get().runtime) == ("done", 1, 170)


@pytest.mark.parametrize(
    ("content", "options", "refusal"),
    [
        (b"\x89PNG", {}, RuleViolation),
        (b"PK\x03\x04 no zip", {}, RuleViolation),
        (FILMS, {"format": "xml"}, RuleViolation),
        (b" " * 2000, {}, TooLarge),
    ],
)
def test_what_cannot_be_imported_is_refused_at_once_and_leaves_nothing(
    settings: Any, tmp_path: Path, content: bytes, options: dict[str, str], refusal: type[Exception]
) -> None:
    settings.IMPORT_MAX_BYTES = 1500

    with pytest.raises(refusal):
        asked(content, **options)

    assert not ImportRun.objects.exists()
    assert not list((tmp_path / "imports").glob("*"))
    assert deferred() == []


def test_a_format_may_be_named_and_stays_through_a_preview() -> None:
    run = asked(b'{"title": "Heat", "countries": ["Germany"]}', format="ndjson", preview=True)

    import_movies(run_id=run.pk)
    start_import(run_id=run.pk)
    import_movies(run_id=run.pk)

    run.refresh_from_db()
    assert (run.state, run.format, run.created) == ("done", "ndjson", 1)
    assert "ndjson" in CHOICES


def test_a_waiting_run_can_be_cancelled_once_and_is_then_not_run() -> None:
    run = asked()

    cancel_import(run_id=run.pk)
    import_movies(run_id=run.pk)

    assert ImportRun.objects.get().state == "cancelled"
    assert not Movie.objects.exists()
    with pytest.raises(Conflict):
        cancel_import(run_id=run.pk)


def test_only_a_finished_preview_can_be_started() -> None:
    run = asked()

    with pytest.raises(Conflict, match="not previewed"):
        start_import(run_id=run.pk)
    with pytest.raises(NotFound):
        start_import(run_id=0)


def test_a_job_whose_upload_is_gone_ends_with_a_reason() -> None:
    run = asked()
    Path(str(run.path)).unlink()

    import_movies(run_id=run.pk)

    run.refresh_from_db()
    assert run.state == "failed"
    assert run.error
