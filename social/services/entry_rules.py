"""What an act makes of a library entry: the rules of docs/library.md, and nothing of storing.

Each takes the entry as it stands, changes it in place and says nothing; what is as it should be stays untouched, so
that a comparison with before tells whether anything happened. `plays` counts the plays of the movie.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from social.models import LibraryEntry, Play
from social.services.entry_layers import SHOWN, ShownFacts

WATCHED = LibraryEntry.Status.WATCHED
# What a person has said of a movie, and so what is stored, compared and merged.
FACTS = (
    "status",
    "status_before",
    "status_changed_at",
    "half_stars",
    "rated_at",
    "source_value",
    "source_scale",
    "favorite",
    "favorited_at",
    "tags",
    "note",
    "visibility",
    "plays",
    "last_watched_at",
    *SHOWN.values(),
)
Facts = LibraryEntry | ShownFacts  # what the owner sees, or what others see


def is_blank(entry: LibraryEntry) -> bool:
    """Whether nothing is left that would keep the entry: no status, stars, favourite, tag, note or play."""
    return not (
        entry.status or entry.half_stars or entry.favorite or entry.tags or entry.note is not None or entry.plays
    )


def say_status(entry: Facts, status: str | None, now: datetime) -> None:
    """The user says it (or, with None, takes it back). It makes no play, and is what deleting the last play returns
    to."""
    _become(entry, status, now)
    entry.status_before = status


def give_stars(
    entry: Facts,
    half_stars: int,
    now: datetime,
    *,
    mark_watched: bool = False,
    source_value: Decimal | None = None,
    source_scale: int | None = None,
) -> None:
    """Sets the current rating; `mark_watched` makes the movie watched, without a play."""
    given = (half_stars, source_value, source_scale)
    if (entry.half_stars, entry.source_value, entry.source_scale) != given:
        entry.half_stars, entry.source_value, entry.source_scale = given
        entry.rated_at = now
    if mark_watched and entry.status != WATCHED:
        say_status(entry, WATCHED, now)


def take_stars(entry: Facts) -> None:
    """Takes the current rating away. The status stays, and so do the stars of plays."""
    entry.half_stars = entry.rated_at = entry.source_value = entry.source_scale = None


def mark_favorite(entry: LibraryEntry, favorite: bool, now: datetime) -> None:
    """Makes it a favourite, or one no longer. Nothing else follows from that."""
    if entry.favorite != favorite:
        entry.favorite, entry.favorited_at = favorite, now if favorite else None


def add_play(entry: Facts, watched_at: datetime | None, now: datetime) -> None:
    """A play makes the movie watched. What the status was before the first one is kept for the day it is deleted."""
    if entry.plays == 0 or entry.status != WATCHED:
        entry.status_before = entry.status
    _become(entry, WATCHED, now)
    entry.plays += 1
    if watched_at is not None and (entry.last_watched_at is None or watched_at > entry.last_watched_at):
        entry.last_watched_at = watched_at


def recount_plays(entry: Facts, plays: Iterable[Play]) -> None:
    """Brings the copies in line with the plays that there are."""
    dates = [play.watched_at for play in plays]
    entry.plays = len(dates)
    entry.last_watched_at = max((date for date in dates if date is not None), default=None)


def lose_last_play(entry: Facts, status: str | None, now: datetime) -> None:
    """The last play is gone: `status` it is from now on, else (None) what it was before."""
    say_status(entry, status or entry.status_before, now)


def latest(plays: Iterable[Play]) -> Play | None:
    """The play whose stars count: the one seen last; of those without a date, which come before all others, the one
    written last."""
    return max(
        plays,
        key=lambda play: (play.watched_at is not None, play.watched_at.timestamp() if play.watched_at else 0, play.pk),
        default=None,
    )


def _become(entry: Facts, status: str | None, now: datetime) -> None:
    if entry.status != status:
        entry.status, entry.status_changed_at = status, now if status else None
