"""Codes that preferences are made of: time zones, languages and countries that there are."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

import pycountry

# What a system's database of zones holds besides zones: how this machine is set, and leap seconds.
_NO_ZONES = {"localtime", "posixrules", "Factory"}
_NOT_IN_ISO = {"XK"}  # Kosovo's, which everybody uses


@cache
def time_zones() -> frozenset[str]:
    """Every IANA name that this machine knows, `UTC` at least."""
    return frozenset({"UTC"} | {name for name in available_timezones() if name not in _NO_ZONES})


@cache
def languages() -> frozenset[str]:
    """ISO 639: two letters where there are two, else three."""
    return frozenset(getattr(language, "alpha_2", language.alpha_3) for language in pycountry.languages)


@cache
def countries() -> frozenset[str]:
    """ISO 3166-1, two capitals."""
    return frozenset({country.alpha_2 for country in pycountry.countries} | _NOT_IN_ISO)
