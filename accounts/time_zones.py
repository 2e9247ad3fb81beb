"""The time zones that a preference may name."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

# What a system's database of zones holds besides zones: how this machine is set, and leap seconds.
_NO_ZONES = {"localtime", "posixrules", "Factory"}


@cache
def time_zones() -> frozenset[str]:
    """Every IANA name that this machine knows, `UTC` at least."""
    return frozenset({"UTC"} | {name for name in available_timezones() if name not in _NO_ZONES})
