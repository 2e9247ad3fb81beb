"""The time zone of a user, and what a moment that somebody names means in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Preferences
from social.models import Play
from watchly.common.rfc3339 import parse_time

Precision = Play.Precision
_NOON = time(12, tzinfo=UTC)
EARLIEST = date(1880, 1, 1)
FORMS = "2026-11-25T21:30:00+09:00, 2026-11-25, 2026-11 or 2026"
_COARSENESS = [Precision.EXACT, Precision.DAY, Precision.MONTH, Precision.YEAR, Precision.UNKNOWN]
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


def zone_of(user: Any) -> tzinfo:
    """The zone in which this user's days begin and end, as their preferences say."""
    return ZoneInfo(Preferences.objects.of(user.pk).time_zone)


@dataclass(frozen=True)
class Moment:
    """When something was seen: in UTC, on which day of the viewer's, and how exactly that is known."""

    watched_at: datetime | None
    watched_on: date | None
    precision: str


UNKNOWN = Moment(None, None, Precision.UNKNOWN)


def moment(text: str, *, zone: tzinfo, precision: str | None = None) -> Moment:
    """The moment that a text names: a time, a day, a month or a year.

    A time with an offset is on the day that it was there. One without an offset, and one in UTC (`Z` or `+00:00`, which
    clients send that do not know the place), is on the day that it was in the user's zone. `precision` may make it
    coarser. Raises ValueError, in words for people.
    """
    found = _date(text) or _time(text, zone)
    if found.watched_on is not None and found.watched_on < EARLIEST:
        raise ValueError(f"Nobody saw a film before {EARLIEST.year}.")
    if found.watched_at is not None and found.watched_at > timezone.now() + timedelta(days=1):
        raise ValueError("This has yet to come: say when it was seen, or leave it out.")
    return found if precision is None else coarser(found, precision)


def of_play(play: Play) -> Moment:
    """When a play was."""
    return Moment(play.watched_at, play.watched_on, play.precision)


def coarser(found: Moment, precision: str) -> Moment:
    """The same moment less exactly. Raises ValueError for what would be more exact than is known."""
    if precision == found.precision:
        return found
    if _COARSENESS.index(Precision(precision)) < _COARSENESS.index(Precision(found.precision)):
        raise ValueError(f"This is known by the {found.precision} and cannot be made {precision}.")
    day = found.watched_on
    if day is None or precision == Precision.UNKNOWN:
        return UNKNOWN
    if precision in (Precision.MONTH, Precision.YEAR):
        day = day.replace(day=1)
    if precision == Precision.YEAR:
        day = day.replace(month=1)
    return _on(day, precision)


def _on(day: date, precision: str) -> Moment:
    return Moment(datetime.combine(day, _NOON), day, precision)


def _date(text: str) -> Moment | None:
    parts = _DATE.fullmatch(text)
    if parts is None:
        return None
    year, month, day = (int(part) if part else None for part in parts.groups())
    try:
        found = date(year or 0, month or 1, day or 1)
    except ValueError:
        raise ValueError(f"There is no such day: use {FORMS}.") from None
    return _on(found, Precision.DAY if day else Precision.MONTH if month else Precision.YEAR)


def _time(text: str, zone: tzinfo) -> Moment:
    try:
        found = parse_time(text, zone=zone)
        # `Z` and `+00:00` are the same time, and neither says where the viewer was.
        day = (found if found.utcoffset() else found.astimezone(zone)).date()
    except (ValueError, OverflowError):
        raise ValueError(f"This is not a time: use {FORMS}.") from None
    return Moment(found.astimezone(UTC), day, Precision.EXACT)
