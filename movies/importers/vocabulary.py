"""Genres, tags, companies and collections of a batch: found by name, and made where nobody has it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.backends.utils import CursorWrapper

from movies.definition.genres import words_for
from movies.definition.limits import longest as longest_of
from movies.definition.slugs import slug_of


def slugged(cursor: CursorWrapper, kind: str, names: Iterable[str], *, create: bool) -> dict[str, tuple[int, str]]:
    """Id and stored name of each genre, tag or collection.

    Of the same name, else of another word for the same genre, else of the same slug.
    """
    longest = longest_of(f"{kind}.name")
    words = {name: _words(kind, name) for name in sorted(set(names))}
    if not words:
        return {}
    slugs = {name: slug_of(name, kind, longest) for same in words.values() for name in same}
    table = f"movies_{kind}"
    query = f"SELECT id, name, slug FROM {table} WHERE name = ANY(%s) OR slug = ANY(%s) ORDER BY id"
    wanted = [list(slugs), list(slugs.values())]
    cursor.execute(query, wanted)
    found = _found(words, slugs, cursor.fetchall())
    if create:
        new: dict[str, str] = {}
        for name, (_, word, *_) in words.items():
            if name not in found:
                new.setdefault(slugs[word], word)
        if new:
            cursor.execute(
                f"INSERT INTO {table} (name, slug) SELECT * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING",
                [list(new.values()), list(new.keys())],
            )
            cursor.execute(query, wanted)
            found = _found(words, slugs, cursor.fetchall())
    return found


def _words(kind: str, name: str) -> tuple[str, ...]:
    """The name, then under which others the same may be stored: first the one under which it would be made."""
    return (name, *words_for(name)) if kind == "genre" else (name, name)


def _found(
    words: dict[str, tuple[str, ...]], slugs: dict[str, str], stored: list[tuple[int, str, str]]
) -> dict[str, tuple[int, str]]:
    by_name = {name: (number, name) for number, name, _ in stored}
    by_slug = {slug: (number, name) for number, name, slug in stored}
    found = {}
    for name, same in words.items():
        matches = [*(by_name.get(word) for word in same), *(by_slug.get(slugs[word]) for word in same)]
        if match := next(filter(None, matches), None):
            found[name] = match
    return found


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
