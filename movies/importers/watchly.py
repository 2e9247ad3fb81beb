"""Watchly's own formats: the object of NDJSON and JSON, and the flat row of CSV (`docs/formats.md`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, Final

from movies.definition.limits import contradiction, longest, most, number, oversized_nomination
from movies.importers import cleaning
from movies.importers.csvrows import Cells
from movies.importers.jsonrows import parse
from movies.importers.record import (
    CastMember,
    Clip,
    CrewMember,
    Nomination,
    PersonRef,
    Record,
    Refused,
    Release,
    TitleElsewhere,
)
from movies.models import Credit, Movie, ReleaseDate, Video
from movies.video_addresses import is_key, video_of

# A title longer than this sorts and matches by its beginning.
SORTED_BY = 200
_SLUG = re.compile(r"[A-Za-z0-9_-]+")
_DECIMAL = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")

_PARTS = (PersonRef, CastMember, CrewMember, TitleElsewhere, Nomination, Release, Clip)
_KNOWN_PARTS: dict[tuple[str, ...], frozenset[str]] = {part._fields: frozenset(part._fields) for part in _PARTS}


def _part(value: Any, name: str, fields: tuple[str, ...], required: tuple[str, ...]) -> Mapping[str, Any]:
    """An object inside a list, with known fields and the required ones."""
    if not isinstance(value, dict):
        raise Refused("not_an_object", f"{name} holds something that is no object: give {{{', '.join(fields)}}}.")
    if not value.keys() <= _KNOWN_PARTS[fields]:
        _check_fields(value, fields, f"{name}: ")
    for field in required:
        if value.get(field) in (None, ""):
            raise Refused("missing", f"An entry of {name} has no {field}.")
    return value


def _check_fields(value: Mapping[str, Any], known: tuple[str, ...], where: str = "") -> None:
    for field in value:
        if field not in known:
            near = get_close_matches(field, known, 1, 0.6)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}."
            raise Refused("unknown_field", f"{where}there is no field {field[:60]!r}: {hint}")


def _sorted_names(noun: str, relation: str) -> Callable[[object, str], list[str]]:
    length, limit = longest(noun), most(relation)
    return lambda value, name: sorted(cleaning.texts(value, name, length, limit))


def _text_of(noun: str) -> Callable[[object, str], str | None]:
    length = longest(noun)
    return lambda value, name: cleaning.text(value, name, length)


def _number_of(noun: str) -> Callable[[object, str], int | None]:
    limits = number(noun)
    return lambda value, name: cleaning.integer(value, name, limits)


_person_name = _text_of("person.name")
_person_number = _number_of("person.tmdb_id")
_character = _text_of("credit.character")
_department = _text_of("credit.department")
_job = _text_of("credit.job")


def _nominated(value: object, name: str) -> list[str]:
    return cleaning.texts(value, name, longest("award.person"), most("award.people"))


def _ids(item: Mapping[str, Any], name: str) -> tuple[str | None, int | None]:
    """By what somebody is known elsewhere."""
    if "imdb_id" not in item and "tmdb_id" not in item:
        return None, None
    return (
        cleaning.person_imdb_id(item.get("imdb_id"), f"{name}.imdb_id"),
        _person_number(item.get("tmdb_id"), f"{name}.tmdb_id"),
    )


def _directors(value: object, name: str) -> list[PersonRef]:
    found: dict[PersonRef, None] = {}
    for item in cleaning.items(value, name):
        if isinstance(item, dict):
            item = _part(item, name, PersonRef._fields, ("name",))
            person, ids = _person_name(item["name"], name), _ids(item, name)
        else:
            person, ids = _person_name(item, name), (None, None)
        if person:
            found[PersonRef(person, *ids)] = None
    return list(found)


def _cast(value: object, name: str) -> list[CastMember]:
    found: dict[CastMember, None] = {}
    for item in cleaning.items(value, name):
        if isinstance(item, str):
            member = CastMember(_person_name(item, name) or "")
        else:
            item = _part(item, name, CastMember._fields, ("name",))
            person = _person_name(item["name"], name) or ""
            member = CastMember(person, _character(item.get("character"), f"{name}.character"), *_ids(item, name))
        if member.name:
            found[member] = None
    return list(found)


def _crew(value: object, name: str) -> list[CrewMember]:
    found: dict[tuple[PersonRef, str], CrewMember] = {}
    for item in cleaning.items(value, name):
        item = _part(item, name, CrewMember._fields, ("name", "job"))
        person, job = _person_name(item["name"], name), _job(item["job"], f"{name}.job")
        if person and job:
            if job == Credit.DIRECTOR:
                raise Refused("director", "Directors stand in `directors`, not in `crew`.")
            department = _department(item.get("department"), f"{name}.department")
            member = CrewMember(person, department, job, *_ids(item, name))
            found.setdefault((member.ref, job), member)
    return list(found.values())


def _titles(value: object, name: str) -> list[TitleElsewhere]:
    found: dict[tuple[str | None, ...], TitleElsewhere] = {}
    for item in cleaning.items(value, name):
        item = _part(item, name, TitleElsewhere._fields, ("title",))
        title = cleaning.text(item["title"], name, longest("alternative_title.title"))
        if title:
            country = cleaning.country(item.get("country"), f"{name}.country")
            language = cleaning.language(item.get("language"), f"{name}.language")
            kind = cleaning.text(item.get("kind"), f"{name}.kind", longest("alternative_title.kind"))
            found.setdefault((title, country, language), TitleElsewhere(title, country, language, kind))
    return sorted(found.values(), key=_nulls_first)


def _awards(value: object, name: str) -> list[Nomination]:
    found: dict[tuple[Any, ...], Nomination] = {}
    for item in cleaning.items(value, name):
        item = _part(item, name, Nomination._fields, ("award", "category"))
        award, category = (
            cleaning.text(item["award"], name, longest("award.award")),
            cleaning.text(item["category"], f"{name}.category", longest("award.category")),
        )
        if award and category:
            ceremony = cleaning.integer(item.get("ceremony"), f"{name}.ceremony", number("award.ceremony"))
            people = tuple(_nominated(item.get("people"), f"{name}.people"))
            won = cleaning.flag(item.get("won"), f"{name}.won")
            if told := oversized_nomination(award, category, people):
                raise Refused("too_long", f"{name}: {told}")
            found.setdefault((award, ceremony, category, people), Nomination(award, ceremony, category, won, people))
    return sorted(found.values(), key=_nulls_first)


def _releases(value: object, name: str) -> list[Release]:
    found: dict[tuple[Any, ...], Release] = {}
    for item in cleaning.items(value, name):
        item = _part(item, name, Release._fields, ("country", "kind", "date"))
        country = cleaning.country(item["country"], f"{name}.country")
        kind = cleaning.choice(item["kind"], f"{name}.kind", ReleaseDate.Kind.values)
        day = cleaning.day(item["date"], f"{name}.date")
        if country and kind and day:
            note = cleaning.text(item.get("note"), f"{name}.note", longest("release_date.note"))
            rating = item.get("certification")
            certification = cleaning.text(rating, f"{name}.certification", longest("release_date.certification"))
            found.setdefault((country, kind, day, note), Release(country, kind, day, certification, note))
    return sorted(found.values(), key=_nulls_first)


def _videos(value: object, name: str) -> list[Clip]:
    found: dict[tuple[str, str], Clip] = {}
    for item in cleaning.items(value, name):
        item = _part(item, name, Clip._fields, ("provider", "key"))
        provider = cleaning.choice(item["provider"], f"{name}.provider", Video.Provider.values)
        key = cleaning.text(item["key"], f"{name}.key", 300)
        if key and not is_key(key) and (found_there := video_of(key)):
            provider, key = found_there
        if not provider or not key or not is_key(key):
            raise Refused("bad_id", f"{name}.key must be the provider's key of the video, or the address of its page.")
        clip = Clip(
            provider,
            key,
            cleaning.choice(item.get("kind"), f"{name}.kind", Video.Kind.values) or Video.Kind.TRAILER.value,
            cleaning.text(item.get("name"), f"{name}.name", longest("video.name")),
            cleaning.flag(item.get("official"), f"{name}.official"),
            cleaning.language(item.get("language"), f"{name}.language"),
        )
        found.setdefault((provider, key), clip)
    return list(found.values())


def _slug(value: object, name: str) -> str | None:
    found = cleaning.text(value, name, 140)
    if found is not None and not _SLUG.fullmatch(found):
        raise Refused("bad_id", f"{name} is {found[:60]!r}: use letters without accents, digits, _ and -.")
    return found


def _nulls_first(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple((value is not None, value) for value in row)


# How each field is cleaned. The order is that of the CSV's header; the last lines are not in it.
FIELDS: Final[dict[str, Callable[[Any, str], Any]]] = {
    "title": _text_of("movie.title"),
    "original_title": _text_of("movie.original_title"),
    "year": cleaning.year,
    "release_date": cleaning.day,
    "runtime": _number_of("movie.runtime"),
    "overview": cleaning.overview,
    "overview_source": _text_of("movie.overview_source"),
    "overview_license": _text_of("movie.overview_license"),
    "overview_url": cleaning.web_address,
    "tagline": _text_of("movie.tagline"),
    "original_language": cleaning.language,
    "languages": cleaning.languages,
    "countries": cleaning.countries,
    "release_status": lambda value, name: cleaning.choice(value, name, Movie.ReleaseStatus.values),
    "genres": _sorted_names("genre.name", "movie.genres"),
    "tags": _sorted_names("tag.name", "movie.tags"),
    "directors": _directors,
    "cast": _cast,
    "companies": _sorted_names("company.name", "movie.companies"),
    "collection": _text_of("collection.name"),
    "imdb_id": cleaning.imdb_id,
    "tmdb_id": _number_of("movie.tmdb_id"),
    "wikidata_id": cleaning.wikidata_id,
    "wikipedia_page": _text_of("movie.wikipedia_page"),
    "slug": _slug,
    "known_raters": _number_of("figures.known_raters"),
    "popularity_seed": lambda value, name: cleaning.decimal(value, name, number("figures.popularity_seed")),
    "crew": _crew,
    "alternative_titles": _titles,
    "awards": _awards,
    "release_dates": _releases,
    "videos": _videos,
}
KNOWN = tuple(FIELDS)
FLAT = KNOWN[: KNOWN.index("popularity_seed") + 1]
LISTS = frozenset({"languages", "countries", "genres", "tags", "directors", "cast", "companies"})
NUMBERS = frozenset({"year", "runtime", "tmdb_id", "known_raters"})
DECIMALS = frozenset({"popularity_seed"})


def titled(record: Record, title: object) -> str:
    """A title that may be a JSON number ("1917", "8.5"), with a remark. Raises Refused for none."""
    if isinstance(title, int | float) and not isinstance(title, bool):
        record.remarks.append(("title_was_number", "The title is a number in the file: taken as text."))
        title = str(title)
    found = cleaning.text(title, "title", longest("movie.title"))
    if not found:
        raise Refused("missing", "The film has no title.")
    if len(found) > SORTED_BY:
        detail = f"The title has {len(found)} characters: taken whole, sorted by the first {SORTED_BY}."
        record.remarks.append(("long_title", detail))
    return found


def finish(record: Record, this_year: int) -> Record:
    """What holds between the fields. Raises Refused when they contradict each other."""
    if not record.overview:
        record.overview_source = record.overview_license = record.overview_url = None
    if record.release_date:
        if record.year is None:
            record.year = record.release_date.year
        elif told := contradiction(record.year, record.release_date):
            raise Refused("contradiction", f"release_date {told}")
    if record.year and record.year > this_year + 10:
        record.remarks.append(("far_year", f"The year {record.year} is more than ten years ahead: taken as it stands."))
    return record


def clean_object(content: object, this_year: int) -> Record:
    """The record of one object. Raises Refused; a field that is not known names the nearest that is."""
    found = parse(content)
    record = Record()
    for field, value in found.items():
        cleaner = FIELDS.get(field)
        if cleaner is None:
            _check_fields(found, KNOWN)
        elif field != "title":
            setattr(record, field, cleaner(value, field))
    record.title = titled(record, found.get("title"))
    return finish(record, this_year)


def check_header(header: list[str]) -> None:
    """Refuses a CSV of which a column would be lost."""
    _check_fields(dict.fromkeys(header), FLAT)
    if len(set(header)) < len(header):
        raise Refused("repeated_column", "A column stands twice in the header.")
    if "title" not in header:
        raise Refused("missing", "The header has no column title.")


def clean_cells(content: object, this_year: int) -> Record:
    """The record of one CSV row. Raises Refused."""
    assert isinstance(content, Cells)  # noqa: S101  what `csvrows.read_rows` gives
    found: dict[str, object] = {}
    for field, cell in zip(content.header, content.cells, strict=True):
        if not cell or cell.isspace():
            continue
        if field in LISTS:
            found[field] = split_cell(cell)
        elif field in NUMBERS:
            found[field] = number_of(cell)
        elif field in DECIMALS:
            found[field] = decimal_of(cell)
        else:
            found[field] = cell
    return clean_object(found, this_year)


def number_of(cell: str) -> object:
    """A cell as the whole number that it holds; any other text as it is, to be refused by name."""
    stripped = cell.strip()
    return int(stripped) if stripped.isascii() and stripped.isdigit() and len(stripped) < 20 else cell


def decimal_of(cell: str) -> object:
    """A cell as the number that it holds; any other text as it is, to be refused by name."""
    stripped = cell.strip()
    return float(stripped) if _DECIMAL.fullmatch(stripped) else cell


def split_cell(cell: str) -> list[str]:
    r"""The entries of a list in one cell: joined with |, where a | or \ of their own has a \ before it."""
    if "\\" not in cell:
        return cell.split("|")
    parts, part, escaped = [], "", False
    for sign in cell:
        if escaped or sign not in "|\\":
            part, escaped = part + sign, False
        elif sign == "\\":
            escaped = True
        else:
            parts.append(part)
            part = ""
    return [*parts, part]


def join_cell(values: list[str]) -> str:
    """The counterpart of `split_cell`."""
    return "|".join(value.replace("\\", "\\\\").replace("|", "\\|") for value in values)
