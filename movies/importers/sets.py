"""Formats of several tables that are read side by side: which sheet each member is, their rows, and their cleaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from movies.importers import imdb, movielens
from movies.importers.imdb import PersonFacts
from movies.importers.joining import Joined, joined
from movies.importers.recognise import Format
from movies.importers.record import Problem, Raw, Record, Refused
from movies.importers.sheets import Layout, Sheet, beginning_of, header_of
from movies.importers.source import Member, Source
from watchly.common.errors import FieldError, RuleViolation

SETS = (Format.IMDB, Format.MOVIELENS)
Members = Sequence[tuple[Source, Member]]


def options_of(*, types: str | None, adult: bool, create_genres: bool = False) -> dict[str, Any]:
    """What a run keeps of what was asked for: `types` joined by commas. Raises RuleViolation for an unknown one."""
    options: dict[str, Any] = {"adult": True} if adult else {}
    if create_genres:
        options["create_genres"] = True
    if types and types.strip():
        try:
            options["types"] = imdb.types_of(types)
        except Refused as refused:
            raise RuleViolation(
                refused.detail, errors=[FieldError("/types", refused.code, refused.detail)]
            ) from refused
    return options


class Person(NamedTuple):
    """A row about a person."""

    key: str
    sheet: Sheet
    cells: list[str]

    def __str__(self) -> str:
        return "\t".join(self.cells)


def sheets(kind: Format, members: Members) -> tuple[list[Sheet], list[tuple[str, Problem]]]:
    """The members as tables, the most telling first; and what of them is none, or has columns that are not read."""
    tables = imdb.TABLES if kind is Format.IMDB else movielens.TABLES
    found, problems = [], []
    for source, member in members:
        try:
            layout, delimiter, width = _layout(kind, member)
        except Refused as refused:
            problems.append((member.name, Problem(1, refused.code, refused.detail)))
            continue
        if layout.unread:
            detail = f"Not read: {', '.join(layout.unread)}."
            problems.append((member.name, Problem(1, "unread_columns", detail[:500], accepted=True)))
        found.append((tables.index(layout.table), source, member, layout, delimiter, width))
    found.sort(key=lambda sheet: sheet[0])
    return [
        Sheet(source, member, place, layout, delimiter, width, *_ids(kind, layout.table))
        for place, (_, source, member, layout, delimiter, width) in enumerate(found)
    ], problems


def _layout(kind: Format, member: Member) -> tuple[Layout, str, int]:
    beginning = beginning_of(member)
    if kind is Format.MOVIELENS and movielens.holds_lines(beginning.decode(errors="replace")):
        return movielens.LINES, "::", 3
    header, delimiter = header_of(beginning)
    layout = (imdb if kind is Format.IMDB else movielens).layout(header)
    if layout is None:
        raise Refused("unknown_format", f"The columns are those of no table of {kind} that is read.")
    return layout, delimiter, len(header)


def _ids(kind: Format, table: str) -> tuple[Callable[[str], Any], Any, str]:
    if kind is Format.MOVIELENS:
        return movielens.key_of, -1, "a whole number"
    letters = "nm" if table == imdb.NAMES else "tt"
    return partial(imdb.key_of, table), "", f"{letters} and seven to ten digits"


def read(kind: Format, members: Members) -> Iterator[tuple[str, Raw | Problem]]:
    """A row per film, whichever tables tell of it, then the people; each with its file."""
    found, problems = sheets(kind, members)
    yield from problems
    films = [sheet for sheet in found if sheet.layout.table != imdb.NAMES]
    if films:
        if kind is Format.IMDB:
            yield from joined(films, imdb.SINGLE, lambda entries, _: entries)
        else:
            yield from joined(films, movielens.SINGLE, movielens.tidy)
    for sheet in found:
        if sheet.layout.table == imdb.NAMES:
            for entry in sheet.entries():
                row = entry.found
                yield sheet.name, row if isinstance(row, Problem) else Raw(entry.line, Person(entry.key, sheet, row))


def cleaner(kind: Format, options: Mapping[str, Any]) -> Callable[[object], Record | PersonFacts]:
    """What makes a record of such a row; raises Refused, and Unwanted for what the options leave out."""
    this_year = datetime.now(UTC).year
    types = frozenset(options.get("types") or imdb.DEFAULT_TYPES)
    adult = bool(options.get("adult"))

    def clean(content: object) -> Record | PersonFacts:
        if isinstance(content, Person):
            return imdb.clean_person(content.key, content.sheet.layout.columns, content.cells)
        assert isinstance(content, Joined)  # noqa: S101  what `read` gives
        if kind is Format.MOVIELENS:
            return movielens.clean(content, this_year=this_year)
        return imdb.clean(content, this_year=this_year, types=types, adult=adult)

    return clean


def names_to_stage(members: Members) -> Iterator[tuple[int, PersonFacts]]:
    """Everybody of IMDb's names, with a number that rises, when there are tables that hold people by id alone.

    What cannot be read is passed over: the rows come again, as rows of the run.
    """
    found, _ = sheets(Format.IMDB, members)
    if not any(sheet.layout.table in ("crew", "principals") for sheet in found):
        return
    number = 0
    for sheet in found:
        if sheet.layout.table == imdb.NAMES:
            with closing(sheet.entries(look=True)) as entries:
                for entry in entries:
                    number += 1
                    if not isinstance(entry.found, Problem):
                        try:
                            yield number, imdb.clean_person(entry.key, sheet.layout.columns, entry.found)
                        except Refused:
                            continue
