"""Which format a text is, told from its content and never from its name; and how each is read and cleaned."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import TypeVar

from movies.importers import facts, imdb, movielens, movietweetings, tmdb, tmdb5000, watchly, wikipedia
from movies.importers.csvrows import delimiter_of, read_rows
from movies.importers.jsonrows import read_array, read_lines, read_object, spans_lines
from movies.importers.record import Problem, Raw, Record, Refused
from movies.importers.sheets import header_of
from movies.importers.source import DAMAGED, Lines, Member
from watchly.common.errors import RuleViolation


class Format(StrEnum):
    CSV = "csv"
    JSON = "json"
    NDJSON = "ndjson"
    WIKIPEDIA = "wikipedia"
    FACTS = "facts"
    MOVIETWEETINGS = "movietweetings"
    IMDB = "imdb"
    MOVIELENS = "movielens"
    TMDB = "tmdb"
    TMDB_IDS = "tmdb_ids"
    # The same list, when films that are not held are wanted too: never recognised, only asked for.
    TMDB_STUBS = "tmdb_stubs"
    TMDB_5000 = "tmdb_5000"


T = TypeVar("T")
CHOICES = ("auto", *Format)
_JSON = (Format.JSON, Format.WIKIPEDIA, Format.FACTS, Format.TMDB, Format.TMDB_IDS, Format.TMDB_STUBS)
_RATINGS = re.compile(r"[0-9]+::[0-9]+::[0-9]+::[0-9]+\s*$")
_MOVIETWEETINGS = re.compile(r"[0-9]+::.*::.*$")
_SAMPLE = 50


def recognise(beginning: bytes) -> Format:
    """The format of a text, from its first bytes. Raises RuleViolation when it is none that is read."""
    start = beginning.decode("utf-8-sig", errors="replace").lstrip(" \t\r\n,")
    first = start.partition("\n")[0]
    if start.startswith(("{", "[")):
        return _dialect(start) or (Format.JSON if start.startswith("[") else Format.NDJSON)
    if _MOVIETWEETINGS.match(first.strip()):
        return _refusing(lambda: Format.MOVIELENS if movielens.holds_lines(start) else Format.MOVIETWEETINGS)
    if kind := _refusing(lambda: _set_of(header_of(beginning)[0])):
        return kind
    try:
        header = next(csv.reader([first.rstrip("\r")], delimiter=delimiter_of(first)), [])
    except csv.Error:
        header = []
    columns = {cell.strip().lower() for cell in header}
    if tmdb5000.is_header(columns):
        return Format.TMDB_5000
    if "title" in columns:
        return Format.CSV
    raise RuleViolation(
        f"The content is none that is read: give one of {', '.join(Format)} (a CSV has a column title).",
        code="unknown_format",
    )


def _set_of(header: list[str]) -> Format | None:
    """Whose table has these columns, where they are not Watchly's own."""
    if {cell.strip().lower() for cell in header} <= set(watchly.FLAT):
        return None
    return Format.IMDB if imdb.layout(header) else Format.MOVIELENS if movielens.layout(header) else None


def _refusing(told: Callable[[], T]) -> T:
    """A table of a source that holds no films is named, as what would be right is another of its tables."""
    try:
        return told()
    except Refused as refused:
        raise RuleViolation(refused.detail, code=refused.code) from refused


def _dialect(start: str) -> Format | None:
    """Whose objects they are; None for Watchly's own."""
    facts_only, named = True, False
    for found in _objects(start):
        if ("href" in found or "extract" in found) and ("cast" in found or "genres" in found):
            return Format.WIKIPEDIA
        if tmdb.is_movie(found):
            return Format.TMDB
        if tmdb.is_listed(found):
            return Format.TMDB_IDS
        facts_only = facts_only and facts.FIELDS.issuperset(found)
        named = named or "href" in found or _names_things(found)
    if tmdb.begins_movie(start):
        return Format.TMDB
    # A name for a code in one of Watchly's own files is a mistake in that row, and makes no facts of the other fields.
    return Format.FACTS if facts_only and named else None


def _names_things(found: dict[str, object]) -> bool:
    """Whether countries stand there by name, or people of awards as the facts call them."""
    countries, awards = found.get("countries"), found.get("awards")
    if isinstance(countries, list) and any(isinstance(name, str) and len(name) > 2 for name in countries):
        return True
    return isinstance(awards, list) and any(isinstance(award, dict) and "names" in award for award in awards)


def _objects(start: str) -> Iterator[dict[str, object]]:
    decoder, at, seen = json.JSONDecoder(), start.find("{"), 0
    while at >= 0 and seen < _SAMPLE:
        seen += 1
        try:
            found, at = decoder.raw_decode(start, at)
        except (ValueError, RecursionError):
            at = start.find("\n", at)
        else:
            if isinstance(found, dict):
                yield found
        at = start.find("{", at) if at >= 0 else at


def holds_ratings(beginning: bytes) -> bool:
    """Whether a text of MovieTweetings holds ratings, not films."""
    return _RATINGS.match(beginning.decode("utf-8-sig", errors="replace").lstrip().partition("\n")[0]) is not None


def read(member: Member, kind: Format) -> Iterator[Raw | Problem]:
    """The rows of a member and the problems met on the way, in the order of the file."""
    beginning = member.beginning(1 << 12).removeprefix(b"\xef\xbb\xbf").lstrip()
    try:
        stream = member.open()
    except DAMAGED as error:
        yield Problem(1, "cut", f"The file is damaged: {error}.")
        return
    with stream:
        if kind in _JSON and beginning.startswith(b"["):
            yield from read_array(stream)
            return
        if kind is Format.TMDB and spans_lines(beginning):
            yield from read_object(stream)
            return
        lines = Lines(stream)
        if kind is Format.CSV:
            yield from _with_known_header(read_rows(lines))
        elif kind is Format.TMDB_5000:
            yield from tmdb5000.with_known_header(read_rows(lines))
        elif kind is Format.MOVIETWEETINGS and holds_ratings(beginning):
            yield from movietweetings.read_ratings(lines)
        else:
            yield from read_lines(lines)


def _with_known_header(rows: Iterator[Raw | Problem]) -> Iterator[Raw | Problem]:
    """A header with a column that is not known refuses the file as a whole: a column would be lost silently."""
    checked = False
    for row in rows:
        if isinstance(row, Raw) and not checked:
            try:
                watchly.check_header(row.content.header)  # type: ignore[attr-defined]
            except Refused as refused:
                yield Problem(1, refused.code, refused.detail)
                return
            checked = True
        yield row


def cleaner(
    kind: Format, raters: Counter[str] | None = None, credited: tmdb5000.Credits | None = None
) -> Callable[[object], Record]:
    """What makes a record of a row of this format; raises Refused."""
    this_year = datetime.now(UTC).year
    if kind is Format.MOVIETWEETINGS:
        return partial(movietweetings.clean, this_year=this_year, raters=raters)
    if kind is Format.TMDB_5000:
        return partial(tmdb5000.clean, this_year=this_year, credited=credited)
    if kind in (Format.TMDB_IDS, Format.TMDB_STUBS):
        return partial(tmdb.clean_listed, this_year=this_year, stubs=kind is Format.TMDB_STUBS)
    clean = {
        Format.CSV: watchly.clean_cells,
        Format.WIKIPEDIA: wikipedia.clean,
        Format.FACTS: facts.clean,
        Format.TMDB: tmdb.clean,
    }
    return partial(clean.get(kind, watchly.clean_object), this_year=this_year)
