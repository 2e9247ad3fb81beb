"""The movie in `movies/{id}/...`: named by its id, and where nothing is written by its slug too.

Where a merged movie lives on, and with which rest of the path, `watchly.api.errors` answers.
"""

from __future__ import annotations

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from movies.models import Movie
from movies.services.movies import check_readable, check_there
from watchly.api.statements import fetch
from watchly.api.views import LARGEST_ID
from watchly.common.errors import NotFound

_BY = {
    "id": "SELECT id, state FROM movies_movie WHERE id = %(name)s",
    "slug": "SELECT id, state FROM movies_movie WHERE slug = %(name)s",
}


def number(text: str) -> int:
    """Returns the id that a path names. Raises NotFound for a text that cannot be an id."""
    value = int(text[:20])
    if not 0 < value <= LARGEST_ID:
        raise NotFound()
    return value


def writable(pk: str) -> int:
    """Returns the id of a path that writes, which takes no slug: a slug may come to mean another movie.

    Raises NotFound.
    """
    if not (pk.isascii() and pk.isdigit()):
        raise NotFound(f"There is no movie with the id {pk[:80]!r}: to write, use the id of the movie, not its slug.")
    return number(pk)


def _named(request: Request, pk: str) -> tuple[str, int | str]:
    """The column that a path names a movie by, and its value."""
    if (pk.isascii() and pk.isdigit()) or request.method not in SAFE_METHODS:
        return "id", writable(pk)
    return "slug", pk[:200].replace("\x00", "")


def movie_of_path(request: Request, pk: str) -> tuple[int, str]:
    """Returns the id and the state of the movie that a path names. Raises NotFound."""
    column, name = _named(request, pk)
    rows = fetch(_BY[column], {"name": name})
    if not rows:
        raise NotFound(f"There is no movie {pk[:80]}.")
    ((movie_id, state),) = rows
    return movie_id, state


def movie_id_of(request: Request, pk: str) -> int:
    """Returns the id of the movie that a path names, without a statement where the path holds it. Raises NotFound.

    Whether there is a movie with that id is left to whoever uses it.
    """
    return number(pk) if pk.isascii() and pk.isdigit() else movie_of_path(request, pk)[0]


def readable_movie(request: Request, pk: str) -> int:
    """Returns the id of the movie that a path names, if the caller may read it. Raises NotFound, Gone, Moved."""
    movie_id, state = movie_of_path(request, pk)
    check_readable(movie_id=movie_id, state=state, reader=request.user)
    return movie_id


def published_movie(request: Request, pk: str) -> Movie:
    """Returns the movie that a path names, no draft. Raises NotFound, Gone, Moved."""
    column, name = _named(request, pk)
    movie = Movie.objects.exclude(state=Movie.State.DRAFT).filter(**{column: name}).first()
    if movie is None:
        raise NotFound(f"There is no movie {pk[:80]}.")
    check_there(movie_id=movie.pk, state=movie.state)
    return movie
