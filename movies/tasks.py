"""The catalogue's jobs."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from movies.services.duplicates import find_duplicates, recheck_duplicates
from movies.services.imports import run_uploaded
from watchly.common.jobs import task

# Twice the time between two checks, so that one that comes late leaves nothing out.
_RECENT = timedelta(minutes=20)


@task(queue="bulk")
def import_movies(*, run_id: int) -> None:
    """Imports or previews an uploaded file; killed, it goes on from its checkpoint when it is given out again."""
    run_uploaded(run_id=run_id)


@task()
def check_duplicates(*, movie_ids: list[int]) -> None:
    """Looks for duplicates of movies that were merged or parted."""
    find_duplicates(movie_ids=movie_ids)


@app.periodic(cron="43 3 * * *")
@app.task(name="movies.tasks.find_all_duplicates", queue="bulk", queueing_lock="find_all_duplicates")
def find_all_duplicates(timestamp: int) -> None:
    """Every night: the list of likely duplicates anew."""
    find_duplicates()


@app.periodic(cron="*/10 * * * *")
@app.task(name="movies.tasks.check_recent_duplicates", queue="default", queueing_lock="check_recent_duplicates")
def check_recent_duplicates(timestamp: int) -> None:
    """Every ten minutes: what was written meanwhile, by whomever."""
    recheck_duplicates(since=timezone.now() - _RECENT)
