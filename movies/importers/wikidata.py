"""Rows of Wikidata's query service as objects of Watchly's own format (`movies.providers.wikidata.QUERY`)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from movies.definition.genres import STANDARD, word_for
from movies.definition.limits import IMDB_ID, number
from watchly.common.countries import is_country
from watchly.common.languages import language_code

_ITEM: Final = re.compile(r"https?://www\.wikidata\.org/entity/(Q[1-9][0-9]{0,10})")
_DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T.*")
# "drama film", "action movie"; and genres whose label says nothing but what they are.
_SUFFIX: Final = re.compile(r"\s+(?:films?|movies?|cinema)$", re.IGNORECASE)
_LABELS: Final = {
    "animated feature": "Animated",
    "biographical": "Biography",
    "children's": "Children",
    "comedy-drama": "Comedy|Drama",
    "comedy drama": "Comedy|Drama",
    "comedy horror": "Comedy|Horror",
    "crime thriller": "Crime|Thriller",
    "film noir": "Noir",
    "historical drama": "Historical|Drama",
    "monster": "Horror",
    "neo-noir": "Noir",
    "romantic comedy": "Romance|Comedy",
    "romantic drama": "Romance|Drama",
    "spy": "Spy",
}
_NO_LANGUAGE: Final = ("mul", "und", "zxx")  # several, unknown, none
# The popularity of a movie with one page in one Wikipedia is 0; with a hundred it is that of the best known.
_BY_SITELINKS: Final = 2.0


def document(row: Mapping[str, str]) -> dict[str, Any] | None:
    """The object of a row; what is not in a form that an import takes is left out. None for one without a title."""
    title = row.get("title") or row.get("original_title")
    item = _ITEM.fullmatch(row.get("film", ""))
    if not title or not item:
        return None
    language = language_code(row.get("original_language", ""))
    if language in _NO_LANGUAGE:
        language = None
    found = {
        "title": title,
        "wikidata_id": item[1],
        "original_title": row["original_title"] if row.get("original_title") not in (None, title) else None,
        "original_language": language,
        "release_date": _day(row.get("release_date", "")),
        "runtime": _whole(row.get("runtime", ""), "movie.runtime"),
        "imdb_id": row["imdb_id"] if re.fullmatch(IMDB_ID, row.get("imdb_id", "")) else None,
        "tmdb_id": _whole(row.get("tmdb_id", ""), "movie.tmdb_id"),
        "wikipedia_page": row.get("wikipedia_page"),
        "directors": _names(row.get("directors", "")),
        "countries": _names(row.get("countries", ""), is_country),
        "genres": _genres(row.get("genres", "")),
        "popularity_seed": _seed(row.get("sitelinks", "")),
    }
    return {name: value for name, value in found.items() if value}


def _day(text: str) -> str | None:
    found = _DAY.fullmatch(text)
    return found[1] if found else None


def _whole(text: str, limit: str) -> int | None:
    try:
        value = int(float(text))
    except (ValueError, OverflowError):
        return None
    limits = number(limit)
    return value if limits.least <= value <= limits.most else None


def _names(text: str, allowed: Callable[[str], bool] = bool) -> list[str]:
    return [name for name in dict.fromkeys(part.strip() for part in text.split("|")) if name and allowed(name)]


def _genres(text: str) -> list[str]:
    """Genres of the vocabulary by their labels in Wikidata; labels of others are left out."""
    words: list[str] = []
    for label in _names(text):
        bare = _SUFFIX.sub("", label)
        words += _LABELS.get(label.casefold(), _LABELS.get(bare.casefold(), bare)).split("|")
    return sorted({word_for(word) for word in words} & set(STANDARD))


def _seed(text: str) -> float | None:
    """What popularity starts from, by the number of Wikipedias and sister projects that have a page."""
    links = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return round(_BY_SITELINKS * math.log(links), 2) if links > 1 else None
