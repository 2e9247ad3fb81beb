"""What hangs on a film in TMDB's object of it: people, titles, release dates, videos, names.

Written for files that others made: an entry that cannot be taken is left out with a remark, one for each list, and the
film comes in without it. https://developer.themoviedb.org/reference/movie-details tells what the fields are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

from movies.definition.limits import Number, longest, number
from movies.importers import cleaning
from movies.importers.record import (
    CastMember,
    Clip,
    CrewMember,
    PersonRef,
    Pictures,
    Record,
    Refused,
    Release,
    TitleElsewhere,
)
from movies.models import Credit, ReleaseDate, Video
from watchly.common.countries import country_code
from watchly.common.languages import language_code

T = TypeVar("T")
Found = Mapping[str, Any]

_RELEASES: Final = {
    1: ReleaseDate.Kind.PREMIERE,
    2: ReleaseDate.Kind.LIMITED,
    3: ReleaseDate.Kind.THEATRICAL,
    4: ReleaseDate.Kind.DIGITAL,
    5: ReleaseDate.Kind.PHYSICAL,
    6: ReleaseDate.Kind.TV,
}
_VIDEOS: Final[dict[object, str]] = {
    "Trailer": Video.Kind.TRAILER,
    "Teaser": Video.Kind.TEASER,
    "Clip": Video.Kind.CLIP,
    "Featurette": Video.Kind.FEATURETTE,
    "Behind the Scenes": Video.Kind.BEHIND_THE_SCENES,
    "Bloopers": Video.Kind.BLOOPERS,
}
_SITES: Final[dict[object, str]] = {"YouTube": Video.Provider.YOUTUBE, "Vimeo": Video.Provider.VIMEO}
_VIDEO_KEY = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
# TMDB's own codes for what is gone, and for parts of what is.
_COUNTRIES: Final = {"XC": "CS", "XG": "DD", "XI": "GB"}


def picture_path(value: object) -> str | None:
    """The path of a picture that can be fetched; None for another kind of file."""
    if not isinstance(value, str) or len(value) > 100:
        return None
    name, _, suffix = value.removeprefix("/").partition(".")
    good = value.startswith("/") and name.replace("-", "").replace("_", "").isalnum() and name.isascii()
    return value if good and suffix in ("jpg", "jpeg", "png", "webp") else None


class Reading:
    """One film while it is read: what it cannot give is left out, with one remark for each field."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._remarked: set[str] = set()

    def left_out(self, field: str, detail: str) -> None:
        """Notes that something of this field was not taken."""
        if field not in self._remarked:
            self._remarked.add(field)
            self._record.remarks.append(("left_out", f"{detail} Left out."))

    def take(self, field: str, clean: Callable[[], T]) -> T | None:
        """What `clean` gives; None for what it refuses."""
        try:
            return clean()
        except Refused as refused:
            self.left_out(field, refused.detail)
            return None

    def text(self, value: object, field: str, longest: int) -> str | None:
        """One line of text."""
        return self.take(field, lambda: cleaning.text(value, field, longest))

    def number(self, value: object, field: str, limits: Number) -> int | None:
        """A whole number; 0 is how TMDB writes that nobody knows."""
        if value == 0:
            return None
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        return self.take(field, lambda: cleaning.integer(whole, field, limits))

    def inner(self, found: Found, field: str) -> Found:
        """An object inside the film's; empty where there is none."""
        value = found.get(field)
        if isinstance(value, dict):
            return value
        if value is not None and value != "":
            self.left_out(field, f"{field} is no object.")
        return {}

    def entries(self, value: object, field: str) -> Iterator[Found]:
        """The objects of a list, at most as many as a film may have."""
        if value is None or value == "":
            return
        if not isinstance(value, list):
            self.left_out(field, f"{field} is no list.")
            return
        if len(value) > cleaning.MOST_PARTS:
            self.left_out(field, f"{field} has {len(value)} entries: those after {cleaning.MOST_PARTS}.")
        for item in value[: cleaning.MOST_PARTS]:
            if isinstance(item, dict):
                yield item
            else:
                self.left_out(field, f"{field} holds something that is no object.")

    def listed(self, found: Found, field: str, name: str) -> Iterator[Found]:
        """The objects of an appended answer: `{"videos": {"results": [...]}}`, or the list itself."""
        value = found.get(field)
        return self.entries(value.get(name) if isinstance(value, dict) else value, field)

    def names(self, entries: Iterator[Found], field: str, longest: int) -> list[str]:
        """What these are called, each once, sorted."""
        found = {self.text(entry.get("name"), field, longest) for entry in entries}
        return sorted(name for name in found if name)

    def country(self, value: object, field: str) -> str | None:
        """A code of ISO 3166-1."""
        code = self.text(value, field, 20)
        found = country_code(_COUNTRIES.get(code.upper(), code)) if code else None
        if code and found is None:
            self.left_out(field, f"{field} holds {code!r}, which is no country's code.")
        return found

    def language(self, value: object, field: str) -> str | None:
        """A code of ISO 639."""
        given = self.text(value, field, 20)
        code = language_code(given) if given else None
        if given and code is None:
            self.left_out(field, f"{field} holds {given!r}, which is no language's code.")
        return code


def _person(reading: Reading, entry: Found, field: str) -> PersonRef | None:
    name = reading.text(entry.get("name"), field, longest("person.name"))
    tmdb_id = reading.number(entry.get("id"), field, number("person.tmdb_id"))
    return PersonRef(name, None, tmdb_id) if name else None


def cast(reading: Reading, entries: Iterator[Found]) -> list[CastMember]:
    """In billing order; somebody with two characters stands there twice."""
    found: dict[CastMember, None] = {}
    for entry in sorted(entries, key=_order):
        if person := _person(reading, entry, "cast"):
            character = reading.text(entry.get("character"), "cast", longest("credit.character"))
            found[CastMember(person.name, character, None, person.tmdb_id)] = None
    return list(found)


def _order(entry: Found) -> float:
    order = entry.get("order")
    # Not NaN, which JSON of Python's may hold and which no order knows.
    return order if isinstance(order, int | float) and order == order else cleaning.LARGEST_ID


def crew(reading: Reading, entries: Iterator[Found]) -> tuple[list[PersonRef], list[CrewMember]]:
    """Directors, and everybody else behind the camera, in the order of the file."""
    directors: dict[PersonRef, None] = {}
    others: dict[tuple[PersonRef, str], CrewMember] = {}
    for entry in entries:
        person, job = _person(reading, entry, "crew"), reading.text(entry.get("job"), "crew", longest("credit.job"))
        if person is None or job is None:
            continue
        if job == Credit.DIRECTOR:
            directors[person] = None
            continue
        department = reading.text(entry.get("department"), "crew", longest("credit.department"))
        others.setdefault((person, job), CrewMember(person.name, department, job, None, person.tmdb_id))
    return list(directors), list(others.values())


def titles(reading: Reading, entries: Iterator[Found]) -> list[TitleElsewhere]:
    """Titles elsewhere, each once a country."""
    found: dict[tuple[str, str | None], TitleElsewhere] = {}
    for entry in entries:
        title = reading.text(entry.get("title"), "alternative_titles", longest("alternative_title.title"))
        if title:
            country = reading.country(entry.get("iso_3166_1"), "alternative_titles")
            kind = reading.text(entry.get("type"), "alternative_titles", longest("alternative_title.kind"))
            found.setdefault((title, country), TitleElsewhere(title, country, None, kind))
    return sorted(found.values(), key=_nulls_first)


def releases(reading: Reading, entries: Iterator[Found]) -> list[Release]:
    """When it came out in each country."""
    field = "release_dates"
    found: dict[tuple[Any, ...], Release] = {}
    for place in entries:
        country = reading.country(place.get("iso_3166_1"), field)
        for entry in reading.entries(place.get("release_dates"), field) if country else ():
            released, number = entry.get("release_date"), entry.get("type")
            kind = _RELEASES.get(number) if isinstance(number, int) else None
            moment = released[:10] if isinstance(released, str) else released
            day = reading.take(field, lambda moment=moment: cleaning.day(moment, field))  # type: ignore[misc]
            if kind is None or day is None:
                reading.left_out(field, f"{field} holds a date without its day or of an unknown type.")
                continue
            certification = reading.text(entry.get("certification"), field, longest("release_date.certification"))
            note = reading.text(entry.get("note"), field, longest("release_date.note"))
            found.setdefault((country, kind, day, note), Release(country or "", kind, day, certification, note))
    return sorted(found.values(), key=_nulls_first)[: cleaning.MOST_PARTS]


def videos(reading: Reading, entries: Iterator[Found]) -> list[Clip]:
    """Trailers and clips of the two sites that are known; of other sites and kinds nothing is taken."""
    found: dict[tuple[str, str], Clip] = {}
    for entry in entries:
        site, kind = entry.get("site"), entry.get("type")
        provider = _SITES.get(site) if isinstance(site, str) else None
        shown = _VIDEOS.get(kind) if isinstance(kind, str) else None
        key = reading.text(entry.get("key"), "videos", longest("video.key"))
        if provider is None or shown is None or not key:
            continue
        if not _VIDEO_KEY.issuperset(key):
            reading.left_out("videos", f"{key!r} is no key of a video.")
            continue
        name = reading.text(entry.get("name"), "videos", longest("video.name"))
        language = reading.language(entry.get("iso_639_1"), "videos")
        found.setdefault((provider, key), Clip(provider, key, shown, name, entry.get("official") is True, language))
    return list(found.values())


def _nulls_first(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple((value is not None, value) for value in row)


def pictures(reading: Reading, found: Found) -> Pictures | None:
    """The poster and the backdrop: those that are shown there, else the first of those that were appended."""
    images = reading.inner(found, "images")
    poster, backdrop = (_picture(reading, found, images, kind) for kind in ("poster", "backdrop"))
    return Pictures(poster, backdrop) if poster or backdrop else None


def _picture(reading: Reading, found: Found, images: Found, kind: str) -> str | None:
    if shown := picture_path(found.get(f"{kind}_path")):
        return shown
    appended = (picture_path(entry.get("file_path")) for entry in reading.entries(images.get(f"{kind}s"), "images"))
    return next(filter(None, appended), None)
