"""Where a provider keeps the pictures of films, as its files tell: noted for the job that fetches them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.backends.utils import CursorWrapper

from movies.importers.record import Record
from movies.models import ProviderRecord

# What was read from the provider itself is left alone, and so is what another film there told.
_NOTE = f"""
INSERT INTO movies_providerrecord AS r (movie_id, provider, external_id, poster_path, backdrop_path, offers)
SELECT f.movie, '{ProviderRecord.Provider.TMDB}', f.number, f.poster, f.backdrop, '{{}}'
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[]) AS f(movie, number, poster, backdrop)
JOIN movies_movie m ON m.id = f.movie
ON CONFLICT (movie_id, provider) DO UPDATE SET poster_path = coalesce(excluded.poster_path, r.poster_path),
    backdrop_path = coalesce(excluded.backdrop_path, r.backdrop_path)
WHERE r.fetched_at IS NULL AND r.external_id = excluded.external_id
    AND (coalesce(excluded.poster_path, r.poster_path), coalesce(excluded.backdrop_path, r.backdrop_path))
        IS DISTINCT FROM (r.poster_path, r.backdrop_path)
"""


def note_pictures(cursor: CursorWrapper, movies: Iterable[tuple[int | None, Record]]) -> None:
    """Keeps the paths that these records give beside their movies. Known ones never become unknown."""
    rows = [
        (movie, record.tmdb_id, *record.pictures)
        for movie, record in movies
        if record.pictures is not None and record.tmdb_id is not None
    ]
    if rows:
        cursor.execute(_NOTE, [list(column) for column in zip(*rows, strict=True)])
