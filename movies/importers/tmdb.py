"""TMDB: the object of a film as its API gives it, with whatever was appended, and its daily list of ids.

https://developer.themoviedb.org/docs/daily-id-exports and /reference/movie-details. What TMDB does not know is an empty
text, a zero or null there. A field that cannot be taken is left out with a remark; only a film without an id or a title
is refused. What is for adults alone is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from movies.definition.genres import word_for
from movies.definition.limits import longest, most, number
from movies.importers import cleaning, tmdb_parts
from movies.importers.jsonrows import parse
from movies.importers.record import Record, Refused, Unwanted
from movies.importers.tmdb_parts import Reading
from movies.importers.watchly import finish, titled
from movies.models import Movie

_STATUSES: Final[dict[str, str]] = {
    "rumored": Movie.ReleaseStatus.RUMOURED,
    "planned": Movie.ReleaseStatus.ANNOUNCED,
    "in production": Movie.ReleaseStatus.IN_PRODUCTION,
    "post production": Movie.ReleaseStatus.POST_PRODUCTION,
    "released": Movie.ReleaseStatus.RELEASED,
    "canceled": Movie.ReleaseStatus.CANCELLED,
}
# What a result of its search holds instead of names (/reference/genre-movie-list).
GENRES: Final[dict[object, str]] = {
    12: "Adventure", 14: "Fantasy", 16: "Animation", 18: "Drama", 27: "Horror", 28: "Action", 35: "Comedy",
    36: "History", 37: "Western", 53: "Thriller", 80: "Crime", 99: "Documentary", 878: "Science Fiction",
    9648: "Mystery", 10402: "Music", 10749: "Romance", 10751: "Family", 10752: "War", 10770: "TV Movie",
}  # fmt: skip
_LISTED: Final = frozenset({"adult", "id", "original_title", "popularity", "video"})
_OWN: Final = frozenset({"vote_average", "vote_count", "poster_path", "backdrop_path", "belongs_to_collection"})
_OWN_IN_TEXT = re.compile(r'"(?:vote_average|poster_path|backdrop_path|belongs_to_collection)"\s*:')


def is_movie(found: Mapping[str, object]) -> bool:
    """Whether an object is TMDB's of a film."""
    return "id" in found and ("title" in found or "original_title" in found) and not _OWN.isdisjoint(found)


def is_listed(found: Mapping[str, object]) -> bool:
    """Whether an object is a row of the daily list of ids."""
    return "id" in found and "original_title" in found and _LISTED.issuperset(found)


def begins_movie(text: str) -> bool:
    """Whether a text of which no object is whole begins with a film of TMDB: one with its credits may be long."""
    return _OWN_IN_TEXT.search(text) is not None


def clean(content: object, this_year: int) -> Record:
    """The record of one film. Raises Refused, and Unwanted for what is for adults alone."""
    return record_of(parse(content), this_year)


def clean_listed(content: object, this_year: int, *, stubs: bool = False) -> Record:
    """The record of a row of the daily list: of a film that is held, or (with `stubs`) of any.

    Raises Refused, and Unwanted for what is for adults alone or no film (`video`).
    """
    found = parse(content)
    record = Record()
    if found.get("adult") is True or found.get("video") is True:
        raise Unwanted
    record.tmdb_id = _id(found)
    original = titled(record, found.get("original_title"))
    record.original_title = original
    record.title = original if stubs else ""
    return record


def record_of(found: Mapping[str, Any], this_year: int) -> Record:
    """The record of one film, from its object. Raises Refused and Unwanted."""
    if found.get("adult") is True:
        raise Unwanted
    record = Record()
    reading = Reading(record)
    record.tmdb_id = _id(found)
    # Where there is no title in the language that was asked for, the original one stands.
    record.title = titled(record, _unless_blank(found.get("title")) or found.get("original_title"))
    record.original_title = reading.text(found.get("original_title"), "original_title", longest("movie.original_title"))
    record.original_language = reading.language(found.get("original_language"), "original_language")
    record.overview = reading.take("overview", lambda: cleaning.overview(found.get("overview"), "overview"))
    record.tagline = reading.text(found.get("tagline"), "tagline", longest("movie.tagline"))
    _translated(reading, found, record)
    record.release_date = reading.take("release_date", lambda: cleaning.day(found.get("release_date"), "release_date"))
    record.runtime = reading.number(found.get("runtime"), "runtime", number("movie.runtime"))
    record.known_raters = reading.number(found.get("vote_count"), "vote_count", number("figures.known_raters"))
    record.release_status = _status(reading, found.get("status"))
    _ids(reading, found, record)
    _names(reading, found, record)
    _parts(reading, found, record)
    return finish(record, this_year)


def _unless_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _id(found: Mapping[str, object]) -> int:
    found_id = cleaning.integer(found.get("id"), "id", number("movie.tmdb_id"))
    if found_id is None:
        raise Refused("missing", "The film has no id.")
    return found_id


def _status(reading: Reading, value: object) -> str | None:
    status = reading.text(value, "status", 60)
    found = _STATUSES.get(status.casefold()) if status else None
    if status and found is None:
        reading.left_out("status", f"status is {status!r}, which is none of TMDB's.")
    return found


def _translated(reading: Reading, found: Mapping[str, Any], record: Record) -> None:
    """Words that are empty in the language that was asked for: the original ones, else English ones."""
    if record.overview and record.tagline:
        return
    texts: dict[object, Mapping[str, Any]] = {}
    for entry in reading.listed(found, "translations", "translations"):
        data, language = entry.get("data"), entry.get("iso_639_1")
        if isinstance(data, dict) and isinstance(language, str):
            texts.setdefault(language, data)
    for language in (found.get("original_language"), "en"):
        data = texts.get(language, {}) if isinstance(language, str) else {}
        overview, tagline = data.get("overview"), data.get("tagline")
        record.overview = record.overview or reading.take(
            "overview",
            lambda overview=overview: cleaning.overview(overview, "overview"),  # type: ignore[misc]
        )
        record.tagline = record.tagline or reading.text(tagline, "tagline", longest("movie.tagline"))


def _ids(reading: Reading, found: Mapping[str, Any], record: Record) -> None:
    elsewhere = reading.inner(found, "external_ids")
    imdb_id = _unless_blank(found.get("imdb_id")) or _unless_blank(elsewhere.get("imdb_id"))
    record.imdb_id = reading.take("imdb_id", lambda: cleaning.imdb_id(imdb_id, "imdb_id"))
    wikidata_id = _unless_blank(elsewhere.get("wikidata_id"))
    record.wikidata_id = reading.take("wikidata_id", lambda: cleaning.wikidata_id(wikidata_id, "wikidata_id"))


def _names(reading: Reading, found: Mapping[str, Any], record: Record) -> None:
    genres = set(reading.names(reading.entries(found.get("genres"), "genres"), "genres", longest("genre.name")))
    numbers = found.get("genre_ids")
    if isinstance(numbers, list):
        genres |= {GENRES[each] for each in numbers if isinstance(each, int) and each in GENRES}
    record.genres = sorted({word_for(name) for name in genres})[: most("movie.genres")]
    record.tags = reading.names(reading.listed(found, "keywords", "keywords"), "keywords", longest("tag.name"))[
        : most("movie.tags")
    ]
    companies = reading.entries(found.get("production_companies"), "production_companies")
    record.companies = reading.names(companies, "production_companies", longest("company.name"))[
        : most("movie.companies")
    ]
    belongs = reading.inner(found, "belongs_to_collection")
    record.collection = reading.text(belongs.get("name"), "belongs_to_collection", longest("collection.name"))
    places = reading.entries(found.get("production_countries"), "production_countries")
    countries = [reading.country(entry.get("iso_3166_1"), "production_countries") for entry in places]
    record.countries = list(dict.fromkeys(code for code in countries if code))[: most("movie.countries")]
    spoken = reading.entries(found.get("spoken_languages"), "spoken_languages")
    languages = [reading.language(entry.get("iso_639_1"), "spoken_languages") for entry in spoken]
    record.languages = list(dict.fromkeys(code for code in languages if code))[: most("movie.languages")]


def _parts(reading: Reading, found: Mapping[str, Any], record: Record) -> None:
    credited = reading.inner(found, "credits")
    record.cast = tmdb_parts.cast(reading, reading.entries(credited.get("cast"), "cast"))
    record.directors, record.crew = tmdb_parts.crew(reading, reading.entries(credited.get("crew"), "crew"))
    record.alternative_titles = tmdb_parts.titles(reading, reading.listed(found, "alternative_titles", "titles"))
    record.release_dates = tmdb_parts.releases(reading, reading.listed(found, "release_dates", "results"))
    record.videos = tmdb_parts.videos(reading, reading.listed(found, "videos", "results"))
    record.pictures = tmdb_parts.pictures(reading, found)
