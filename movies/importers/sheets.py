"""Tables that other catalogues keep apart (IMDb's, MovieLens's): columns found by name, rows that begin with an id.

With tabs there are no quotes, as in IMDb's own files: a `"` is a sign like any other. With commas it is CSV.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, NamedTuple

from movies.importers.csvrows import delimiter_of, read_rows
from movies.importers.record import Problem
from movies.importers.source import DAMAGED, LONGEST_LINE, Lines, Member, Oversized, Source

_HEADER = 1 << 14  # bytes
_SHOWN = 200


class Layout(NamedTuple):
    """Which table a header belongs to: its columns (of those that are read) by place, and what is not read."""

    table: str
    columns: Mapping[str, int]
    unread: tuple[str, ...] = ()


class Entry(NamedTuple):
    """One row of a sheet, or a problem met there. Sorts by id, then by sheet, then as they stand."""

    key: Any
    sheet: int
    number: int
    line: int
    found: Any  # list[str] | Problem


@dataclass(frozen=True)
class Sheet:
    """A member of a file that is one of these tables."""

    source: Source
    member: Member
    place: int
    layout: Layout
    delimiter: str
    width: int
    # The id in a cell as what it sorts by; None for what is no id.
    key_of: Callable[[str], Any]
    lowest: Any
    wanted: str

    @property
    def name(self) -> str:
        """The file, as the report names it."""
        return self.member.name

    def entries(self, *, look: bool = False) -> Generator[Entry, None, None]:
        """Its rows as they stand, and the problems met on the way. With `look` it is only looked through."""
        key, at, number = self.lowest, self.layout.columns["id"], 0
        with closing(self._rows(look)) as rows:
            for line, found in rows:
                number += 1
                if isinstance(found, list):
                    own = self.key_of(found[at])
                    if own is not None:
                        key = own
                    else:
                        detail = f"{found[at][:40]!r} is no id: use {self.wanted}."
                        found = Problem(line, "bad_id", detail, "\t".join(found)[:_SHOWN])
                yield Entry(key, self.place, number, line, found)

    def _rows(self, look: bool) -> Generator[tuple[int, Any], None, None]:
        try:
            stream = self.member.open(look=look)
        except DAMAGED as error:
            yield 1, Problem(1, "cut", f"The file is damaged: {error}.")
            return
        with stream:
            lines = Lines(stream)
            if self.delimiter == "\t":
                yield from self._split(lines)
            elif self.delimiter == "::":
                yield from self._doubled(lines)
            else:
                for row in read_rows(lines):
                    yield row.line, row.content.cells if not isinstance(row, Problem) else row  # type: ignore[attr-defined]

    def _split(self, lines: Lines) -> Iterator[tuple[int, Any]]:
        width, header = self.width, True
        for text in lines:
            if lines.problems:
                yield from _drained(lines)
            if not text:
                continue
            if header:
                header = False
                continue
            cells = text.split("\t")
            if len(cells) == width:
                yield lines.number, cells
            else:
                detail = f"The row has {len(cells)} cells and the header {width}: they are cut at tabs."
                yield lines.number, Problem(lines.number, "cells", detail, text[:_SHOWN])
        yield from _drained(lines)

    def _doubled(self, lines: Lines) -> Iterator[tuple[int, Any]]:
        """`id::title::genres` without a header. The files are Latin-1, so that it needs no remark."""
        for text in lines:
            lines.problems[:] = [problem for problem in lines.problems if problem.code != "encoding"]
            yield from _drained(lines)
            if not text or text.isspace():
                continue
            first, _, rest = text.partition("::")
            middle, mark, last = rest.rpartition("::")
            if mark:
                yield lines.number, [first.strip(), middle, last]
            else:
                detail = "The line is not `id::Title (year)::Genre|Genre`."
                yield lines.number, Problem(lines.number, "bad_line", detail, text[:_SHOWN])
        yield from _drained(lines)

    def in_order(self) -> bool:
        """Whether its ids rise from row to row. What is cut or damaged is reported when it is read."""
        if self.delimiter != "\t" or not isinstance(self.lowest, str):
            last = self.lowest
            for entry in self.entries(look=True):
                if entry.key < last:
                    return False
                last = entry.key
            return True
        try:
            with self.member.open(look=True) as stream:
                return self._rising(stream)
        except (Oversized, *DAMAGED):
            return True

    def _rising(self, stream: Any) -> bool:
        """The same from the bytes alone: these files have tens of millions of rows."""
        at, last = self.layout.columns["id"], b""
        while line := stream.readline(LONGEST_LINE):
            cells = line.split(b"\t", at + 1)
            cell = cells[at].strip() if len(cells) > at else last
            if cell != last and self.key_of(cell.decode("latin-1")) is not None:
                if cell < last:
                    return False
                last = cell
        return True


def _drained(lines: Lines) -> Iterator[tuple[int, Problem]]:
    yield from ((problem.line, problem) for problem in lines.problems)
    lines.problems.clear()


def header_of(beginning: bytes) -> tuple[list[str], str]:
    """The cells of the first line as they stand, and what cuts it."""
    text = beginning.decode("utf-8-sig", errors="replace").lstrip("\r\n")
    line = text.partition("\n")[0].rstrip("\r")
    delimiter = delimiter_of(line)
    if delimiter == "\t":
        return line.split("\t"), delimiter
    try:
        return next(csv.reader([line], delimiter=delimiter), []), delimiter
    except csv.Error:
        return [], delimiter


def beginning_of(member: Member) -> bytes:
    """As much of a member as its header may have."""
    return member.beginning(_HEADER)


def places(header: list[str], aliases: Mapping[str, str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """The place of each column that an alias names, the first of each; and the names of all others."""
    found: dict[str, int] = {}
    others: list[str] = []
    for place, cell in enumerate(header):
        name = aliases.get(plain(cell))
        if name is not None and name not in found:
            found[name] = place
        elif cell.strip():
            others.append(cell.strip())
    return found, tuple(others)


def plain(cell: str) -> str:
    """A column's name by its letters and digits alone: `imdb_title_id` and `ImdbTitleId` are one."""
    return "".join(sign for sign in cell.casefold() if sign.isalnum())
