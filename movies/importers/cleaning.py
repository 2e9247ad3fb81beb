"""Cleaning of single values, shared by all formats: each function takes what a file held and gives what a column takes.

All are pure. What cannot be taken raises `Refused` with what would be right; an empty value is None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from movies.definition.limits import IMDB_ID, PERSON_IMDB_ID, WIKIDATA_ID, Number, days, longest, most, number
from movies.importers.record import Refused
from watchly.common.countries import country_code, is_country, unknown_country
from watchly.common.languages import is_language, language_code, unknown_language
from watchly.common.texts import one_line, paragraphs

LARGEST_ID = number("movie.tmdb_id").most
MOST_PARTS = most("movie.cast")  # of one kind on one movie
_LONGEST_NAME = 100  # of a country or a language
# Halves of a surrogate pair, which no text holds.
_UNWRITABLE = re.compile("[\ud800-\udfff]")
_IMDB = re.compile(IMDB_ID)
_PERSON = re.compile(PERSON_IMDB_ID)
_WIKIDATA = re.compile(WIKIDATA_ID)
_ADDRESS = re.compile(r"https?://[^\s/]+\.[^\s/]+(?:/\S*)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@lru_cache(maxsize=1 << 16)
def _one_line(value: str) -> str:
    if not value.isascii() and _UNWRITABLE.search(value):
        raise Refused("broken_text", f"{value[:40]!r} holds half of a character: save the file as UTF-8.")
    return one_line(value)


def _paragraphs(value: str) -> str:
    if _UNWRITABLE.search(value):
        raise Refused("broken_text", "The text holds half of a character: save the file as UTF-8.")
    return paragraphs(value)


def text(value: object, name: str, longest: int) -> str | None:
    """One line of text of at most `longest` characters."""
    # What nearly every value is comes first: this is called some twenty times per film.
    if type(value) is str and len(value) <= longest:
        tidy = _one_line(value)
        if len(tidy) <= longest:
            return tidy or None
    if value is None:
        return None
    if not isinstance(value, str):
        raise Refused("not_text", f"{name} is {_kind(value)}: give a text.")
    if len(value) > 4 * longest + 100:  # do not cache what is refused anyway
        raise Refused("too_long", f"{name} has {len(value)} characters; at most {longest} are taken.")
    tidy = _one_line(value)
    if len(tidy) > longest:
        raise Refused("too_long", f"{name} has {len(tidy)} characters; at most {longest} are taken.")
    return tidy or None


def overview(value: object, name: str) -> str | None:
    """Text of several paragraphs, within the limit of an overview."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise Refused("not_text", f"{name} is {_kind(value)}: give a text.")
    tidy, limit = _paragraphs(value), longest("movie.overview")
    if len(tidy) > limit:
        raise Refused("too_long", f"{name} has {len(tidy)} characters; at most {limit} are taken.")
    return tidy or None


def integer(value: object, name: str, limits: Number) -> int | None:
    """A whole number within its limits."""
    if value is None or value == "":
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused("not_a_number", f"{name} is {_kind(value)}: give a whole number.")
    if not limits.least <= value <= limits.most:
        raise Refused("out_of_range", f"{name} is {_brief(value)}: it must be from {limits.least} to {limits.most}.")
    return value


def decimal(value: object, name: str, limits: Number) -> float | None:
    """A number within its limits, whole or not."""
    if value is None or value == "":
        return None
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Refused("not_a_number", f"{name} is {_kind(value)}: give a number.")
    if not limits.least <= value <= limits.most:
        raise Refused("out_of_range", f"{name} is {_brief(value)}: it must be from {limits.least} to {limits.most}.")
    return float(value)


def web_address(value: object, name: str) -> str | None:
    """An address of the web, within the limit of an overview's page."""
    found = text(value, name, longest("movie.overview_url"))
    if found is not None and not _ADDRESS.fullmatch(found):
        raise Refused("bad_address", f"{name} is {_brief(found)}: give an address that starts with https://.")
    return found


def year(value: object, name: str) -> int | None:
    """The year of a movie."""
    return integer(value, name, number("movie.year"))


def day(value: object, name: str) -> date | None:
    """A day as ISO 8601 writes it, 1999-03-31, within the limits of a release date."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not _DATE.fullmatch(value.strip()):
        raise Refused("not_a_date", f"{name} is {_brief(value)}: give year-month-day, such as 1999-03-31.")
    try:
        parsed = date.fromisoformat(value.strip())
    except ValueError as error:
        raise Refused("not_a_date", f"{name} is {_brief(value)}: there is no such day.") from error
    limits = days("movie.release_date")
    if not limits.least <= parsed <= limits.most:
        raise Refused("out_of_range", f"{name} is {parsed}: it must be from {limits.least} to {limits.most}.")
    return parsed


def flag(value: object, name: str) -> bool:
    """True or false; absent is false."""
    if value is None:
        return False
    if not isinstance(value, bool):
        raise Refused("not_a_boolean", f"{name} is {_kind(value)}: give true or false.")
    return value


def choice(value: object, name: str, allowed: Iterable[str]) -> str | None:
    """One of a few words."""
    found = text(value, name, 60)
    if found is not None and found not in allowed:
        raise Refused("unknown_choice", f"{name} is {_brief(found)}: use one of {', '.join(allowed)}.")
    return found


def imdb_id(value: object, name: str) -> str | None:
    """`tt` and seven to ten digits."""
    return _matching(value, name, _IMDB, "tt and seven to ten digits, such as tt0113277")


def person_imdb_id(value: object, name: str) -> str | None:
    """`nm` and seven to ten digits."""
    return _matching(value, name, _PERSON, "nm and seven to ten digits, such as nm0000199")


def wikidata_id(value: object, name: str) -> str | None:
    """`Q` and digits."""
    return _matching(value, name, _WIKIDATA, "Q and digits, such as Q83495")


def _matching(value: object, name: str, form: re.Pattern[str], right: str) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Refused("bad_id", f"{name} is {_brief(value)}: use {right}.")
    return value


def items(value: object, name: str, limit: int = MOST_PARTS) -> Iterator[Any]:
    """What a list of at most `limit` entries holds; absent is empty."""
    if value is None:
        return iter(())
    if not isinstance(value, list):
        raise Refused("not_a_list", f"{name} is {_kind(value)}: give a list.")
    if len(value) > limit:
        raise Refused("too_many", f"{name} has {len(value)} entries; at most {limit} are taken.")
    return iter(value)


def texts(value: object, name: str, longest: int, limit: int = MOST_PARTS) -> list[str]:
    """A list of texts, each once, empty ones left out, in their order."""
    if not value and (value is None or isinstance(value, list)):
        return []
    found = dict.fromkeys([text(item, name, longest) for item in items(value, name, limit)])
    return [item for item in found if item]


def genres(value: object, name: str) -> list[str]:
    """A list of names of genres."""
    return texts(value, name, longest("genre.name"), most("movie.genres"))


def country(value: object, name: str) -> str | None:
    """The ISO 3166-1 code of a country, which may be named by another code or in English."""
    found = text(value, name, _LONGEST_NAME)
    return found if found is None or is_country(found) else _code(found, name, country_code, unknown_country)


def language(value: object, name: str) -> str | None:
    """The ISO 639 code of a language, which may be named by another code or in English."""
    found = text(value, name, _LONGEST_NAME)
    return found if found is None or is_language(found) else _code(found, name, language_code, unknown_language)


def countries(value: object, name: str) -> list[str]:
    """The codes of a list of countries, each once, in their order."""
    return _codes(value, name, country, most("movie.countries"))


def languages(value: object, name: str) -> list[str]:
    """The codes of a list of languages, each once, in their order."""
    return _codes(value, name, language, most("movie.languages"))


def _codes(value: object, name: str, clean: Callable[[object, str], str | None], limit: int) -> list[str]:
    if not value and (value is None or isinstance(value, list)):
        return []
    found = dict.fromkeys([clean(item, name) for item in items(value, name, limit)])
    return [code for code in found if code]


def _code(value: str, name: str, code_of: Callable[[str], str | None], unknown: Callable[[str], str]) -> str:
    if (code := code_of(value)) is None:
        raise Refused("unknown_code", f"{name}: {unknown(value)}")
    return code


def _kind(value: object) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object"}
    return names.get(type(value), "of another kind")


def _brief(value: object) -> str:
    shown = repr(value) if not isinstance(value, int) or abs(value) < 10**20 else "a very large number"
    return shown if len(shown) <= 60 else shown[:57] + "…"
