"""The copies that a movie carries of its relations, so that a list reads one table."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from movies.models import Video

_PAGES = " ".join(f"WHEN '{provider}' THEN '{page}'" for provider, page in Video.PAGES.items())


def _first_image(kind: str) -> str:
    return (
        "(SELECT i.path FROM movies_image i WHERE i.movie_id = m.id"
        f" AND i.kind = '{kind}' ORDER BY i.position, i.id LIMIT 1)"
    )


def _ids_of(relation: str) -> str:
    return (
        f"(SELECT coalesce(array_agg(r.{relation}_id ORDER BY r.{relation}_id), '{{}}')"
        f" FROM movies_movie_{relation}s r WHERE r.movie_id = m.id)"
    )


# What each copied column is, as SQL over the movie `m`.
COPIES: dict[str, str] = {
    "genre_ids": _ids_of("genre"),
    "tag_ids": _ids_of("tag"),
    "poster_path": _first_image("poster"),
    "backdrop_path": _first_image("backdrop"),
    "trailer_url": (
        f"(SELECT (CASE v.provider {_PAGES} END) || v.key FROM movies_video v WHERE v.movie_id = m.id"
        " AND v.kind = 'trailer' ORDER BY v.official DESC, v.position, v.id LIMIT 1)"
    ),
}

_RIGHT = ", ".join(f"{expression} AS {column}" for column, expression in COPIES.items())
_REFRESH = f"""
UPDATE movies_movie SET {", ".join(f"{column} = c.{column}" for column in COPIES)}
FROM (SELECT m.id, {_RIGHT} FROM movies_movie m WHERE %(all)s OR m.id = ANY(%(ids)s)) c
WHERE movies_movie.id = c.id
  AND ({", ".join(f"movies_movie.{column}" for column in COPIES)})
      IS DISTINCT FROM ({", ".join(f"c.{column}" for column in COPIES)})
"""


def refresh_copies(*, movie_ids: Sequence[int] | None) -> int:
    """Brings the copies of these movies (None: of all) up to date; returns how many movies were off."""
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, {"all": movie_ids is None, "ids": list(movie_ids or ())})
        return cursor.rowcount
