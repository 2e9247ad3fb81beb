"""Brings movies that are known already in line with a file: what changes, field by field, and its writing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.backends.utils import CursorWrapper

from movies.exporters.documents import DOCUMENT
from movies.importers import vocabulary
from movies.importers.people import People
from movies.importers.record import RELATIONS, SCALARS, CastMember, Record, Refused
from movies.importers.watchly import clean_object
from movies.importers.writing import ids_for, replace_relation, update_movies
from movies.search.normalise import title_key
from movies.services.copies import refresh_copies
from movies.services.figures import refresh_ratings

# What a staff edit of this name locks, apart from the field of the same name.
_LOCKED_BY = {"directors": ("directors", "credits"), "cast": ("credits",), "crew": ("credits",)}
_SLUGGED = {"genres": "genre", "tags": "tag"}


@dataclass(slots=True)
class Change:
    """What a record changes in one movie: field to (old, new), and the record as it will then stand."""

    movie: int
    fields: dict[str, tuple[Any, Any]]
    merged: Record

    def shown(self) -> dict[str, dict[str, Any]]:
        """The fields as JSON: `{"runtime": {"old": null, "new": 101}}`."""
        return {name: {"old": _shown(old), "new": _shown(new)} for name, (old, new) in self.fields.items()}


def _shown(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: _shown(part) for name, part in value._asdict().items() if part not in (None, ())}
    if isinstance(value, list | tuple):
        return [_shown(part) for part in value]
    return value


def changes(
    cursor: CursorWrapper, rows: Sequence[tuple[int, Record]], *, fill_only: bool, lock: bool
) -> list[Change | Refused | None]:
    """What each record changes in its movie, None for nothing, in the order of `rows`. Locks the movies with `lock`.

    A value that the record does not give stays, and so does a field that staff have locked. A list that it gives takes
    the place of the old one; with `fill_only`, which outside lists get, only where there was none.
    """
    stored = _stored(cursor, [movie for movie, _ in rows], lock=lock)
    canonical = {
        relation: vocabulary.slugged(
            cursor, kind, (n for _, record in rows for n in getattr(record, relation)), create=False
        )
        for relation, kind in _SLUGGED.items()
    }
    canonical["collection"] = vocabulary.slugged(
        cursor, "collection", (record.collection for _, record in rows if record.collection), create=False
    )
    found: list[Change | Refused | None] = []
    for movie, record in rows:
        document, locked = stored[movie]
        try:
            old = clean_object(document, this_year=9999)
        except Refused as refused:
            found.append(Refused("stored", f"Movie {movie} cannot be compared ({refused.detail}): correct it first."))
            continue
        fields = dict(_differences(old, _canonical(record, canonical), locked, fill_only=fill_only))
        merged = replace(old, **{name: new for name, (_, new) in fields.items()})
        found.append(Change(movie, fields, merged) if fields else None)
    return found


def _stored(cursor: CursorWrapper, movies: list[int], *, lock: bool) -> dict[int, tuple[str, list[str]]]:
    if lock:
        cursor.execute("SELECT id FROM movies_movie WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [movies])
    cursor.execute(f"SELECT m.id, {DOCUMENT}, m.locked_fields FROM movies_movie m WHERE m.id = ANY(%s)", [movies])
    return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


def _canonical(record: Record, names: dict[str, dict[str, tuple[int, str]]]) -> Record:
    """Genres, tags and collection by the names under which they are stored."""

    def stored(relation: str, name: str) -> str:
        found = names[relation].get(name)
        return found[1] if found else name

    return replace(
        record,
        genres=sorted({stored("genres", name) for name in record.genres}),
        tags=sorted({stored("tags", name) for name in record.tags}),
        collection=stored("collection", record.collection) if record.collection else None,
    )


def _differences(
    old: Record, new: Record, locked: Iterable[str], *, fill_only: bool
) -> Iterable[tuple[str, tuple[Any, Any]]]:
    held = set(locked)
    for name in (*SCALARS, *RELATIONS):
        before, after = getattr(old, name), getattr(new, name)
        if after is None or after in ([], "") or held.intersection(_LOCKED_BY.get(name, (name,))):
            continue
        if name == "cast":
            after = _with_characters(before, after)
        if name == "known_raters":
            before = before or 0
        if before != after and not (fill_only and name in RELATIONS and isinstance(after, list) and before):
            yield name, (before, after)


def _with_characters(before: list[CastMember], after: list[CastMember]) -> list[CastMember]:
    """A list of names alone takes no character from anybody who stays."""
    known: dict[str, list[CastMember]] = {}
    for member in before:
        known.setdefault(member.name, []).append(member)
    kept: dict[CastMember, None] = {}
    for member in after:
        for stays in [member] if member.character else known.get(member.name, [member]):
            kept[stays] = None
    return list(kept)


def apply(cursor: CursorWrapper, found: Sequence[Change], people: People) -> tuple[int, set[int]]:
    """Writes the changes; returns how many people were made and the ids of those whose credits changed."""
    touched = {"directors", "cast", "crew"}
    with_credits = [change.movie for change in found if touched.intersection(change.fields)]
    before = _credited(cursor, with_credits)
    ids = ids_for(cursor, [change.merged for change in found], people)
    update_movies(cursor, [(change.movie, change.merged, title_key(change.merged.title)) for change in found], ids)
    for relation in RELATIONS:
        movies = [(change.movie, change.merged) for change in found if relation in change.fields]
        if movies and relation != "collection":
            replace_relation(cursor, relation, movies, ids)
    movies_changed = [change.movie for change in found]
    refresh_copies(movie_ids=movies_changed)
    refresh_ratings(movie_ids=movies_changed)
    return ids.people_made, before | _credited(cursor, with_credits)


def _credited(cursor: CursorWrapper, movies: list[int]) -> set[int]:
    if not movies:
        return set()
    cursor.execute("SELECT DISTINCT person_id FROM movies_credit WHERE movie_id = ANY(%s)", [movies])
    return {row[0] for row in cursor.fetchall()}
