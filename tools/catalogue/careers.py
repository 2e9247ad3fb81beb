"""Careers that no one lived: one name that is two people, told apart by when they worked.

Lists that know people by name alone make Harrison Ford act from 1917 to 2025. A name is split at a gap so long that
another person is likelier than a return: in a career that is longer than a working life, and in a shorter one where a
person who only acted before only directs afterwards.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from tools.catalogue.entry import Entry
from tools.catalogue.people import rename

# How the people of one name are told apart.
QUALIFIER: Final = re.compile(r" \((?:director|active \d{4}(?:–\d{4})?)\)$")
# Years. A career of more than LONGEST is split at gaps of GAP and, above IMPOSSIBLE, at its longest gap whatever it is.
LONGEST: Final = 70
GAP: Final = 15
IMPOSSIBLE: Final = 90
# After a long career one or two late credits are old footage, unless they are later than any life.
LATE_CREDITS: Final = 2
LONG_CAREER: Final = 10
LATEST: Final = 80
# Nothing for so long, and then another profession.
OTHER_PROFESSION: Final = 20


@dataclass(slots=True)
class Career:
    """The movies of one name by year, as somebody of the cast or as a director."""

    acted: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    directed: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def eras(self) -> list[tuple[int, int]]:
        """The first and last year of each person who is meant, in their order; one era if the career can be lived."""
        years = sorted({*self.acted, *self.directed})
        return self._split(years) if years else []

    def _split(self, years: list[int]) -> list[tuple[int, int]]:
        at = self._gap(years)
        if at is None:
            return [(years[0], years[-1])]
        return [*self._split(years[:at]), *self._split(years[at:])]

    def _gap(self, years: list[int]) -> int | None:
        """Where the second person begins."""
        gaps = [(later - earlier, at) for at, (earlier, later) in enumerate(pairwise(years), 1)]
        longest, at = max(gaps, default=(0, 0), key=lambda gap: (gap[0], -gap[1]))
        span = years[-1] - years[0]
        if span > IMPOSSIBLE or (span > LONGEST and longest >= GAP and not self._footage(years[:at], years[at:], span)):
            return at
        for length, place in gaps:
            before, after = years[:place], years[place:]
            if (
                length >= OTHER_PROFESSION
                and self._other_profession(before, after)
                and not self._footage(before, after, span)
            ):
                return place
        return None

    def _footage(self, before: list[int], after: list[int], span: int) -> bool:
        """Whether the later movies show somebody whose career was over."""
        late, career = self.weight((after[0], after[-1])), self.weight((before[0], before[-1]))
        return late <= LATE_CREDITS and career >= LONG_CAREER and span <= LATEST

    def _other_profession(self, before: list[int], after: list[int]) -> bool:
        def only(these: dict[int, int], those: dict[int, int], years: list[int]) -> bool:
            return any(year in these for year in years) and not any(year in those for year in years)

        acted, directed = self.acted, self.directed
        return (only(acted, directed, before) and only(directed, acted, after)) or (
            only(directed, acted, before) and only(acted, directed, after)
        )

    def weight(self, era: tuple[int, int]) -> int:
        """In how many movies the person of this era has a part."""
        return sum(
            count for years in (self.acted, self.directed) for year, count in years.items() if era[0] <= year <= era[1]
        )

    def only_directed(self, era: tuple[int, int]) -> bool:
        """Whether the person of this era acted in none of their movies."""
        return not any(era[0] <= year <= era[1] for year in self.acted)


def split_careers(entries: list[Entry]) -> int:
    """Gives each person of a name that is several people a name of their own; returns how many names were split.

    The one with most movies keeps the name; the others are told apart as library catalogues do it, by their profession
    or the years in which they were active: "Steve McQueen (director)", "Harrison Ford (active 1917–1928)".
    """
    careers: dict[str, Career] = defaultdict(Career)
    for entry in entries:
        # A documentary shows people long after they worked.
        if entry.year is None or "Documentary" in entry.genres:
            continue
        for part in entry.directors:
            careers[part.name].directed[entry.year] += 1
        for member in entry.cast:
            careers[member.name].acted[entry.year] += 1
    people = {name: _names(name, career, eras) for name, career in careers.items() if len(eras := career.eras()) > 1}
    rename(entries, lambda entry, name: [_who(people[name], entry.year) if name in people else name])
    return len(people)


def _names(name: str, career: Career, eras: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
    main = max(eras, key=lambda era: (career.weight(era), era))
    directors = [era for era in eras if career.only_directed(era)]
    found = []
    for first, last in eras:
        if (first, last) == main:
            found.append((first, last, name))
        elif directors == [(first, last)]:
            found.append((first, last, f"{name} (director)"))
        else:
            years = str(first) if first == last else f"{first}–{last}"
            found.append((first, last, f"{name} (active {years})"))
    return found


def _who(people: list[tuple[int, int, str]], year: int | None) -> str:
    """The person who was active in a year, or was the last before it; the first one for an unknown year."""
    return next((name for first, _, name in reversed(people) if year is not None and first <= year), people[0][2])
