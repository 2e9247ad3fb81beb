"""The id in `movies/{id}/...`, and where a movie's own things went when it was merged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rest_framework.request import Request

from watchly.api.views import LARGEST_ID
from watchly.common.errors import Moved, NotFound


def path_id(text: str) -> int:
    """An id of a path. Raises NotFound for what none can be."""
    value = int(text[:20]) if text.isascii() and text.isdigit() else 0
    if not 0 < value <= LARGEST_ID:
        raise NotFound()
    return value


@contextmanager
def movie_of_path(request: Request, pk: str) -> Iterator[int]:
    """The id of the movie that a path names. A Moved that is raised inside leads to the same thing of the survivor."""
    try:
        yield path_id(pk)
    except Moved as moved:
        raise Moved(moved.location + request.path.split(pk, 1)[1]) from moved
