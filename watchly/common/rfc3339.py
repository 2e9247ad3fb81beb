"""Times as RFC 3339 writes them, all of it: any case of `T` and `Z`, any number of fraction digits, leap seconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

# Seconds and the offset may be missing, which RFC 3339 does not allow and many clients send.
PATTERN = r"(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,30}))?)?([Zz]|[+-]\d{2}:?\d{2})?"
_TIME = re.compile(PATTERN, re.ASCII)


def parse_time(text: str, *, zone: tzinfo | None = None) -> datetime:
    """The time that a text names; one without an offset is in `zone`. Digits beyond microseconds are cut off.

    A leap second (23:59:60 in UTC) is the last microsecond before it, so that it stays on its day. Raises ValueError
    for what is not a time, and for one without an offset where there is no zone.
    """
    parts = _TIME.fullmatch(text.strip())
    if parts is None:
        raise ValueError(f"{text[:40]!r} is not a time of RFC 3339")
    year, month, day, hour, minute, second = (int(part or 0) for part in parts.groups()[:6])
    micro = int((parts[7] or "0")[:6].ljust(6, "0"))
    leap = second == 60
    offset = _offset(parts[8]) if parts[8] else zone
    if offset is None:
        raise ValueError("The time has no offset")
    found = datetime(year, month, day, hour, minute, 59 if leap else second, 999_999 if leap else micro, offset)
    try:
        in_utc = found.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text[:40]!r} is not a time of RFC 3339") from error
    if leap and (in_utc.hour, in_utc.minute) != (23, 59):
        raise ValueError("A leap second is at 23:59:60 in UTC")
    return found


def _offset(text: str) -> tzinfo:
    if text in "Zz":
        return UTC
    sign = -1 if text[0] == "-" else 1
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 23 or minutes > 59:
        raise ValueError(f"{text} is not an offset")
    return timezone(sign * timedelta(hours=hours, minutes=minutes))
