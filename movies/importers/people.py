"""The people of a batch: found by an id, else by name, and made where nobody is they.

Whoever is found by an id is that person whatever they are called. Whoever is found by name and has another id of the
same kind is somebody else; whoever has none yet gets it, the first who comes. A name without an id is the first person
of that name. All of it is decided in plain Python, over what a few statements have fetched, and written in two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.utils import CursorWrapper

from movies.importers.copying import copy_rows
from movies.importers.planning import by_index
from movies.importers.record import PersonRef
from movies.models import Change
from movies.search.normalise import name_key
from movies.services.differences import difference
from movies.services.history import record_changes

_COLUMNS = "p.id, p.name, p.imdb_id, p.tmdb_id, p.locked_fields, p.merged_into_id"
# Of each name no more people than may be needed, and of those who come with an id only people who have none: there are
# thousands of John Smiths. An id that staff have emptied and locked stays empty.
_BY_NAME = """
SELECT {columns}
FROM unnest(%s::text[], %s::bool[], %s::bool[], %s::int[]) AS n(name, imdb, tmdb, most)
CROSS JOIN LATERAL (
    SELECT * FROM {people} t WHERE t.name = n.name
      AND (NOT n.imdb OR (imdb_id IS NULL AND 'imdb_id' <> ALL (locked_fields)))
      AND (NOT n.tmdb OR (tmdb_id IS NULL AND 'tmdb_id' <> ALL (locked_fields)))
    ORDER BY t.merged_into_id IS NOT NULL, t.id < 0, abs(t.id) LIMIT n.most
) p
"""
CATALOGUE = "movies_person"
# The people of the catalogue as they would be after what a preview has looked at: those whom it would make, with ids
# below zero, and those who would adopt an id.
PREVIEWED = "previewed_people"
_PRETENDED = "previewed_person"
_OWN_COLUMNS = "id, name, imdb_id, tmdb_id, locked_fields, merged_into_id"
# To join it by: each row asks for its own people. As an ordinary join PostgreSQL would compare it with all of them.
PREVIEWED_BY = f"CROSS JOIN LATERAL (SELECT * FROM {PREVIEWED} t WHERE t.{{0}} = {{1}} OFFSET 0)"
CREATE_PREVIEWED = f"""
DROP VIEW IF EXISTS {PREVIEWED};
DROP TABLE IF EXISTS {_PRETENDED};
CREATE TEMPORARY TABLE {_PRETENDED} AS SELECT {_OWN_COLUMNS} FROM {CATALOGUE} WITH NO DATA;
CREATE UNIQUE INDEX ON {_PRETENDED} (id);
CREATE INDEX ON {_PRETENDED} (name);
CREATE INDEX ON {_PRETENDED} (imdb_id);
CREATE INDEX ON {_PRETENDED} (tmdb_id);
CREATE TEMPORARY VIEW {PREVIEWED} AS
SELECT {_OWN_COLUMNS} FROM {CATALOGUE} c WHERE NOT EXISTS (SELECT FROM {_PRETENDED} v WHERE v.id = c.id)
UNION ALL SELECT {_OWN_COLUMNS} FROM {_PRETENDED}
"""
# Who has been told of by a file of people that came along (`movies.importers.naming`).
STAGED = "staged_person"
CREATE_STAGED = f"""
DROP TABLE IF EXISTS {STAGED};
CREATE TEMPORARY TABLE {STAGED} AS
SELECT 0::bigint AS line, imdb_id, name, born, died FROM movies_person WITH NO DATA
"""
_INSERT = f"""
INSERT INTO movies_person (id, name, name_key, imdb_id, tmdb_id, born, died, credit_count, version, locked_fields,
    created_at, updated_at)
SELECT p.id, p.name, p.key, p.imdb_id, p.tmdb_id, s.born, s.died, 0, 1, '{{}}', now(), now()
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::int[]) AS p(id, name, key, imdb_id, tmdb_id)
LEFT JOIN LATERAL (
    SELECT born, died FROM {STAGED} WHERE {STAGED}.imdb_id = p.imdb_id ORDER BY line LIMIT 1
) s ON true
"""
_ADOPT = """
UPDATE movies_person p SET imdb_id = a.imdb_id, tmdb_id = a.tmdb_id, version = p.version + 1, updated_at = now()
FROM unnest(%s::bigint[], %s::text[], %s::int[]) AS a(id, imdb_id, tmdb_id) WHERE p.id = a.id
"""


_PersonRow = tuple[int, str, str | None, int | None, list[str], int | None]


@dataclass(slots=True, eq=False)
class Somebody:
    """One person: of the catalogue, or without a number as long as they are to be made."""

    number: int | None
    name: str
    imdb_id: str | None = None
    tmdb_id: int | None = None
    locked: Sequence[str] = ()
    # Whom an id of this batch has named: nobody else of that name takes them.
    taken: bool = False
    # Ids that they lacked and have got, by kind.
    adopted: dict[str, Any] | None = None

    def may_be(self, ref: PersonRef) -> bool:
        """Whether somebody of this name and these ids can be this person."""
        return not self.taken and all(
            wanted is None or (mine is None and kind not in self.locked) or mine == wanted
            for kind, mine, wanted in (("imdb_id", self.imdb_id, ref.imdb_id), ("tmdb_id", self.tmdb_id, ref.tmdb_id))
        )


@dataclass(slots=True)
class Crowd:
    """Everybody whom the files of one batch may mean, and those whom it brings."""

    by_number: dict[int, Somebody] = field(default_factory=dict)
    by_imdb: dict[str, Somebody] = field(default_factory=dict)
    by_tmdb: dict[int, Somebody] = field(default_factory=dict)
    by_name: dict[str, list[Somebody]] = field(default_factory=dict)
    new: list[Somebody] = field(default_factory=list)

    def add(self, person: Somebody) -> Somebody:
        """Makes somebody of the catalogue findable; returns who has that number already."""
        known = self.by_number.setdefault(person.number or 0, person)
        if known is person:
            self._list(person)
        return known

    def add_alias(self, survivor: Somebody, name: str, imdb_id: str | None, tmdb_id: int | None) -> None:
        """Makes a person findable by the name and the ids of one who was merged into them."""
        if survivor not in self.by_name.setdefault(name, []):
            self.by_name[name].append(survivor)
        if imdb_id is not None:
            self.by_imdb.setdefault(imdb_id, survivor)
        if tmdb_id is not None:
            self.by_tmdb.setdefault(tmdb_id, survivor)

    def who(self, ref: PersonRef, here: Iterable[Somebody] = ()) -> Somebody:
        """Who this is: among those who are `here`, in the film, before all others of the same name."""
        named = [person for person in here if person.name == ref.name]
        others = self.by_name.get(ref.name, ())
        if ref.imdb_id is None and ref.tmdb_id is None:
            return next(iter((*named, *others)), None) or self._bring(ref)
        found = self.by_imdb.get(ref.imdb_id) if ref.imdb_id is not None else None
        if found is None and ref.tmdb_id is not None:
            found = self.by_tmdb.get(ref.tmdb_id)
        if found is None:
            found = next((person for person in (*named, *others) if person.may_be(ref)), None) or self._bring(ref)
        found.taken = True
        self._adopt(found, ref)
        return found

    def _bring(self, ref: PersonRef) -> Somebody:
        person = Somebody(None, *ref)
        self.new.append(person)
        self._list(person)
        return person

    def _list(self, person: Somebody) -> None:
        self.by_name.setdefault(person.name, []).append(person)
        if person.imdb_id is not None:
            self.by_imdb[person.imdb_id] = person
        if person.tmdb_id is not None:
            self.by_tmdb[person.tmdb_id] = person

    def _adopt(self, person: Somebody, ref: PersonRef) -> None:
        """Gives somebody the ids that they lack and nobody else has."""
        ids: tuple[tuple[str, dict[Any, Somebody]], ...] = (("imdb_id", self.by_imdb), ("tmdb_id", self.by_tmdb))
        for kind, held in ids:
            given = getattr(ref, kind)
            lacks = getattr(person, kind) is None and kind not in person.locked
            if given is not None and lacks and given not in held:
                setattr(person, kind, given)
                person.adopted = {**(person.adopted or {}), kind: given}
                held[given] = person

    def write(self, cursor: CursorWrapper, wanted: Collection[Somebody] | None = None) -> int:
        """Makes who is new (of these alone, with `wanted`) and writes down which ids were adopted; returns how many."""
        new = self._unwritten(wanted)
        if new:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence('movies_person', 'id')) FROM generate_series(1, %s)", [len(new)]
            )
            for person, number in zip(new, sorted(row[0] for row in cursor.fetchall()), strict=True):
                person.number = number
            cursor.execute(
                _INSERT,
                [
                    [person.number for person in new],
                    [person.name for person in new],
                    [name_key(person.name) for person in new],
                    [person.imdb_id for person in new],
                    [person.tmdb_id for person in new],
                ],
            )
        adopted = self._adopting()
        if adopted:
            cursor.execute(
                _ADOPT,
                [
                    [person.number for person in adopted],
                    [person.imdb_id for person in adopted],
                    [person.tmdb_id for person in adopted],
                ],
            )
            told = {
                person.number or 0: {kind: difference(None, given) for kind, given in (person.adopted or {}).items()}
                for person in adopted
            }
            record_changes(action=Change.Action.EDITED, fields=told, people=True)
        return len(new)

    def pretend(self, cursor: CursorWrapper, wanted: Collection[Somebody] | None = None) -> int:
        """Notes for the later batches of a preview what `write` would write; returns how many would be made."""
        new, adopted = self._unwritten(wanted), self._adopting()
        cursor.execute(f"SELECT least(min(id), 0) FROM {_PRETENDED}")
        lowest = (cursor.fetchone() or (0,))[0] or 0
        for offset, person in enumerate(new, 1):
            person.number = lowest - offset
        cursor.execute(f"DELETE FROM {_PRETENDED} WHERE id = ANY(%s)", [[person.number for person in adopted]])
        columns = ("id", "name", "imdb_id", "tmdb_id", "locked_fields")
        copy_rows(
            cursor,
            _PRETENDED,
            columns,
            (
                (person.number, person.name, person.imdb_id, person.tmdb_id, list(person.locked))
                for person in (*new, *adopted)
            ),
        )
        return len(new)

    def _unwritten(self, wanted: Collection[Somebody] | None) -> list[Somebody]:
        kept = None if wanted is None else {id(person) for person in wanted}
        return [person for person in self.new if person.number is None and (kept is None or id(person) in kept)]

    def _adopting(self) -> list[Somebody]:
        adopting = (person for person in self.by_number.values() if person.adopted)
        return sorted(adopting, key=lambda person: person.number or 0)


class People:
    """Numbers of people by what files call them, remembered from batch to batch: the same few act in many films.

    Who is remembered may be gone meanwhile; then the database refuses the batch, and it is loaded again after `forget`.
    """

    REMEMBERED = 100_000

    def __init__(self) -> None:
        self._known: dict[PersonRef, int] = {}

    def forget(self) -> None:
        """Remembers nobody, so that all are looked up anew."""
        self._known.clear()

    def numbers(
        self, cursor: CursorWrapper, refs: Iterable[PersonRef], *, preview: bool = False
    ) -> tuple[dict[PersonRef, int], int]:
        """The number of each, made where nobody is they (noted alone, in a preview). Also how many were made."""
        wanted = list(dict.fromkeys(refs))
        found = {ref: number for ref in wanted if (number := self._known.get(ref))}
        unknown = [ref for ref in wanted if ref not in found]
        made = 0
        if unknown:
            crowd = gather(cursor, unknown, previewed=preview)
            for ref, number in found.items():
                if (ref.imdb_id or ref.tmdb_id) and number in crowd.by_number:
                    crowd.by_number[number].taken = True
            people = [crowd.who(ref) for ref in unknown]
            made = crowd.pretend(cursor) if preview else crowd.write(cursor)
            found.update({ref: person.number or 0 for ref, person in zip(unknown, people, strict=True)})
        if len(self._known) > self.REMEMBERED:
            self._known.clear()
        self._known.update(found)
        return found, made


def array_of(values: Iterable[object]) -> str:
    """Ids, which need no quotes, as PostgreSQL writes an array: much faster than psycopg's own way."""
    return f"{{{','.join(map(str, values))}}}"


def gather(cursor: CursorWrapper, refs: Collection[PersonRef], *, previewed: bool = False) -> Crowd:
    """Everybody whom these may be; with `previewed` as they would be after the earlier batches of a preview."""
    with by_index(cursor):
        rows = _fetched(cursor, refs, PREVIEWED if previewed else CATALOGUE)
    crowd = Crowd()
    own = [number for number, row in rows.items() if row[-1] is None]
    for number in sorted(own, key=lambda number: (number < 0, abs(number))):
        crowd.add(Somebody(*rows[number][:-1]))
    for _, name, imdb_id, tmdb_id, _, survivor in (row for _, row in sorted(rows.items()) if row[-1] is not None):
        crowd.add_alias(crowd.by_number[survivor or 0], name, imdb_id, tmdb_id)
    return crowd


def _fetched(cursor: CursorWrapper, refs: Collection[PersonRef], people: str) -> dict[int, _PersonRow]:
    rows: dict[int, _PersonRow] = {}
    for column, cast, values in (
        ("imdb_id", "text[]", [ref.imdb_id for ref in refs if ref.imdb_id is not None]),
        ("tmdb_id", "int[]", [ref.tmdb_id for ref in refs if ref.tmdb_id is not None]),
    ):
        if values:
            query = f"SELECT {_COLUMNS} FROM {people} p WHERE p.{column} = ANY(%s::{cast})"
            cursor.execute(query, [array_of(values)])
            rows.update((row[0], row) for row in cursor.fetchall())
    kinds = Counter((ref.name, ref.imdb_id is not None, ref.tmdb_id is not None) for ref in refs)
    # Each of those who come with an id may take one of that name.
    taking = Counter(ref.name for ref in refs if ref.imdb_id is not None or ref.tmdb_id is not None)
    names, imdb, tmdb = zip(*kinds, strict=True) if kinds else ((), (), ())
    most = [taking[name] if has_imdb or has_tmdb else 1 for name, has_imdb, has_tmdb in kinds]
    cursor.execute(_BY_NAME.format(columns=_COLUMNS, people=people), [list(names), list(imdb), list(tmdb), most])
    rows.update((row[0], row) for row in cursor.fetchall())
    if survivors := sorted({row[-1] for row in rows.values() if row[-1] is not None} - rows.keys()):
        cursor.execute(f"SELECT {_COLUMNS} FROM {people} p WHERE p.id = ANY(%s::bigint[])", [array_of(survivors)])
        rows.update((row[0], row) for row in cursor.fetchall())
    return rows
