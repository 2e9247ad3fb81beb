"""The catalogue's jobs."""

from __future__ import annotations

from movies.services.imports import run_uploaded
from watchly.common.jobs import task


@task(queue="bulk")
def import_movies(*, run_id: int) -> None:
    """Imports or previews an uploaded file; killed, it goes on from its checkpoint when it is given out again."""
    run_uploaded(run_id=run_id)
