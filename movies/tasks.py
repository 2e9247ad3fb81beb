"""The catalogue's jobs."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from movies.importers.indexing import index_left_behind
from movies.providers import tmdb
from movies.services.doubtful_careers import find_doubtful_careers
from movies.services.duplicates import find_duplicates, recheck_duplicates
from movies.services.imports import run_uploaded
from movies.services.provider import fetch_movie, refresh_movie
from movies.services.provider_nightly import refresh_provider
from movies.services.provider_pictures import store_pictures
from watchly.common.actor import acting
from watchly.common.errors import Conflict, Gone, Moved, NotFound
from watchly.common.jobs import periodic, task

# What a later attempt would hear again.
_FINAL = (Conflict, Gone, Moved, NotFound)

# Twice the time between two checks, so that one that comes late leaves nothing out.
_RECENT = timedelta(minutes=20)


@task(queue="imports")
def import_movies(*, run_id: int) -> None:
    """Imports or previews an uploaded file; killed, it goes on from its checkpoint when it is given out again."""
    run_uploaded(run_id=run_id)


@task()
def fetch_from_provider(*, tmdb_id: int) -> None:
    """Completes a film of which only what a search tells is known."""
    try:
        fetch_movie(tmdb_id=tmdb_id, seconds=tmdb.PATIENT)
    except _FINAL:
        return


@task()
def refresh_from_provider(*, movie_id: int, user_id: int | None = None) -> None:
    """Reads a film anew, for whoever asked for it."""
    try:
        with acting(via="provider", user_id=user_id):
            refresh_movie(movie_id=movie_id, seconds=tmdb.PATIENT)
    except _FINAL:
        return


@task(queue="bulk")
def fetch_pictures(*, movie_id: int) -> None:
    """Gives a film the pictures that it lacks and the provider has."""
    try:
        store_pictures(movie_id=movie_id)
    except _FINAL:
        return


@periodic(cron="37 4 * * *", queue="bulk")
def refresh_nightly() -> None:
    """Every night, with a key: what changed at the provider, what grows old, and pictures that files told of."""
    if tmdb.enabled():
        refresh_provider()


@task()
def check_duplicates(*, movie_ids: list[int]) -> None:
    """Looks for duplicates of movies that were merged or parted."""
    find_duplicates(movie_ids=movie_ids)


@periodic(cron="23 3 * * *", queue="bulk")
def index_missing() -> None:
    """Every night: whatever a failed or killed import left without its rows in the search index."""
    index_left_behind()


@periodic(cron="43 3 * * *", queue="bulk")
def find_all_duplicates() -> None:
    """Every night: the list of likely duplicates anew."""
    find_duplicates()


@periodic(cron="17 * * * *", queue="bulk")
def find_careers() -> None:
    """Every hour: people whose careers no one person had. An import may have brought thousands of people."""
    find_doubtful_careers()


@periodic(cron="*/10 * * * *", queue="default")
def check_recent_duplicates() -> None:
    """Every ten minutes: what was written meanwhile, by whomever."""
    recheck_duplicates(since=timezone.now() - _RECENT)
