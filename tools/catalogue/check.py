"""Measures the packaged catalogue: `python -m tools.catalogue.check`. Ends with 1 when it falls below a bar."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from tools.catalogue.setup import set_up

Row = dict[str, Any]
DATA: Final = Path(__file__).resolve().parents[2] / "movies" / "data"
LARGEST: Final = 15_000_000
DECADES: Final = range(1930, 2020, 10)
_YEARS_APART: Final = 1


class Bar(NamedTuple):
    """A figure, and what it must reach."""

    name: str
    figure: int
    least: int

    @property
    def held(self) -> bool:
        """Whether the figure reaches what it must."""
        return self.figure >= self.least


class Titles:
    """The rows of a catalogue by what their titles are compared by."""

    def __init__(self, rows: list[Row]) -> None:
        from movies.search.normalise import title_key

        self._key: Callable[[str], str] = title_key
        self._rows: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            for key in {title_key(title) for title in titles_of(row)}:
                self._rows[key].append(row)

    def find(self, title: str, year: int) -> Row | None:
        """The best known row with this title, of about this year."""
        found = [row for row in self._rows.get(self._key(title), ()) if abs(row.get("year", 0) - year) <= _YEARS_APART]
        return max(found, key=lambda row: row.get("popularity_seed", 0), default=None)


def titles_of(row: Row) -> Iterator[str]:
    """All titles of a row."""
    yield row["title"]
    if "original_title" in row:
        yield row["original_title"]
    yield from (other["title"] for other in row.get("alternative_titles", ()))


def bars(rows: list[Row], size: int) -> list[Bar]:
    """The figures of a catalogue that takes `size` bytes."""
    from tools.catalogue.classics import CLASSICS

    titles = Titles(rows)
    found = [
        titles.find(classic.title, classic.year) or titles.find(classic.own_title, classic.year) for classic in CLASSICS
    ]
    there = [row for row in found if row is not None]
    own = [titles.find(classic.own_title, classic.year) for classic in CLASSICS]
    known = sorted(rows, key=lambda row: -row.get("popularity_seed", 0))[:100]
    decades = Counter(row.get("year", 0) // 10 * 10 for row in known)
    return [
        Bar("classics that are there", len(there), 98),
        Bar(
            "classics with director, genre and IMDb id",
            sum(all(row.get(name) for name in ("directors", "genres", "imdb_id")) for row in there),
            95,
        ),
        Bar("classics with a cast", sum(bool(row.get("cast")) for row in there), 80),
        Bar("classics found by their own or romanized title", sum(row is not None for row in own), 90),
        Bar("decades among the 100 best known", sum(decades[decade] > 0 for decade in DECADES), len(DECADES)),
        Bar("bytes that are left", LARGEST - size, 0),
    ]


def missing(rows: list[Row]) -> Iterator[str]:
    """What each classic lacks, in words."""
    from tools.catalogue.classics import CLASSICS

    titles = Titles(rows)
    for title, year, own_title in CLASSICS:
        row = titles.find(title, year) or titles.find(own_title, year)
        lacks = ["the movie"] if row is None else [
            name for name in ("directors", "genres", "imdb_id", "cast") if not row.get(name)
        ]  # fmt: skip
        if titles.find(own_title, year) is None:
            lacks.append(f"the title {own_title}")
        if lacks:
            yield f"{title} ({year}) lacks {', '.join(lacks)}"


def main() -> int:
    """Prints the figures, what the classics lack and how full each column is."""
    from tools.catalogue.writing import read

    rows = read(DATA / "catalogue.ndjson.gz")
    found = bars(rows, sum(path.stat().st_size for path in DATA.iterdir()))
    for bar in found:
        print(f"{bar.figure:>10,} {bar.name} (at least {bar.least:,}){'' if bar.held else ': TOO FEW'}")
    for line in missing(rows):
        print(f"{'':>10} {line}")
    filled = Counter(name for row in rows for name in row)
    print(
        f"{len(rows):>10,} movies:",
        ", ".join(f"{name} {count / len(rows):.0%}" for name, count in filled.most_common()),
    )
    return 0 if all(bar.held for bar in found) else 1


if __name__ == "__main__":
    set_up()
    sys.exit(main())
