"""Countries: their names and their codes, ISO 3166-1 alpha-2.

Those that are gone keep the former alpha-2 of ISO 3166-3.

West Germany was `DE` before 1990 as it is now; East Germany was `DD`, the Soviet Union `SU`.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from types import MappingProxyType

import pycountry

# Two states shared a code one after the other (CS: Czechoslovakia, then Serbia and Montenegro), and other former codes
# belong to somebody else today (SK was Sikkim): only those that film lists name, and that nobody holds now, are known.
_GONE = MappingProxyType(
    {
        "AN": "Netherlands Antilles",
        "CS": "Czechoslovakia",
        "DD": "East Germany",
        "SU": "Soviet Union",
        "YU": "Yugoslavia",
        "YD": "South Yemen",
        "ZR": "Zaire",
    }
)
# What film lists call them, and ISO does not.
_ALIASES = MappingProxyType(
    {
        "burma": "MM",
        "cape verde": "CV",
        "congo-brazzaville": "CG",
        "congo-kinshasa": "CD",
        "cote d'ivoire": "CI",
        "czech republic": "CZ",
        "democratic republic of the congo": "CD",
        "el": "GR",  # the European Union's code
        "england": "GB",
        "federal republic of germany": "DE",
        "german democratic republic": "DD",
        "great britain": "GB",
        "holland": "NL",
        "hong kong": "HK",
        "ivory coast": "CI",
        "kosovo": "XK",
        "macau": "MO",
        "macedonia": "MK",
        "northern ireland": "GB",
        "palestine": "PS",
        "palestinian territories": "PS",
        "republic of china": "TW",
        "republic of ireland": "IE",
        "russia": "RU",
        "scotland": "GB",
        "serbia and montenegro": "CS",
        "soviet russia": "SU",
        "swaziland": "SZ",
        "the bahamas": "BS",
        "the netherlands": "NL",
        "the philippines": "PH",
        "turkey": "TR",
        "u.s.": "US",
        "uk": "GB",
        "united states of america": "US",
        "usa": "US",
        "ussr": "SU",
        "vatican": "VA",
        "wales": "GB",
        "west germany": "DE",
    }
)


@cache
def _names() -> dict[str, str]:
    """Code to English name."""
    names = {country.alpha_2: getattr(country, "common_name", country.name) for country in pycountry.countries}
    return {**names, "TR": "Turkey", "RU": "Russia", "PS": "Palestine", "XK": "Kosovo", **_GONE}


@cache
def _codes() -> dict[str, str]:
    """Case-folded name to code."""
    codes: dict[str, str] = {}
    for country in pycountry.countries:
        for kind in ("alpha_3", "name", "official_name", "common_name"):
            if name := getattr(country, kind, None):
                codes[name.casefold()] = country.alpha_2
    return {**codes, **{name.casefold(): code for code, name in _GONE.items()}, **_ALIASES}


def is_country(code: str) -> bool:
    """Whether this is a country's code, in capitals."""
    return code in _names()


def country_name(code: str) -> str:
    """The English name of a code; the code itself when there is none."""
    return _names().get(code, code)


def country_code(name: str) -> str | None:
    """The alpha-2 code of a country by any of its names or codes in any case (`UK`, `gbr`, `England`), or None."""
    name = name.strip()
    return _codes().get(name.casefold()) or (name.upper() if is_country(name.upper()) else None)


def unknown_country(name: str) -> str:
    """The message for a country that `country_code` does not know. It suggests the nearest one, by name or by code."""
    names = {**_codes(), **{code.casefold(): code for code in _names()}}
    near = get_close_matches(name.strip().casefold()[:100], names, n=1, cutoff=0.5)
    hint = (
        f"Did you mean {names[near[0]]} ({country_name(names[near[0]])})?" if near else "Use one such as FR or France."
    )
    return f"{name[:60]!r} is not an ISO 3166-1 code or the English name of a country. {hint}"
