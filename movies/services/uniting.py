"""Two lists of rows made one, by moving: which rows of the other movie the survivor lacks, and what its own rows lack.

The rules are those by which an import unites lists (docs/adr/0012), with the survivor as the stronger: whoever and
whatever it has keeps the place and the words, newcomers follow. Pure: rows are dicts of their columns.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import models

from movies.models import AlternativeTitle, Award, Credit, Image, Movie, ProviderRecord, ReleaseDate, Video

Row = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """What moves to the survivor, and what rows that it has get: row, field, value."""

    moves: list[Row]
    fills: list[tuple[Row, str, Any]]


@dataclass(frozen=True)
class Part:
    """One table of rows that hang on a movie."""

    model: type[models.Model]
    # What makes two rows of one movie the same: the columns of the table's own constraint.
    key: tuple[str, ...]
    # What a row gets from the other movie's same row, where it has nothing there.
    fills: tuple[str, ...] = ()
    # The group in which `position` orders a row; None for rows in no order of their own.
    group: Callable[[Row], object] | None = None
    unite: Callable[[Part, Sequence[Row], Sequence[Row]], Plan] | None = None

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def key_of(self, row: Row) -> tuple[Any, ...]:
        return tuple(tuple(value) if isinstance(value := row[name], list) else value for name in self.key)

    def noted_key(self, row: Row) -> list[Any]:
        """The key as JSON keeps it."""
        return [value.isoformat() if isinstance(value, date) else value for value in (row[name] for name in self.key)]

    def plan(self, kept: Sequence[Row], others: Sequence[Row]) -> Plan:
        """What the survivor's rows `kept` lack of `others`; each in the order in which they are shown."""
        return (self.unite or _by_key)(self, kept, others)

    def places(self, kept: Sequence[Row], moves: Sequence[Row]) -> dict[int, int | None]:
        """Which position each row that moves gets: after those that are there. What has none stays without."""
        if self.group is None:
            return {}
        last: dict[object, int] = defaultdict(lambda: -1)
        for row in kept:
            group = self.group(row)
            last[group] = max(last[group], -1 if row["position"] is None else row["position"])
        found: dict[int, int | None] = {}
        for row in moves:
            group = self.group(row)
            if row["position"] is not None:
                last[group] = min(last[group] + 1, _LAST)
            found[row["id"]] = None if row["position"] is None else last[group]
        return found


_LAST = 32_767  # what the column holds


def _by_key(part: Part, kept: Sequence[Row], others: Sequence[Row]) -> Plan:
    known = {part.key_of(row): row for row in kept}
    plan = Plan([], [])
    for row in others:
        same = known.setdefault(part.key_of(row), row)
        if same is row:
            plan.moves.append(row)
            continue
        for name in part.fills:
            if row[name] is not None and same[name] is None:
                plan.fills.append((same, name, row[name]))
    return plan


def _credits(part: Part, kept: Sequence[Row], others: Sequence[Row]) -> Plan:
    """Crew by person and job. The cast by person: a part without a character gets one, another one is not added."""
    crew = _by_key(
        part,
        [row for row in kept if row["kind"] == Credit.Kind.CREW],
        [row for row in others if row["kind"] == Credit.Kind.CREW],
    )
    plan = Plan(crew.moves, crew.fills)
    held: dict[int, list[Row]] = defaultdict(list)
    for row in kept:
        if row["kind"] == Credit.Kind.CAST:
            held[row["person_id"]].append(row)
    filled: set[int] = set()
    for row in others:
        if row["kind"] != Credit.Kind.CAST:
            continue
        parts = held.get(row["person_id"])
        if parts is None:
            plan.moves.append(row)
        elif row["character"] is not None and all(own["character"] is None for own in parts):
            if parts[0]["id"] in filled:
                plan.moves.append(row)
            else:
                filled.add(parts[0]["id"])
                plan.fills.append((parts[0], "character", row["character"]))
    return plan


def _awards(part: Part, kept: Sequence[Row], others: Sequence[Row]) -> Plan:
    """A nomination that names nobody is one of those of its category that name somebody."""
    nominations: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in kept:
        nominations[row["award"], row["ceremony"], row["category"]].append(row)
    plan = Plan([], [])
    named: set[int] = set()
    for row in others:
        there = nominations[row["award"], row["ceremony"], row["category"]]
        if any(own["people"] == row["people"] for own in there) or (there and not row["people"]):
            continue
        nameless = next((own for own in there if not own["people"] and own["id"] not in named), None)
        if nameless is None:
            plan.moves.append(row)
            continue
        named.add(nameless["id"])
        plan.fills.append((nameless, "people", row["people"]))
    return plan


def _billing(row: Row) -> object:
    """Directors, cast and the rest of the crew are billed each by themselves."""
    return row["kind"], row["job"] == Credit.DIRECTOR


PARTS: Final = (
    Part(Credit, ("kind", "person_id", "job", "character"), ("department",), group=_billing, unite=_credits),
    Part(Image, ("kind", "digest"), group=lambda row: row["kind"]),
    Part(Video, ("provider", "key"), ("name", "language"), group=lambda row: "videos"),
    Part(AlternativeTitle, ("title", "country", "language"), ("kind",)),
    Part(Award, ("award", "ceremony", "category", "people"), unite=_awards),
    Part(ReleaseDate, ("country", "kind", "date", "note"), ("certification",)),
    Part(ProviderRecord, ("provider",)),
    Part(Movie.genres.through, ("genre_id",)),
    Part(Movie.tags.through, ("tag_id",)),
    Part(Movie.companies.through, ("company_id",)),
)
