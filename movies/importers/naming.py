"""Names for people of whom a file gives the id alone: those of `name.basics`, when it comes along, or the catalogue's.

`name.basics` is staged in a temporary table, which is gone with the session: a run that is resumed stages it anew. Who
is in neither has no name, and is left out of the film; the run counts those parts and says what to give.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.backends.utils import CursorWrapper

from movies.importers.copying import copy_rows
from movies.importers.imdb import PersonFacts
from movies.importers.people import CATALOGUE, PREVIEWED, PREVIEWED_BY, STAGED, array_of
from movies.importers.planning import by_index
from movies.importers.record import CastMember, CrewMember, PersonRef, Record

# A row that says something of somebody which is not known and not locked.
_NEWS = "(p.{0} IS NULL AND n.{0} IS NOT NULL AND '{0}' <> ALL (p.locked_fields))"
_FROM = f"""FROM unnest(%s::text[], %s::int[], %s::int[], %s::int[]) AS n(imdb_id, born, died, place)
    JOIN movies_person p ON p.imdb_id = n.imdb_id WHERE {_NEWS.format("born")} OR {_NEWS.format("died")}"""
# In a preview whoever has adopted the id has it, and whoever would be made has all years already.
_PREVIEWED_FROM = _FROM.replace(
    "JOIN movies_person p ON p.imdb_id = n.imdb_id",
    f"{PREVIEWED_BY.format('imdb_id', 'n.imdb_id')} v JOIN movies_person p ON p.id = v.id",
)
_SELECT = "SELECT n.place, p.id, p.name, p.born, p.died, p.locked_fields {} ORDER BY p.id"
_LOCK = f"{_SELECT.format(_FROM)} FOR NO KEY UPDATE OF p"
_COMPLETE = """
UPDATE movies_person p SET born = n.born, died = n.died, version = p.version + 1, updated_at = now()
FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS n(id, born, died) WHERE p.id = n.id
"""


class PersonRow(NamedTuple):
    """Facts about somebody, and where they stand."""

    file: str
    line: int
    facts: PersonFacts


def stage(cursor: CursorWrapper, people: Iterable[tuple[int, PersonFacts]]) -> None:
    """Writes the names of a file (with their lines) where parts without a name find them."""
    columns = ("line", "imdb_id", "name", "born", "died")
    copy_rows(cursor, STAGED, columns, ((line, *facts) for line, facts in people))
    cursor.execute(f"CREATE INDEX ON {STAGED} (imdb_id, line)")
    cursor.execute(f"ANALYZE {STAGED}")


def name_people(cursor: CursorWrapper, records: Sequence[Record]) -> int:
    """Gives all people of the records names; returns how many parts are left out as nobody knows whose they are.

    A second time, when a batch is loaded again, it counts the same.
    """
    wanted = {
        part.imdb_id
        for record in records
        for parts in record.people()
        for part in parts
        if not part.name and part.imdb_id is not None
    }
    names = _names(cursor, wanted)
    for record in records:
        before = len(record.directors) + len(record.cast) + len(record.crew)
        record.directors = [
            part if part.name else PersonRef(names[part.imdb_id], part.imdb_id)
            for part in record.directors
            if part.name or part.imdb_id in names
        ]
        record.cast = [
            part if part.name else CastMember(names[part.imdb_id], part.character, part.imdb_id)
            for part in record.cast
            if part.name or part.imdb_id in names
        ]
        record.crew = [
            part if part.name else CrewMember(names[part.imdb_id], part.department, part.job, part.imdb_id)
            for part in record.crew
            if part.name or part.imdb_id in names
        ]
        record.nameless += before - len(record.directors) - len(record.cast) - len(record.crew)
    return sum(record.nameless for record in records)


def _names(cursor: CursorWrapper, wanted: set[str]) -> dict[str | None, str]:
    names: dict[str | None, str] = {}
    if not wanted:
        return names
    with by_index(cursor):
        cursor.execute(
            f"SELECT DISTINCT ON (imdb_id) imdb_id, name FROM {STAGED} WHERE imdb_id = ANY(%s::text[])"
            " ORDER BY imdb_id, line",
            [array_of(wanted)],
        )
        names.update(cursor.fetchall())
        if missing := wanted.difference(names):
            cursor.execute(
                "SELECT imdb_id, name FROM movies_person WHERE imdb_id = ANY(%s::text[])", [array_of(missing)]
            )
            names.update(cursor.fetchall())
    return names


class Completed(NamedTuple):
    """What became of rows about people."""

    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    changes: tuple[dict[str, Any], ...] = ()


def complete(cursor: CursorWrapper, rows: Sequence[PersonRow], *, update: bool, preview: bool) -> Completed:
    """Gives people of the catalogue, found by id, the years that they lack (with `update`). Nobody is renamed or made.

    A person who stands there twice is completed by the first row.
    """
    ids = array_of(row.facts.imdb_id for row in rows)
    with by_index(cursor):
        table = PREVIEWED if preview else CATALOGUE
        cursor.execute(f"SELECT imdb_id FROM {table} WHERE imdb_id = ANY(%s::text[])", [ids])
        held = {row[0] for row in cursor.fetchall()}
    there = [row for row in rows if row.facts.imdb_id in held]
    skipped = len(rows) - len(there)
    if not update or not there:
        return Completed(0, len(there), skipped)
    first: dict[str, PersonRow] = {}
    for row in there:
        first.setdefault(row.facts.imdb_id, row)
    people = list(first.values())
    query = _LOCK if not preview else _SELECT.format(_PREVIEWED_FROM)
    with by_index(cursor):
        cursor.execute(
            query,
            [
                [row.facts.imdb_id for row in people],
                [row.facts.born for row in people],
                [row.facts.died for row in people],
                list(range(len(people))),
            ],
        )
        lacking = cursor.fetchall()
    changes, writes = [], []
    for place, number, name, born, died, locked in lacking:
        row = people[place]
        before = {"born": born, "died": died}
        news = {
            column: after
            for column, value in before.items()
            if value is None and column not in locked and (after := getattr(row.facts, column)) is not None
        }
        writes.append((number, *(before | news).values()))
        fields = {column: {"old": None, "new": after} for column, after in news.items()}
        changes.append({
            "action": "updated", "file": row.file, "line": row.line, "person": number, "title": name, "fields": fields,
        })  # fmt: skip
    if writes and not preview:
        cursor.execute(_COMPLETE, [list(column) for column in zip(*writes, strict=True)])
    return Completed(len(changes), len(there) - len(changes), skipped, tuple(changes) if preview else ())
