"""Entries and shelves for the tests of the builder."""

from __future__ import annotations

from typing import Any

from movies.importers.record import Nomination
from tools.catalogue.entry import Entry, cast_of, people_of
from tools.catalogue.joining import Shelf


def entry(title: str, year: int | None = None, **facts: Any) -> Entry:
    """An entry; directors and cast are given by name, `oscars` by category."""
    facts["directors"] = people_of(facts.get("directors", ()))
    facts["cast"] = cast_of(facts.get("cast", ()))
    facts["awards"] = facts.get("awards", []) + [
        Nomination("Academy Award", 1, category, False, ()) for category in facts.pop("oscars", ())
    ]
    return Entry(title=title, year=year, **facts)


def shelf(*entries: Entry) -> Shelf:
    """A shelf that holds these entries."""
    held = Shelf()
    for each in entries:
        held.add(each)
    return held
