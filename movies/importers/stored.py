"""Movies as they stand in the catalogue, in the shape in which a record is compared with them."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.backends.utils import CursorWrapper

from movies.exporters.documents import FACTS
from movies.importers.parts import PARTS, Part
from movies.importers.people import CATALOGUE, PREVIEWED_BY, Crowd, Somebody
from movies.importers.planning import by_index
from movies.importers.record import Clip, Nomination, Record, Release, TitleElsewhere
from movies.models import Credit

_LOCK = "SELECT id FROM movies_movie WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
_CREDITS = """
SELECT k.movie_id, k.kind, k.character, k.department, k.job, p.id, p.name, p.imdb_id, p.tmdb_id, p.locked_fields
FROM movies_credit k {people} p{on} WHERE k.movie_id = ANY(%s)
ORDER BY k.movie_id, k.position, k.id
"""
CREDITS = _CREDITS.format(people=f"JOIN {CATALOGUE}", on=" ON p.id = k.person_id")
PREVIEWED_CREDITS = _CREDITS.format(people=PREVIEWED_BY.format("id", "k.person_id"), on="")


@dataclass(slots=True)
class Stored:
    """One movie: its facts (without people, who stand in `parts` by relation), where they are from, what is locked."""

    facts: Record
    source: str
    locked: frozenset[str]
    parts: dict[str, list[Part]] = field(default_factory=lambda: {relation: [] for relation in PARTS})


def stored(cursor: CursorWrapper, movies: list[int], *, lock: bool) -> dict[int, Stored]:
    """These movies but for their people. Holds the rows until the transaction ends, with `lock`."""
    if lock:
        cursor.execute(_LOCK, [movies])
    cursor.execute(
        f"SELECT m.id, {FACTS}, m.source, m.locked_fields FROM movies_movie m WHERE m.id = ANY(%s)", [movies]
    )
    return {row[0]: Stored(_record(json.loads(row[1])), row[2], frozenset(row[3])) for row in cursor.fetchall()}


def add_people(cursor: CursorWrapper, movies: dict[int, Stored], crowd: Crowd, *, previewed: bool = False) -> None:
    """Fills in who has a part in these movies, as people of the crowd."""
    with by_index(cursor) if previewed else nullcontext():
        cursor.execute(PREVIEWED_CREDITS if previewed else CREDITS, [list(movies)])
        rows = cursor.fetchall()
    for movie, kind, character, department, job, *person in rows:
        relation = "cast" if kind == Credit.Kind.CAST else "directors" if job == Credit.DIRECTOR else "crew"
        known = crowd.by_number.get(person[0]) or crowd.add(Somebody(*person))
        movies[movie].parts[relation].append(Part(known, character, department, job))


def _record(document: dict[str, Any]) -> Record:
    for name, make in _ROWS.items():
        if rows := document.get(name):
            document[name] = [make(row) for row in rows]
    if released := document.get("release_date"):
        document["release_date"] = date.fromisoformat(released)
    return Record(**document)


def _nomination(row: dict[str, Any]) -> Nomination:
    return Nomination(row["award"], row.get("ceremony"), row["category"], row["won"], tuple(row.get("people", ())))


def _release(row: dict[str, Any]) -> Release:
    return Release(**{**row, "date": date.fromisoformat(row["date"])})


_ROWS = {
    "alternative_titles": lambda row: TitleElsewhere(**row),
    "awards": _nomination,
    "release_dates": _release,
    "videos": lambda row: Clip(**row),
}
