"""Writes the search index: after a write of these movies or people, or all of it anew.

Every way in goes through `_Index.refresh`, which compares what the index should hold with what it holds and writes the
difference alone. So a rebuild is the same as indexing everything once more: it costs little where nothing changed, can
be killed and run again, and searches go on meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, LiteralString

from django.db import connection, transaction

from movies.search.entries import edits, name_entries, spelt_words, title_entries

# Rows of the catalogue that are compared at once: some 20 MiB, and a lock of a fraction of a second in a rebuild.
_BATCH = 2_000
# The advisory lock of the index: shared by all who write it, held alone by each batch of a rebuild. Not a lock of the
# tables: two transactions that write titles and people in different orders would wait for each other.
_LOCK = 0x5EA_2C4
# GIN indexes collect entries in a list that is sorted in when it grows over a limit, and that every search reads whole:
# short lists after single writes, long ones in a rebuild, which sorts in many at once, in order, five times as fast.
_SHARE = "SELECT pg_advisory_xact_lock_shared(%s), set_config('gin_pending_list_limit', '256kB', true)"
_OWN = (
    "SELECT pg_advisory_xact_lock(%s), set_config('gin_pending_list_limit', '32MB', true),"
    " set_config('work_mem', '64MB', true)"
)

# How known something is, in steps of a logarithm (a step is some 6 %), so that popularity, which changes all the time,
# seldom changes the index. It decides which of too many hits are looked at; their order comes from the movie itself.
_FAME = "least(round(16 * ln(1 + greatest({}, 0))), 32767)::int"


def fame_of(popularity: LiteralString) -> str:
    """SQL of the step that a popularity falls into, over an SQL expression of it."""
    return _FAME.format(popularity)


_Row = tuple[tuple[int, str], list[str], int | None, int]  # owner and compact, words, year, fame


@dataclass(frozen=True, slots=True)
class _Index:
    """One of the two tables of names, and where its rows come from."""

    table: LiteralString
    owner: LiteralString
    forgiving: bool  # whether its rows carry the hashes of their edits
    source: LiteralString
    indexed: LiteralString  # which rows `o` of the source are indexed
    read: LiteralString  # id, year, fame and texts of the owners whose ids are in %(ids)s
    entries: Callable[[Iterable[str]], dict[str, list[str]]]

    def refresh(self, ids: Sequence[int]) -> int:
        """Brings the rows of these owners in line with the catalogue; returns how many were written or removed."""
        with connection.cursor() as cursor:
            cursor.execute(self.read, {"ids": list(ids)})
            wanted = {
                (owner, compact): (words, year, fame)
                for owner, year, fame, texts in cursor.fetchall()
                for compact, words in self.entries([text for text in texts if text]).items()
            }
            cursor.execute(
                f"SELECT {self.owner}, compact, tsvector_to_array(words), year, fame FROM {self.table}"
                f" WHERE {self.owner} = ANY(%s)",
                [list(ids)],
            )
            held = {(owner, compact): (words, year, fame) for owner, compact, words, year, fame in cursor.fetchall()}
            gone = [key for key in held if key not in wanted]
            changed = [(key, *row) for key, row in sorted(wanted.items()) if held.get(key) != row]
            if gone:
                cursor.execute(
                    f"DELETE FROM {self.table} USING unnest(%s::bigint[], %s::text[]) AS gone (owner, compact)"
                    f' WHERE {self.owner} = gone.owner AND {self.table}.compact = gone.compact COLLATE "C"',
                    [[owner for owner, _ in gone], [compact for _, compact in gone]],
                )
            if changed:
                self._write(cursor, changed)
        return len(gone) + len(changed)

    def _write(self, cursor: Any, rows: list[_Row]) -> None:
        columns = [
            [owner for (owner, _), _, _, _ in rows],
            [compact for (_, compact), _, _, _ in rows],
            [year for _, _, year, _ in rows],
            [fame for _, _, _, fame in rows],
            [" ".join(words) for _, words, _, _ in rows],
        ]
        if self.forgiving:
            columns.append([_array(edits(compact)) for (_, compact), _, _, _ in rows])
        cursor.execute(self._insert, columns)
        _learn(cursor, {word for _, words, _, _ in rows for word in spelt_words(words)})

    @property
    def _insert(self) -> str:
        name, value, array = (", edits", ", edits::int[]", ", %s::text[]") if self.forgiving else ("", "", "")
        return f"""
            INSERT INTO {self.table} ({self.owner}, compact, year, fame, words{name})
            SELECT owner, compact, year, fame, array_to_tsvector(string_to_array(words, ' ')){value}
            FROM unnest(%s::bigint[], %s::text[], %s::smallint[], %s::smallint[], %s::text[]{array})
                 AS new (owner, compact, year, fame, words{name})
            ON CONFLICT ({self.owner}, compact) DO UPDATE
            SET year = excluded.year, fame = excluded.fame, words = excluded.words
        """


_TITLES = _Index(
    table="movies_searchtitle",
    owner="movie_id",
    forgiving=True,
    source="movies_movie",
    indexed="o.state = 'published'",
    read=f"""
        SELECT m.id, m.year, {_FAME.format("m.popularity")},
               ARRAY[m.title, m.original_title]
               || ARRAY(SELECT a.title FROM movies_alternativetitle a WHERE a.movie_id = m.id)::varchar[]
        FROM movies_movie m WHERE m.id = ANY(%(ids)s) AND m.state = 'published'
    """,
    entries=title_entries,
)
_PEOPLE = _Index(
    table="movies_searchperson",
    owner="person_id",
    forgiving=False,
    source="movies_person",
    indexed="o.merged_into_id IS NULL",
    read=f"""
        SELECT p.id, p.born, {_FAME.format("p.credit_count")}, ARRAY[p.name]
               || ARRAY(SELECT m.name FROM movies_person m WHERE m.merged_into_id = p.id)::varchar[]
        FROM movies_person p WHERE p.id = ANY(%(ids)s) AND p.merged_into_id IS NULL
    """,
    entries=name_entries,
)


def index_movies(movie_ids: Sequence[int]) -> None:
    """Makes these movies findable as they are now; call it after writing title, year, state or popularity.

    Runs in the caller's transaction. Ids that do not exist, drafts and withdrawn movies leave the index.
    """
    _index(_TITLES, movie_ids)


def index_people(person_ids: Sequence[int]) -> None:
    """Makes these people findable as they are now; call it after writing a name or the count of credits.

    Runs in the caller's transaction. Ids that do not exist leave the index.
    """
    _index(_PEOPLE, person_ids)


def index_missing() -> int:
    """Indexes published movies and people that have no row at all; returns how many names were written.

    Meant to run outside a transaction, as `rebuild` is. It costs a comparison of ids where nothing is missing.
    """
    return _index_missing(_TITLES) + _index_missing(_PEOPLE)


def rebuild() -> int:
    """Compares the whole index with the catalogue and mends it; returns how many names were written or removed.

    Meant to run outside a transaction: each batch commits its own, so a killed run has lost nothing and the next one
    passes quickly over what is done. Memory does not grow with the catalogue.
    """
    written = _rebuild(_TITLES) + _rebuild(_PEOPLE)
    _forget_words()
    # Entries that wait in the indexes' pending lists are read by each search until they are sorted in; pages not known
    # to be visible to all make an index insufficient; and a planner that knows a table empty would read it whole.
    with connection.cursor() as cursor:
        vacuum = "ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE"
        cursor.execute(f"{vacuum} movies_searchtitle, movies_searchperson, movies_searchword")
    return written


def _index(index: _Index, ids: Sequence[int]) -> None:
    # In one order everywhere, so that two transactions never wait for each other.
    ordered = sorted(set(ids))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_SHARE, [_LOCK])
        for start in range(0, len(ordered), _BATCH):
            index.refresh(ordered[start : start + _BATCH])


def _index_missing(index: _Index) -> int:
    written, after = 0, -1
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT o.id FROM {index.source} o WHERE o.id > %s AND {index.indexed}"
                f" AND NOT EXISTS (SELECT FROM {index.table} i WHERE i.{index.owner} = o.id)"
                f" ORDER BY o.id LIMIT {_BATCH}",
                [after],
            )
            ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return written
        with _alone():
            written += index.refresh(ids)
        after = ids[-1]


def _rebuild(index: _Index) -> int:
    written = 0
    for ids in _batches(index):
        with _alone():
            written += index.refresh(ids)
    return written


@contextmanager
def _alone() -> Iterator[Any]:
    """A transaction in which nobody else writes the index: a cursor.

    Whoever has changed a movie and not yet indexed it waits for us and then indexes it after us, over what we wrote.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_OWN, [_LOCK])
        yield cursor


def _batches(index: _Index) -> Iterator[list[int]]:
    """The ids of the catalogue's rows and of the index's, in ascending order, so that stale rows go too."""
    after = -1
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"(SELECT id FROM {index.source} WHERE id > %(after)s ORDER BY id LIMIT %(size)s) UNION"
                f" (SELECT {index.owner} FROM {index.table} WHERE {index.owner} > %(after)s"
                f" ORDER BY {index.owner} LIMIT %(size)s) ORDER BY 1 LIMIT %(size)s",
                {"after": after, "size": _BATCH},
            )
            ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return
        yield ids
        after = ids[-1]


def _learn(cursor: Any, words: set[str]) -> None:
    """Takes words into the vocabulary that typing errors are held against."""
    if not words:
        return
    cursor.execute("SELECT word FROM movies_searchword WHERE word = ANY(%s::text[])", [list(words)])
    new = sorted(words.difference(word for (word,) in cursor.fetchall()))
    if new:
        cursor.execute(
            "INSERT INTO movies_searchword (word, edits)"
            " SELECT word, edits::int[] FROM unnest(%s::text[], %s::text[]) AS new (word, edits)"
            " ON CONFLICT DO NOTHING",
            [new, [_array(edits(word)) for word in new]],
        )


def _forget_words() -> None:
    """Removes from the vocabulary what no title and no name holds any more."""
    with _alone() as cursor:
        cursor.execute(
            """
            DELETE FROM movies_searchword WHERE NOT EXISTS (
                SELECT FROM ts_stat(
                    'SELECT words FROM movies_searchtitle UNION ALL SELECT words FROM movies_searchperson'
                ) AS held WHERE held.word = movies_searchword.word
            )
            """
        )


def _array(numbers: list[int]) -> str:
    return f"{{{','.join(map(str, numbers))}}}"
