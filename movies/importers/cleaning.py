"""Cleaning of single values, shared by all formats: each function takes what a file held and gives what a column takes.

All are pure. What cannot be taken raises `Refused` with what would be right; an empty value is None.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from movies.importers.record import Refused

FIRST_YEAR, LAST_YEAR = 1870, 2200
LONGEST_RUNTIME = 60_000
LARGEST_ID = 2**31 - 1
MOST_PARTS = 1000  # of one kind on one film, as the API takes them
_OVERVIEW = 20_000
# What no text holds: halves of a surrogate pair, and control characters but the line feed.
_UNWRITABLE = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_IMDB = re.compile(r"tt[0-9]{7,10}")
_PERSON = re.compile(r"nm[0-9]{7,10}")
_WIKIDATA = re.compile(r"Q[1-9][0-9]{0,10}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@lru_cache(maxsize=1 << 16)
def _one_line(value: str) -> str:
    """NFC, one space between words, nothing that cannot be printed."""
    if not (value.isascii() and value.isprintable()):
        if _UNWRITABLE.search(value):
            raise Refused("broken_text", f"{value[:40]!r} holds half of a character: save the file as UTF-8.")
        value = _CONTROLS.sub(" ", unicodedata.normalize("NFC", value))
    return " ".join(value.split())


def _paragraphs(value: str) -> str:
    if _UNWRITABLE.search(value):
        raise Refused("broken_text", "The text holds half of a character: save the file as UTF-8.")
    value = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub(" ", value).strip()


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
    """Text of several paragraphs, at most 20,000 characters."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise Refused("not_text", f"{name} is {_kind(value)}: give a text.")
    tidy = _paragraphs(value)
    if len(tidy) > _OVERVIEW:
        raise Refused("too_long", f"{name} has {len(tidy)} characters; at most {_OVERVIEW} are taken.")
    return tidy or None


def integer(value: object, name: str, lowest: int, highest: int) -> int | None:
    """A whole number in a range."""
    if value is None or value == "":
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused("not_a_number", f"{name} is {_kind(value)}: give a whole number.")
    if not lowest <= value <= highest:
        raise Refused("out_of_range", f"{name} is {_brief(value)}: it lies between {lowest} and {highest}.")
    return value


def year(value: object, name: str) -> int | None:
    """A year from 1870, before which there was no film, to 2200, before which one announced so far will be shown."""
    return integer(value, name, FIRST_YEAR, LAST_YEAR)


def day(value: object, name: str) -> date | None:
    """A day as ISO 8601 writes it, 1999-03-31."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not _DATE.fullmatch(value.strip()):
        raise Refused("not_a_date", f"{name} is {_brief(value)}: give year-month-day, such as 1999-03-31.")
    try:
        parsed = date.fromisoformat(value.strip())
    except ValueError as error:
        raise Refused("not_a_date", f"{name} is {_brief(value)}: there is no such day.") from error
    if not FIRST_YEAR <= parsed.year <= LAST_YEAR:
        raise Refused("out_of_range", f"{name} is {parsed}: its year lies between {FIRST_YEAR} and {LAST_YEAR}.")
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


def items(value: object, name: str) -> Iterator[Any]:
    """What a list holds; absent is empty."""
    if value is None:
        return iter(())
    if not isinstance(value, list):
        raise Refused("not_a_list", f"{name} is {_kind(value)}: give a list.")
    if len(value) > MOST_PARTS:
        raise Refused("too_many", f"{name} has {len(value)} entries; at most {MOST_PARTS} are taken.")
    return iter(value)


def texts(value: object, name: str, longest: int) -> list[str]:
    """A list of texts, each once, empty ones left out, in their order."""
    if not value and (value is None or isinstance(value, list)):
        return []
    found = dict.fromkeys([text(item, name, longest) for item in items(value, name)])
    return [item for item in found if item]


def codes(value: object, name: str, known: Callable[[str], bool], meant: Callable[[str], str | None]) -> list[str]:
    """A list of ISO codes, each once, in their order; a name is answered with the code that it has."""
    if (
        isinstance(value, list)
        and len(value) <= MOST_PARTS
        and all(type(item) is str and known(item) for item in value)
    ):
        return list(dict.fromkeys(value))
    found = texts(value, name, 100)
    for item in found:
        check_code(item, name, known, meant)
    return found


def check_code(
    code: str | None, name: str, known: Callable[[str], bool], meant: Callable[[str], str | None]
) -> str | None:
    """Refuses what is no ISO code."""
    if code is None or known(code):
        return code
    right = meant(code)
    raise Refused(
        "unknown_code", f"{name} holds {_brief(code)}, which is no ISO code{f': use {right}' if right else ''}."
    )


def _kind(value: object) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object"}
    return names.get(type(value), "of another kind")


def _brief(value: object) -> str:
    shown = repr(value) if not isinstance(value, int) or abs(value) < 10**20 else "a very large number"
    return shown if len(shown) <= 60 else shown[:57] + "…"
