"""What several tables say of one film, brought together: streamed side by side in the order of their ids.

Nothing is held but the rows of one film. The files of IMDb and MovieLens are sorted by id; one that is not (a
re-export) is sorted on disk first, so that a film is always one record, whichever tables it stands in.
"""

from __future__ import annotations

import heapq
import json
from array import array
from collections.abc import Callable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

from movies.importers.record import Problem, Raw
from movies.importers.sheets import Entry, Sheet
from movies.importers.source import Sorting

Tidy = Callable[[Iterator[Entry], Sheet], Iterator[Entry]]
MOST_ROWS = 5_000  # about one film
_SORTED_AT_ONCE = 50_000  # rows
_BLOCK = 64  # rows


class Row(NamedTuple):
    """A row of one of the sheets."""

    sheet: Sheet
    line: int
    cells: list[str]


class Joined(NamedTuple):
    """All rows about one film, the most telling table first."""

    key: Any
    rows: list[Row]

    def __str__(self) -> str:
        return "\t".join(self.rows[0].cells)


def joined(sheets: Sequence[Sheet], single: frozenset[str], tidy: Tidy) -> Iterator[tuple[str, Raw | Problem]]:
    """One row per film, with the file that it stands in first, and the problems met on the way.

    A sheet alone whose table is of the `single` ones has a row per film already: it is taken as it stands. `tidy` may
    look at the rows of each sheet as they go by.
    """
    alone = len(sheets) == 1 and sheets[0].layout.table in single
    streams = [tidy(sheet.entries() if alone or sheet.in_order() else in_order(sheet), sheet) for sheet in sheets]
    by_place = {sheet.place: sheet for sheet in sheets}
    key: Any = None
    rows: list[Row] = []
    for entry in heapq.merge(*streams) if len(streams) > 1 else streams[0]:
        sheet = by_place[entry.sheet]
        if isinstance(entry.found, Problem):
            yield sheet.name, entry.found
            continue
        if (entry.key != key or alone) and rows:
            yield rows[0].sheet.name, Raw(rows[0].line, Joined(key, rows))
            rows = []
        key = entry.key
        if len(rows) < MOST_ROWS:
            rows.append(Row(sheet, entry.line, entry.found))
        else:
            detail = f"There are more than {MOST_ROWS:,} rows about one film."
            yield sheet.name, Problem(entry.line, "too_many", detail, "\t".join(entry.found))
    if rows:
        yield rows[0].sheet.name, Raw(rows[0].line, Joined(key, rows))


def in_order(sheet: Sheet) -> Iterator[Entry]:
    """The rows of a sheet by rising id: sorted in parts that fit into memory, kept on disk, merged."""
    progress = Sorting()
    sheet.source.sorting.append(progress)
    with TemporaryFile() as file:
        parts: list[array[int]] = []
        held: list[Entry] = []
        for entry in sheet.entries():
            if isinstance(entry.found, Problem):
                yield entry._replace(key=sheet.lowest)
                continue
            held.append(entry)
            progress.rows += 1
            if len(held) >= _SORTED_AT_ONCE:
                parts.append(_kept(file, held))
                held = []
        parts.append(_kept(file, held))
        del held
        for entry in heapq.merge(*(_given(file, part) for part in parts)):
            progress.given += 1
            yield entry


def _kept(file: IO[bytes], entries: list[Entry]) -> array[int]:
    """Writes a part away, sorted; returns where its blocks begin."""
    entries.sort()
    begins = array("Q")
    for start in range(0, len(entries), _BLOCK):
        begins.append(file.tell())
        file.write(json.dumps(entries[start : start + _BLOCK]).encode() + b"\n")
    return begins


def _given(file: IO[bytes], begins: array[int]) -> Iterator[Entry]:
    for begin in begins:
        file.seek(begin)
        yield from (Entry(*entry) for entry in json.loads(file.readline()))
