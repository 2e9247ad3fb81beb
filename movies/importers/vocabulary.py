"""Genres, tags, companies and collections of a batch: found by name, and made where nobody has it."""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

from django.db.backends.utils import CursorWrapper
from django.utils.text import slugify


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
    cursor.execute(
        "SELECT DISTINCT ON (name) name, id FROM movies_company WHERE name = ANY(%s) ORDER BY name, id", [wanted]
    )
    found: dict[str, int] = dict(cursor.fetchall())
    missing = [name for name in wanted if name not in found]
    if missing:
        cursor.execute("INSERT INTO movies_company (name) SELECT unnest(%s::text[]) RETURNING name, id", [missing])
        found.update(cursor.fetchall())
    return found
