"""What others see of a library entry, kept beside what its owner sees.

A play or a review can be narrower than the entry of its movie: a private play, a public entry. The entry therefore has
two layers, its own facts and those that others see (the `shown_*` columns). An act that is at least as wide as the
entry changes both layers, a narrower one changes the owner's alone. So the shown layer always is what the entry would
be had the narrower act never happened. Both layers follow the rules in `social.services.entry_rules`.
"""

from __future__ import annotations

from typing import Any

from social.models import LibraryEntry
from watchly.common.visibility import Visibility

_WIDTH = {Visibility.PRIVATE: 0, Visibility.FOLLOWERS: 1, Visibility.PUBLIC: 2}
# Columns of the shown layer by the name of the owner's fact.
SHOWN = {
    "status": "shown_status",
    "status_before": "shown_status_before",
    "half_stars": "shown_half_stars",
    "rated_at": "shown_rated_at",
    "plays": "shown_plays",
    "last_watched_at": "shown_last_watched_at",
}


class ShownFacts:
    """The shown layer of an entry under the names of the owner's facts, so that one set of rules serves both.

    Facts without a column of their own are read from the entry; writing them changes nothing.
    """

    status: str | None
    status_before: str | None
    status_changed_at: Any
    half_stars: int | None
    rated_at: Any
    source_value: Any
    source_scale: int | None
    plays: int
    last_watched_at: Any

    def __init__(self, entry: LibraryEntry) -> None:
        object.__setattr__(self, "_entry", entry)

    def __getattr__(self, name: str) -> Any:
        return getattr(object.__getattribute__(self, "_entry"), SHOWN.get(name, name))

    def __setattr__(self, name: str, value: Any) -> None:
        if name in SHOWN:
            setattr(object.__getattribute__(self, "_entry"), SHOWN[name], value)


def covers(visibility: str, entry: LibraryEntry) -> bool:
    """Whether something of this visibility is at least as wide as the entry."""
    return _WIDTH[Visibility(visibility)] >= _WIDTH[Visibility(entry.visibility)]


def layers(entry: LibraryEntry, visibility: str | None = None) -> list[LibraryEntry | ShownFacts]:
    """The layers that an act of this visibility changes; without one, the act is about the entry itself."""
    if visibility is None or covers(visibility, entry):
        return [entry, ShownFacts(entry)]
    return [entry]


def is_wider(one: str, other: str) -> bool:
    """Whether more people see the first than the second."""
    return _WIDTH[Visibility(one)] > _WIDTH[Visibility(other)]
