"""The floor of an import: what PostgreSQL alone needs for the same rows, by `COPY` and `INSERT ... SELECT`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

# Every table that an import fills, in the order of their foreign keys.
TABLES = (
    "genre", "tag", "company", "collection", "person", "movie", "movie_genres", "movie_tags", "movie_companies",
    "credit", "alternativetitle", "award", "releasedate", "video", "providerrecord", "moviefigures", "cataloguecount",
    "searchtitle", "searchperson", "searchword",
)  # fmt: skip
# And the history, into which goes what an import changes in what was there.
ADDED = (*TABLES, "change")
_INSERT = sql.SQL("INSERT INTO {0} ({2}) SELECT {2} FROM {1}")
_UPDATE = sql.SQL("UPDATE {0} t SET ({2}) = ROW(s.*) FROM {1} s WHERE s.id = t.id AND s.id <= {3}")
_EMPTY = f"TRUNCATE {', '.join(f'movies_{table}' for table in TABLES)}, movies_importrun RESTART IDENTITY CASCADE"


class Stand(NamedTuple):
    """Where tables stand at a moment: the number of the next transaction, and the highest id of each that has ids."""

    transaction: int
    highest: dict[str, int]


class Floor:
    """Puts rows that an import wrote back into a database, and says how long that takes."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder

    def empty(self) -> None:
        """Fresh tables, nothing left to write for the server."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(_EMPTY)
            connection.execute("VACUUM")
            connection.execute("CHECKPOINT")

    def whole(self) -> tuple[float, int]:
        """Takes the rows out, empties the tables, puts them back by COPY and INSERT ... SELECT: seconds and rows."""
        with psycopg.connect(self.url) as connection:
            columns = {table: _columns(connection, table) for table in TABLES}
            for table in TABLES:
                self._out(connection, table, columns[table], sql.SQL("true"))
        self.empty()
        rows, started = 0, time.monotonic()
        with psycopg.connect(self.url) as connection:
            for table in TABLES:
                self._staged(connection, table, columns[table])
                rows += connection.execute(_INSERT.format(*_names(table), columns[table])).rowcount
        return time.monotonic() - started, rows

    def stand(self) -> Stand:
        """Where the tables stand, before a run that adds to them."""
        with psycopg.connect(self.url) as connection:
            highest = {}
            for table in ADDED:
                if _has_id(connection, table):
                    query = sql.SQL("SELECT coalesce(max(id), 0) FROM {}").format(_names(table)[0])
                    row = connection.execute(query).fetchone()
                    highest[table] = int(row[0]) if row else 0
            row = connection.execute("SELECT pg_current_xact_id()::text::bigint % (1::bigint << 32)").fetchone()
            return Stand(int(row[0]) if row else 0, highest)

    def since(self, stand: Stand) -> tuple[float, int]:
        """The floor of the last run alone: seconds and rows.

        Takes out what was written since; then, timed, puts new rows back by INSERT ... SELECT and changed ones by
        UPDATE ... FROM, both from staging tables filled by COPY. What the run removed is not counted.
        """
        since = sql.SQL("xmin::text::bigint >= {}").format(sql.Literal(stand.transaction))
        new = {table: sql.SQL("id > {}").format(sql.Literal(highest)) for table, highest in stand.highest.items()}
        with psycopg.connect(self.url, autocommit=True) as connection:
            columns = {table: _columns(connection, table) for table in ADDED}
            for table in ADDED:
                self._out(connection, table, columns[table], since)
            with connection.transaction():
                for table in reversed(ADDED):
                    which = new.get(table, since)
                    connection.execute(sql.SQL("DELETE FROM {} WHERE {}").format(_names(table)[0], which))
            connection.execute("VACUUM")
            connection.execute("CHECKPOINT")
        rows, started = 0, time.monotonic()
        with psycopg.connect(self.url) as connection:
            for table in ADDED:
                names = _names(table)
                self._staged(connection, table, columns[table])
                if table not in new:
                    rows += connection.execute(_INSERT.format(*names, columns[table])).rowcount
                    continue
                insert = sql.SQL("{} WHERE {}").format(_INSERT.format(*names, columns[table]), new[table])
                update = _UPDATE.format(*names, columns[table], sql.Literal(stand.highest[table]))
                rows += connection.execute(insert).rowcount + connection.execute(update).rowcount
        return time.monotonic() - started, rows

    def _out(
        self, connection: psycopg.Connection[Any], table: str, columns: sql.Composable, which: sql.Composable
    ) -> None:
        query = sql.SQL("COPY (SELECT {} FROM {} WHERE {}) TO STDOUT").format(columns, _names(table)[0], which)
        with (self.folder / table).open("wb") as file, connection.cursor().copy(query) as copy:
            for chunk in copy:
                file.write(chunk)

    def _staged(self, connection: psycopg.Connection[Any], table: str, columns: sql.Composable) -> None:
        target, staging = _names(table)
        connection.execute(
            sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
                staging, columns, target
            )
        )
        query = sql.SQL("COPY {} FROM STDIN").format(staging)
        with (self.folder / table).open("rb") as file, connection.cursor().copy(query) as copy:
            while chunk := file.read(1 << 18):
                copy.write(chunk)


def _names(table: str) -> tuple[sql.Identifier, sql.Identifier]:
    return sql.Identifier(f"movies_{table}"), sql.Identifier(f"staging_{table}")


def _columns(connection: psycopg.Connection[Any], table: str) -> sql.Composable:
    found = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attgenerated = '' ORDER BY attnum",
        [f"movies_{table}"],
    ).fetchall()
    return sql.SQL(", ").join(sql.Identifier(row[0]) for row in found)


def _has_id(connection: psycopg.Connection[Any], table: str) -> bool:
    query = "SELECT 1 FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'id'"
    return connection.execute(query, [f"movies_{table}"]).fetchone() is not None
