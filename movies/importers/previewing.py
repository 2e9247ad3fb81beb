"""What a preview would have written so far, in temporary tables: its later batches meet that as an import would."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper

from movies.importers.copying import copy_rows
from movies.importers.evidence import names_of
from movies.importers.matching import EXTERNAL_IDS, Known
from movies.importers.record import Record
from movies.importers.updating import Change
from movies.search.normalise import name_key, title_key

# Movies that would be made, with ids below zero, and those that would be changed, as they would be.
MOVIES = "previewed_movie"
# The compact forms of the titles of those that would be made.
NAMES = "previewed_name"
_COLUMNS = (
    "id", *EXTERNAL_IDS, "wikipedia_page", "title_key", "year", "state", "source", "locked_fields", "runtime",
    "original_title", "directors",
)  # fmt: skip
# They have the indexes that the lookups use: without them every batch would read all of them, several times.
CREATE = f"""
DROP TABLE IF EXISTS {MOVIES};
CREATE TEMPORARY TABLE {MOVIES} AS
SELECT {", ".join(_COLUMNS[:-1])}, merged_into_id, '{{}}'::text[] AS directors FROM movies_movie WITH NO DATA;
CREATE UNIQUE INDEX ON {MOVIES} (id);
CREATE INDEX ON {MOVIES} (imdb_id);
CREATE INDEX ON {MOVIES} (tmdb_id);
CREATE INDEX ON {MOVIES} (wikidata_id);
CREATE INDEX ON {MOVIES} (wikipedia_page);
CREATE INDEX ON {MOVIES} (title_key, year);
DROP TABLE IF EXISTS {NAMES};
CREATE TEMPORARY TABLE {NAMES} AS SELECT compact, year, movie_id FROM movies_searchtitle WITH NO DATA;
CREATE INDEX ON {NAMES} (compact);
"""


def pretend_new(cursor: CursorWrapper, new: Sequence[tuple[Known, Record]]) -> None:
    """Notes movies that an import would make, and gives them ids."""
    cursor.execute(f"SELECT coalesce(min(id), 0) FROM {MOVIES}")
    lowest = min((cursor.fetchone() or (0,))[0], 0)
    for offset, (known, _) in enumerate(new, 1):
        known.id = lowest - offset
    copy_rows(
        cursor,
        MOVIES,
        _COLUMNS,
        (
            _row(known.id or 0, record, known.title_key, known.state, known.source, known.locked, record.directors)
            for known, record in new
        ),
    )
    names = (
        (name, record.year, known.id)
        for known, record in new
        if record.year
        for name in names_of(record, known.title_key)
    )
    copy_rows(cursor, NAMES, ("compact", "year", "movie_id"), names)


def pretend_changed(cursor: CursorWrapper, changes: Iterable[tuple[Known, Change]]) -> None:
    """Notes movies that an import would change."""
    rows = [
        _row(
            change.movie,
            change.merged,
            title_key(change.merged.title),
            known.state,
            change.source,
            known.locked,
            [part.person for part in change.parts.get("directors", change.before["directors"])],
        )
        for known, change in changes
    ]
    cursor.execute(f"DELETE FROM {MOVIES} WHERE id = ANY(%s)", [[row[0] for row in rows]])
    copy_rows(cursor, MOVIES, _COLUMNS, rows)


def _row(
    number: int, record: Record, key: str, state: str, source: str, locked: Sequence[str], directors: Iterable[Any]
) -> tuple[Any, ...]:
    ids = (getattr(record, name) for name in EXTERNAL_IDS)
    names = [name_key(person.name) for person in directors]
    return (
        number, *ids, record.wikipedia_page, key, record.year, state, source, list(locked), record.runtime,
        record.original_title, names,
    )  # fmt: skip
