"""An import that is asked to stop ends at its next batch and goes on from there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from movies.importers import engine
from movies.models import ImportRun, Movie
from movies.services.imports import run_import
from movies.tests.importing import import_file, lay
from watchly.common.jobs import WorkerStopping

pytestmark = pytest.mark.django_db


def test_an_import_stops_at_its_next_batch_and_goes_on_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = lay(tmp_path, "f.ndjson", [{"title": f"Film {number}", "year": 1950} for number in range(10)])

    def stop(*args: Any) -> None:
        raise WorkerStopping

    monkeypatch.setattr(engine, "stop_if_asked", stop)
    with pytest.raises(WorkerStopping):
        import_file(path, batch_size=4)
    monkeypatch.undo()
    run = ImportRun.objects.get()
    assert (run.state, run.rows, Movie.objects.count()) == (ImportRun.State.RUNNING, 4, 4)

    run = run_import(run=run, paths=[path])
    assert (run.state, run.rows, run.created, Movie.objects.count()) == (ImportRun.State.DONE, 10, 10, 10)
