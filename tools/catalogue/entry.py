"""One movie while the catalogue is being built: the importers' record and the signals of how well known it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, Final

from movies.importers.record import CastMember, Nomination, PersonRef, Record, TitleElsewhere
from movies.search.normalise import title_key

# How far apart the years of one movie may be in two sources: one has the premiere, the other the release.
YEARS_APART: Final = 1
IDS: Final = ("imdb_id", "tmdb_id", "wikidata_id", "wikipedia_page")
_UNITED: Final = ("genres", "tags", "awards", "alternative_titles")


@dataclass(slots=True, eq=False)
class Entry(Record):
    """A movie of the catalogue. Two entries are equal only if they are the same object."""

    signals: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, record: Record) -> Entry:
        """The entry of a record that an importer's reader has cleaned."""
        return cls(**{name.name: getattr(record, name.name) for name in fields(Record)})

    @property
    def key(self) -> str:
        """What the title is compared by."""
        return title_key(self.title)

    def title_keys(self) -> set[str]:
        """What all titles of the movie are compared by."""
        others = (self.original_title, *(other.title for other in self.alternative_titles))
        return {title_key(title) for title in (self.title, *others) if title}

    def fill(self, more: Entry) -> None:
        """Takes from another entry of the same movie what this one does not know; unites lists without an order."""
        for column in fields(self):
            mine, its = getattr(self, column.name), getattr(more, column.name)
            if column.name == "signals":
                self.signals = {name: max(mine.get(name, 0), its.get(name, 0)) for name in (*mine, *its)}
            elif mine in (None, []):
                setattr(self, column.name, its)
            elif column.name in _UNITED and its:
                setattr(self, column.name, sorted({*mine, *its}, key=str))

    def absorb(self, other: Entry) -> None:
        """Takes in the entry of a duplicate, whose title becomes an alternative title if it is another one."""
        if other.title.casefold() not in {title.casefold() for title in self.titles()}:
            self.alternative_titles = sorted([*self.alternative_titles, TitleElsewhere(other.title)], key=str)
        self.fill(other)

    def titles(self) -> list[str]:
        """All its titles, the main one first."""
        others = [self.original_title] if self.original_title else []
        return [self.title, *others, *(other.title for other in self.alternative_titles)]

    def names(self) -> set[str]:
        """The names of everybody who has a part in it."""
        return {part.name for parts in self.people() for part in parts}


def near(one: int | None, other: int | None, apart: int = YEARS_APART) -> bool:
    """Whether two years can be those of one movie; an unknown year can be any."""
    return one is None or other is None or abs(one - other) <= apart


def agree(one: Entry, other: Entry) -> bool:
    """Whether no id says that the two are different movies."""
    return all(
        getattr(one, name) is None or getattr(other, name) is None or getattr(one, name) == getattr(other, name)
        for name in IDS
    )


def people_of(names: Iterable[str]) -> list[PersonRef]:
    """People of whom only the names are known."""
    return [PersonRef(name) for name in dict.fromkeys(names)]


def cast_of(names: Iterable[str]) -> list[CastMember]:
    """A cast of which only the names are known, in billing order."""
    return [CastMember(name) for name in dict.fromkeys(names)]


def nomination(found: dict[str, Any]) -> Nomination:
    """A prize of which neither the ceremony nor the category is known: it has the name of the prize alone."""
    award, category = GRAND_PRIZES[found["award"]]
    return Nomination(award, None, category, bool(found["won"]))


# The festivals' grand prizes: who gives them, and their names.
GRAND_PRIZES: Final = {
    "Palme d'Or": ("Cannes Film Festival", "Palme d'Or"),
    "Golden Bear": ("Berlin International Film Festival", "Golden Bear"),
    "Golden Lion": ("Venice Film Festival", "Golden Lion"),
}
