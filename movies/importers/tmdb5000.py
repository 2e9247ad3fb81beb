"""The pair `tmdb_5000_movies.csv` and `tmdb_5000_credits.csv` (Kaggle, from TMDB): CSV with JSON in its cells.

Either file alone or both: together, who had a part in a film comes with its row. The file of credits knows neither
years nor other ids, so of films that nobody holds it makes none.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from movies.definition.limits import number
from movies.importers import cleaning
from movies.importers.csvrows import Cells, delimiter_of, read_rows
from movies.importers.record import Problem, Raw, Record, Refused
from movies.importers.source import Lines
from movies.importers.tmdb import record_of
from movies.importers.tmdb_parts import Reading, cast, crew

_MOVIES: Final = frozenset({"id", "title", "original_title", "keywords", "production_companies"})
_CREDITS: Final = frozenset({"movie_id", "title", "cast", "crew"})
_LISTS: Final = ("genres", "keywords", "production_companies", "production_countries", "spoken_languages")
_PARTS: Final = ("cast", "crew")
_NUMBERS: Final = ("id", "runtime", "vote_count")
# Compressed, of the file of credits: some 60,000 films; the file that gave the pair its name has 5,000.
MOST_BYTES: Final = 128 * 2**20


class Credits:
    """Who had a part in which film, by TMDB's id, held compressed while the file of films is read."""

    def __init__(self) -> None:
        self._cells: dict[int, bytes] = {}
        self._bytes = 0

    def add(self, row: Mapping[str, str]) -> None:
        """Keeps a row of the file of credits, as long as there is room."""
        number = _number(row.get("movie_id", ""))
        if isinstance(number, int) and number not in self._cells and self._bytes < MOST_BYTES:
            text = json.dumps([row.get("cast", ""), row.get("crew", "")])
            self._cells[number] = zlib.compress(text.encode("utf-8", "surrogatepass"), 1)
            self._bytes += len(self._cells[number])

    def of(self, number: object) -> tuple[str, str] | None:
        """The cells `cast` and `crew` of a film."""
        packed = self._cells.get(number) if isinstance(number, int) else None
        return tuple(json.loads(zlib.decompress(packed))) if packed else None  # type: ignore[return-value]


def is_header(cells: set[str]) -> bool:
    """Whether a header (in small letters) is one of the pair's."""
    return cells >= _MOVIES or cells >= _CREDITS


def holds_credits(beginning: bytes) -> bool:
    """Whether a file of the pair is the one of credits."""
    first = beginning.decode("utf-8-sig", errors="replace").partition("\n")[0]
    return {cell.strip().strip('"').lower() for cell in first.split(delimiter_of(first))} >= _CREDITS


def collect(lines: Lines) -> Credits:
    """The whole file of credits. What cannot be read of it is reported when its rows are read."""
    found = Credits()
    for row in read_rows(lines):
        if isinstance(row, Raw) and isinstance(row.content, Cells):
            found.add(dict(zip(row.content.header, row.content.cells, strict=True)))
    return found


def with_known_header(rows: Iterator[Raw | Problem]) -> Iterator[Raw | Problem]:
    """A file with another header is refused as a whole."""
    checked = False
    for row in rows:
        if not checked and isinstance(row, Raw) and isinstance(row.content, Cells):
            checked = True
            if not is_header(set(row.content.header)):
                yield Problem(1, "unknown_format", "The header is not one of tmdb_5000: of its films or its credits.")
                return
        yield row


def clean(content: object, this_year: int, credited: Credits | None = None) -> Record:
    """The record of a row of either file. Raises Refused and Unwanted."""
    assert isinstance(content, Cells)  # noqa: S101  what `csvrows.read_rows` gives
    row = dict(zip(content.header, content.cells, strict=True))
    if "movie_id" in row:
        return _credited(row, credited)
    record = Record()
    reading = Reading(record)
    found: dict[str, Any] = {name: cell for name, cell in row.items() if cell and not cell.isspace()}
    found |= {name: _number(found[name]) for name in _NUMBERS if name in found}
    found |= {name: _list(reading, found[name], name) for name in _LISTS if name in found}
    cells = credited.of(found.get("id")) if credited is not None else None
    if cells is not None:
        found["credits"] = {
            name: _list(reading, cell, name) for name, cell in zip(("cast", "crew"), cells, strict=True)
        }
    whole = record_of(found, this_year)
    whole.remarks = record.remarks + whole.remarks
    return whole


def _credited(row: Mapping[str, str], credited: Credits | None) -> Record:
    """A film by its id alone, with who had a part in it."""
    record = Record()
    reading = Reading(record)
    record.tmdb_id = cleaning.integer(_number(row["movie_id"]), "movie_id", number("movie.tmdb_id"))
    if record.tmdb_id is None:
        raise Refused("missing", "The row has no movie_id.")
    if credited is not None and credited.of(record.tmdb_id) is None:
        raise Refused("too_many", "There are too many films to join: import this file again, with --update-existing.")
    record.cast = cast(reading, reading.entries(_list(reading, row["cast"], "cast"), "cast"))
    record.directors, record.crew = crew(reading, reading.entries(_list(reading, row["crew"], "crew"), "crew"))
    return record


def _number(cell: str) -> object:
    """A cell as the number that it holds; any other text as it is, to be refused by name."""
    try:
        value = float(cell) if len(cell) < 40 else None
    except ValueError:
        value = None
    if value is None:
        return cell or None
    return int(value) if value.is_integer() else value


def _list(reading: Reading, cell: str, field: str) -> object:
    """What a cell of JSON holds; None, with a remark, for one that is none."""
    if not cell or cell.isspace():
        return None
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        reading.left_out(field, f"The cell {field} is not JSON.")
        return None
