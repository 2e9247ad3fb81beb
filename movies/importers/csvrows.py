"""Rows that are CSV, with columns picked by name. A quote that is never closed costs its own row and no other."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import NamedTuple

from movies.importers.record import Problem, Raw
from movies.importers.source import Lines

MOST_LINES, MOST_CHARACTERS = 200, 1 << 18  # of one row; an overview has paragraphs
csv.field_size_limit(MOST_CHARACTERS)


class Cells(NamedTuple):
    """One row: its header, and as many cells."""

    header: list[str]
    cells: list[str]


class _Unclosed(Exception):
    """A row ran over more lines than a row has."""


class _Buffered:
    """Gives lines to the parser and takes them back when the row that they made was none."""

    def __init__(self, lines: Lines) -> None:
        self._lines, self._source = lines, iter(lines)
        self._returned: list[tuple[int, str]] = []
        self.row: list[tuple[int, str]] = []
        self._size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.row) >= MOST_LINES or self._size > MOST_CHARACTERS:
            raise _Unclosed
        number, line = self._returned.pop() if self._returned else (0, next(self._source) + "\n")
        self.row.append((number or self._lines.number, line))
        self._size += len(line)
        return line

    def begin(self) -> None:
        """A new row starts with the next line."""
        self.row.clear()
        self._size = 0

    def give_back(self, keep: int = 0) -> None:
        """All lines of the row but the first `keep` will be given again."""
        self._returned.extend(reversed(self.row[keep:]))
        self.begin()


def delimiter_of(header: str) -> str:
    """Comma, semicolon or tab: what cuts a header into most cells."""
    return max(",;\t", key=lambda sign: (header.count(sign), sign == ","))


def read_rows(lines: Lines) -> Iterator[Raw | Problem]:
    """The rows after the header as `Cells`; blank lines are passed over."""
    source = _Buffered(lines)
    header: list[str] | None = None
    reader: Iterator[list[str]] | None = None
    delimiter: str | None = None
    while True:
        source.begin()
        try:
            if delimiter is None:
                delimiter = delimiter_of(next(source))
                source.give_back()
            if reader is None:
                reader = csv.reader(source, delimiter=delimiter, strict=True)
            cells = next(reader)
        except StopIteration:
            break
        except (csv.Error, _Unclosed) as error:
            number, text = source.row[0]
            source.give_back(keep=1)
            reader = None
            yield from _drained(lines)
            yield Problem(number, "not_csv", f"The row is no CSV ({_why(error)}): it was skipped.", text[:200])
            continue
        yield from _drained(lines)
        if not any(cells):
            continue
        number = source.row[0][0]
        if header is None:
            header = [cell.strip().lower() for cell in cells]
        elif len(cells) != len(header):
            detail = (
                f"The row has {len(cells)} cells and the header {len(header)}: quote cells that hold the delimiter."
            )
            yield Problem(number, "cells", detail, source.row[0][1][:200])
        else:
            yield Raw(number, Cells(header, cells))
    yield from _drained(lines)


def _why(error: Exception) -> str:
    return "a quote is not closed" if isinstance(error, _Unclosed) or "end of data" in str(error) else str(error)


def _drained(lines: Lines) -> Iterator[Problem]:
    yield from lines.problems
    lines.problems.clear()
