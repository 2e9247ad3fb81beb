"""How social is heard. Sent with `send` inside the transaction: a listener that fails rolls all of it back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.dispatch import Signal

from social.models import Play


@dataclass(frozen=True)
class EntryChange:
    """One entry before and after, as its facts by name (`social.services.entry_rules.FACTS`); None where there is
    none."""

    movie_id: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True)
class PlayChange:
    """One play: what others could see of it before (None for a new one), and the play, or None when it is gone."""

    play_id: int
    movie_id: int
    visibility_before: str | None
    play: Play | None


@dataclass(frozen=True)
class LibraryChanges:
    """What one transaction changed in one user's library."""

    user_id: int
    entries: list[EntryChange] = field(default_factory=list)
    plays: list[PlayChange] = field(default_factory=list)


# Carries `changes`, a LibraryChanges. The user's revision row is locked, so that nothing else of theirs is written.
library_changed = Signal()
