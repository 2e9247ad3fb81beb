"""The catalogue's jobs."""

from __future__ import annotations

from movies.providers import tmdb
from movies.services.imports import run_uploaded
from movies.services.provider import fetch_movie, refresh_movie
from movies.services.provider_nightly import refresh_provider
from movies.services.provider_pictures import store_pictures
from watchly.common.actor import acting
from watchly.common.errors import Conflict, Gone, Moved, NotFound
from watchly.common.jobs import periodic, task

# What a later attempt would hear again.
_FINAL = (Conflict, Gone, Moved, NotFound)


@task(queue="bulk")
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
    """Every night, with a key: what changed at the provider, and what grows old."""
    if tmdb.enabled():
        refresh_provider()
