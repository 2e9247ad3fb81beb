"""The movies that people write about."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.db import connection

from movies.models import Movie
from movies.services.movies import check_readable, check_there, missing_movie

_SHARE = "SELECT id, state FROM movies_movie WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"


def share_movies(*, movie_ids: Iterable[int]) -> dict[int, str]:
    """The states of those of these movies that there are. None of them is merged or purged until the transaction ends.

    The first lock that is taken, before the revision of the user: a merge holds its movies and then waits for users.
    It shares, so no writer waits for another here.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SHARE, [sorted(set(movie_ids))])
        return dict(cursor.fetchall())


def check_recordable(*, movie_id: int, state: str | None, user_id: int) -> None:
    """Raises NotFound, Gone or Moved for a movie that this user cannot write anything new about.

    A draft is there for curators, and for whoever suggested it.
    """
    if state is None:
        raise missing_movie(movie_id)
    check_there(movie_id=movie_id, state=state)
    if state == Movie.State.DRAFT:
        reader = get_user_model()._default_manager.get(pk=user_id)
        check_readable(movie_id=movie_id, state=state, reader=reader)


def check_known(*, movie_id: int, state: str | None) -> None:
    """Raises NotFound or Moved; a withdrawn movie is still there for those who have recorded it."""
    if state is None:
        raise missing_movie(movie_id)
    if state == Movie.State.MERGED:
        check_there(movie_id=movie_id, state=state)
