"""How every change of a library is stored: movies shared, the user's revision held, entries read, changed, compared.

    shelf = open_shelf(user_id=user.pk, movie_ids=[949])
    say_status(shelf.entries[949], "planned", shelf.now)
    shelf.close()

The rules are in `social.services.entry_rules`. Call it inside a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from social.models import LibraryEntry, Play
from social.services.defaults import default_visibility
from social.services.entry_rules import FACTS, is_blank
from social.services.entry_visibility import move_entry
from social.services.library_figures import Delta, change_figures, share_of_entry, share_of_play
from social.services.movies import share_movies
from social.services.revisions import bury, next_revision, unearth
from social.signals import EntryChange, LibraryChanges, PlayChange, library_changed

ENTRY, PLAY = "entry", "play"  # kinds of tombstones and changes


def facts_of(entry: LibraryEntry) -> dict[str, Any]:
    """What the entry says, as it says it now."""
    return {name: list(entry.tags) if name == "tags" else getattr(entry, name) for name in FACTS}


@dataclass
class Shelf:
    """Some of one user's entries while they change. An entry without a key is one that there is not yet."""

    user_id: int
    now: datetime
    states: dict[int, str]  # of the movies that there are
    entries: dict[int, LibraryEntry] = field(default_factory=dict)
    _before: dict[int, dict[str, Any]] = field(default_factory=dict)
    _revisions: list[int] = field(default_factory=list)
    _plays: list[PlayChange] = field(default_factory=list)

    def revision(self) -> int:
        """A revision that nothing else has."""
        if not self._revisions:
            self.reserve(1)
        return self._revisions.pop(0)

    def reserve(self, count: int) -> None:
        """Takes so many revisions at once."""
        first = next_revision(user_id=self.user_id, count=count)
        self._revisions.extend(range(first, first + count))

    def add(self, movie_ids: Iterable[int]) -> None:
        """Shares these movies and puts their entries on the shelf, blank ones where there are none."""
        states = share_movies(movie_ids=movie_ids)
        self.states |= states
        self._read(states)

    def _read(self, movie_ids: Iterable[int]) -> None:
        wanted = sorted(movie_ids)
        found = {entry.movie_id: entry for entry in LibraryEntry.objects.filter(user=self.user_id, movie__in=wanted)}
        visibility = default_visibility(user_id=self.user_id) if len(found) < len(wanted) else ""
        for movie_id in wanted:
            entry = found.get(movie_id) or LibraryEntry(user_id=self.user_id, movie_id=movie_id, visibility=visibility)
            self.entries[movie_id] = entry
            self._before[movie_id] = facts_of(entry)

    def play_changed(self, play: Play, *, visibility_before: str | None, gone: bool = False) -> None:
        """Tells of a play that was stored, changed or (with `gone`) deleted."""
        self._plays.append(PlayChange(play.pk, play.movie_id, visibility_before, None if gone else play))

    def facts(self, movie_id: int) -> dict[str, Any]:
        """What the entry of this movie says now."""
        return facts_of(self.entries[movie_id])

    def close(self) -> None:
        """Stores what has changed: entries with their revisions, tombstones, figures; and tells of it."""
        for movie_id, entry in self.entries.items():
            if entry.pk and entry.visibility != self._before[movie_id]["visibility"]:
                move_entry(entry, self._before[movie_id]["visibility"])
        changes = [
            EntryChange(movie_id, self._before[movie_id] if entry.pk else None, facts_of(entry))
            for movie_id, entry in self.entries.items()
            if facts_of(entry) != self._before[movie_id]
        ]
        self._store([self.entries[change.movie_id] for change in changes])
        changes = [
            EntryChange(change.movie_id, change.before, None) if is_blank(self.entries[change.movie_id]) else change
            for change in changes
        ]
        changes = [change for change in changes if change.before or change.after]
        if not changes and not self._plays:
            return
        change_figures(self._deltas(changes))
        library_changed.send(sender=LibraryEntry, changes=LibraryChanges(self.user_id, changes, list(self._plays)))

    def _store(self, changed: list[LibraryEntry]) -> None:
        kept = [entry for entry in changed if not is_blank(entry)]
        gone = [entry for entry in changed if is_blank(entry) and entry.pk]
        made = [entry.movie_id for entry in kept if not entry.pk]
        if len(kept) > len(self._revisions):
            self.reserve(len(kept) - len(self._revisions))
        for entry in kept:
            entry.revision = self.revision()
        if kept:
            LibraryEntry.objects.bulk_create(
                kept, update_conflicts=True, unique_fields=["user", "movie"],
                update_fields=[*FACTS, "revision", "updated_at"],
            )  # fmt: skip
        if made:
            unearth(user_id=self.user_id, kind=ENTRY, object_ids=made)
        if gone:
            LibraryEntry.objects.filter(pk__in=[entry.pk for entry in gone]).delete()
            bury(user_id=self.user_id, kind=ENTRY, object_ids=[entry.movie_id for entry in gone])

    def _deltas(self, changes: list[EntryChange]) -> dict[int, Delta]:
        deltas: dict[int, Delta] = {}
        for change in changes:
            deltas[change.movie_id] = share_of_entry(change.after).plus(share_of_entry(change.before), -1)
        for play in self._plays:
            before, after = (
                share_of_play(play.visibility_before),
                share_of_play(play.play.visibility if play.play else None),
            )
            deltas[play.movie_id] = deltas.get(play.movie_id, Delta()).plus(after).plus(before, -1)
        return deltas


def open_shelf(*, user_id: int, movie_ids: Iterable[int], revisions: int = 1) -> Shelf:
    """A shelf with the user's entries of these movies. Nobody else writes anything of this user's until the end."""
    shelf = Shelf(user_id=user_id, now=timezone.now(), states=share_movies(movie_ids=movie_ids))
    shelf.reserve(revisions)
    shelf._read(shelf.states)
    return shelf
