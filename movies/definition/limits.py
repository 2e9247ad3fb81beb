"""How long, how large and how many each fact of the catalogue may be.

`LIMITS` is the one table. Columns, constraints, API serializers, admin forms, importers and the ranges of filters take
their limits from it, and a test walks all of them through every entry (`movies/tests/test_definition_limits.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import CheckConstraint, F, Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

# A release date further from the year than this contradicts it.
MOST_YEARS_APART: Final = 5
# Of the award, its category and the names together, in UTF-8: PostgreSQL refuses index entries beyond 2,704 bytes.
NOMINATION_BYTES: Final = 2_200

IMDB_ID: Final = r"tt[0-9]{7,10}"
IMDB_ID_WORDS: Final = "Use tt and seven to ten digits, such as tt0113277."
PERSON_IMDB_ID: Final = r"nm[0-9]{7,10}"
PERSON_IMDB_ID_WORDS: Final = "Use nm and seven to ten digits, such as nm0000199."
WIKIDATA_ID: Final = r"Q[1-9][0-9]{0,10}"
WIKIDATA_ID_WORDS: Final = "Use Q and digits, such as Q42198."


@dataclass(frozen=True, slots=True)
class Text:
    """A text of at most `most` characters."""

    most: int


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number from `least` to `most`, both included."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day from `least` to `most`, both included."""

    least: date
    most: date


@dataclass(frozen=True, slots=True)
class Many:
    """A list of at most `most` entries."""

    most: int


_YEARS = Number(1870, 2200)  # from before the first movie to after the last one that is announced
_DAYS = Day(date(1870, 1, 1), date(2200, 12, 31))
_EXTERNAL_NUMBER = Number(1, 2**31 - 1)

LIMITS: Final[Mapping[str, Text | Number | Day | Many]] = MappingProxyType({
    "movie.title": Text(500),
    "movie.original_title": Text(500),
    "movie.year": _YEARS,
    "movie.release_date": _DAYS,
    # Minutes. The longest movies that IMDb knows run for 51,420 (tt2659636) and 59,460.
    "movie.runtime": Number(1, 60_000),
    "movie.overview": Text(20_000),
    "movie.overview_source": Text(60),
    "movie.overview_license": Text(60),
    "movie.overview_url": Text(500),
    "movie.tagline": Text(500),
    "movie.tmdb_id": _EXTERNAL_NUMBER,
    "movie.wikipedia_page": Text(300),
    "movie.languages": Many(200),
    "movie.countries": Many(250),
    "movie.genres": Many(50),
    "movie.tags": Many(300),
    "movie.companies": Many(300),
    "movie.directors": Many(1000),
    "movie.cast": Many(1000),
    "movie.crew": Many(1000),
    "movie.credits": Many(3000),  # directors, cast and crew in one list
    "movie.alternative_titles": Many(1000),
    "movie.awards": Many(1000),
    "movie.release_dates": Many(1000),
    "movie.videos": Many(1000),
    "movie.state_reason": Text(300),
    "figures.known_raters": Number(0, 2**31 - 1),
    "figures.popularity_seed": Number(0, 100),  # not whole; grows by the logarithm
    "genre.name": Text(60),
    "tag.name": Text(80),
    "company.name": Text(200),
    "company.tmdb_id": _EXTERNAL_NUMBER,
    "collection.name": Text(200),
    "collection.tmdb_id": _EXTERNAL_NUMBER,
    "person.name": Text(300),
    "person.biography": Text(20_000),
    "person.born": Number(1, 2200),
    "person.died": Number(1, 2200),
    "person.tmdb_id": _EXTERNAL_NUMBER,
    "credit.character": Text(500),
    "credit.department": Text(60),
    "credit.job": Text(100),
    "credit.position": Number(0, 32_767),
    "alternative_title.title": Text(500),
    "alternative_title.kind": Text(60),
    "award.award": Text(100),
    "award.ceremony": Number(1, 9999),
    "award.category": Text(200),
    "award.people": Many(100),
    "award.person": Text(300),
    "release_date.date": _DAYS,
    "release_date.certification": Text(20),
    "release_date.note": Text(200),
    "video.key": Text(60),
    "video.name": Text(200),
    "suggestion.note": Text(1000),
    "suggestion.directors": Many(20),
})  # fmt: skip


_UNITS: Final = {"movie.runtime": " minutes"}
_LABELS: Final = {"tmdb_id": "TMDB id", "born": "year of birth", "died": "year of death"}


def longest(name: str) -> int:
    """How many characters this text may have."""
    found = LIMITS[name]
    assert isinstance(found, Text)  # noqa: S101  a wrong name is a mistake of ours
    return found.most


def number(name: str) -> Number:
    """From where to where this whole number may go."""
    found = LIMITS[name]
    assert isinstance(found, Number)  # noqa: S101  as above
    return found


def days(name: str) -> Day:
    """From when to when this day may be."""
    found = LIMITS[name]
    assert isinstance(found, Day)  # noqa: S101  as above
    return found


def most(name: str) -> int:
    """How many entries this list may have."""
    found = LIMITS[name]
    assert isinstance(found, Many)  # noqa: S101  as above
    return found.most


def validators(name: str) -> list[MinValueValidator | MaxValueValidator]:
    """The validators of a model field that holds this number or day: forms made of the model ask them."""
    found = LIMITS[name]
    if isinstance(found, Day):
        return [MinValueValidator(found.least), MaxValueValidator(found.most)]
    limits = number(name)
    return [MinValueValidator(limits.least), MaxValueValidator(limits.most)]


def held(name: str, constraint: str) -> CheckConstraint:
    """The constraint that holds a column, which may be null, to its limit, with words for whoever breaks it."""
    column, found = name.split(".")[1], LIMITS[name]
    label = _LABELS.get(column, column.replace("_", " "))
    condition: Q | LessThanOrEqual
    match found:
        case Number(least, most) | Day(least, most):
            condition = Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__gte": least, f"{column}__lte": most})
            words = f"The {label} must be between {_written(least)} and {_written(most)}{_UNITS.get(name, '')}."
        case Text(most):
            condition = LessThanOrEqual(Length(F(column)), most)
            words = f"The {label} may have at most {most:,} characters."
        case Many(most):
            condition = Q(**{f"{column}__len__lte": most})
            words = f"The {label} may have at most {most:,} entries."
    return CheckConstraint(condition=condition, name=constraint, violation_error_message=words)


def _written(value: int | date) -> str:
    return f"{value:,}" if isinstance(value, int) and value >= 10_000 else str(value)


def oversized_nomination(award: str, category: str, people: Sequence[str]) -> str | None:
    """The message for a nomination whose texts together are larger than an index entry may be, or None."""
    size = sum(len(text.encode()) for text in (award, category, *people))
    if size <= NOMINATION_BYTES:
        return None
    return f"A nomination has {size} bytes of text; at most {NOMINATION_BYTES} are taken: name fewer people."


def contradiction(year: int | None, released: date | None) -> str | None:
    """The message for a release date that contradicts the year, or None."""
    if year is None or released is None or abs(released.year - year) <= MOST_YEARS_APART:
        return None
    return f"{released} is more than {MOST_YEARS_APART} years from the year {year}: correct one of them."
