"""Genres, tags, companies, collections and people of a batch: found by name, and made where nobody has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from zlib import crc32

from django.db.backends.utils import CursorWrapper
from django.utils.text import slugify

from movies.search.normalise import name_key

_INSERT_PEOPLE = """
INSERT INTO movies_person (name, name_key, credit_count, version, locked_fields, created_at, updated_at)
SELECT p.name, p.key, 0, 1, '{}', now(), now() FROM unnest(%s::text[], %s::text[]) AS p(name, key)
RETURNING name, id
"""


def slug_of(name: str, kind: str, longest: int) -> str:
    """What a genre, tag or collection is addressed by; a name without a Latin letter or digit gives a number."""
    return slugify(name)[:longest].strip("-") or f"{kind}-{crc32(name.encode()):08x}"


def slugged(cursor: CursorWrapper, kind: str, names: Iterable[str], *, create: bool) -> dict[str, tuple[int, str]]:
    """Id and stored name of each genre, tag or collection: of the same name, else of the same slug (Sci-Fi, sci fi)."""
    longest = {"genre": 60, "tag": 80, "collection": 200}[kind]
    slugs = {name: slug_of(name, kind, longest) for name in sorted(set(names))}
    if not slugs:
        return {}
    table = f"movies_{kind}"
    query = f"SELECT id, name, slug FROM {table} WHERE name = ANY(%s) OR slug = ANY(%s) ORDER BY id"
    wanted = [list(slugs), list(slugs.values())]
    cursor.execute(query, wanted)
    stored = cursor.fetchall()
    if create:
        held = {name for _, name, _ in stored} | {slug for _, _, slug in stored}
        new = {slug: name for name, slug in reversed(slugs.items()) if name not in held and slug not in held}
        if new:
            cursor.execute(
                f"INSERT INTO {table} (name, slug) SELECT * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING",
                [list(reversed(new.values())), list(reversed(new.keys()))],
            )
            cursor.execute(query, wanted)
            stored = cursor.fetchall()
    by_name = {name: (number, name) for number, name, _ in stored}
    by_slug = {slug: (number, name) for number, name, slug in stored}
    return {name: found for name, slug in slugs.items() if (found := by_name.get(name) or by_slug.get(slug))}


def companies(cursor: CursorWrapper, names: Iterable[str]) -> dict[str, int]:
    """Ids of companies by name, the first of each; made, without a country, where there is none."""
    wanted = sorted(set(names))
    if not wanted:
        return {}
    return _named(
        cursor,
        "movies_company",
        wanted,
        "INSERT INTO movies_company (name) SELECT unnest(%s::text[]) RETURNING name, id",
        lambda missing: [missing],
    )


class People:
    """People by name, remembered from batch to batch, since the same few act in many films.

    Who is remembered may be gone meanwhile; then the database refuses the batch, and it is loaded again after `forget`.
    """

    REMEMBERED = 100_000

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def forget(self) -> None:
        """Remembers nobody, so that all are looked up anew."""
        self._known.clear()

    def named(self, cursor: CursorWrapper, names: Iterable[str]) -> tuple[dict[str, int], int]:
        """Ids by name, the first person of each; made where nobody has it. Also how many were made."""
        wanted = list(dict.fromkeys(names))
        found = {name: number for name in wanted if (number := self._known.get(name))}
        unknown = [name for name in wanted if name not in found]
        made = 0

        def values(missing: list[str]) -> list[list[str]]:
            nonlocal made
            made = len(missing)
            return [missing, [name_key(name) for name in missing]]

        found |= _named(cursor, "movies_person", unknown, _INSERT_PEOPLE, values)
        if len(self._known) > self.REMEMBERED:
            self._known.clear()
        self._known.update(found)
        return found, made


def _named(
    cursor: CursorWrapper, table: str, names: list[str], insert: str, values: Callable[[list[str]], list[list[str]]]
) -> dict[str, int]:
    if not names:
        return {}
    cursor.execute(
        f"SELECT DISTINCT ON (name) name, id FROM {table} WHERE name = ANY(%s) ORDER BY name, id",
        [names],
    )
    found: dict[str, int] = dict(cursor.fetchall())
    missing = [name for name in names if name not in found]
    if missing:
        cursor.execute(insert, values(missing))
        found.update(cursor.fetchall())
    return found
