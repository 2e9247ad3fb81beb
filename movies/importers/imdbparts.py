"""Who did what and what a film is called elsewhere: rows of IMDb's title.principals, title.crew and title.akas.

People stand there by id alone: the parts made here have no name yet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from movies.definition.limits import PERSON_IMDB_ID, longest
from movies.importers import cleaning
from movies.importers.record import CastMember, CrewMember, PersonRef, Record, Refused, TitleElsewhere
from watchly.common.countries import is_country
from watchly.common.languages import language_code

T = TypeVar("T")
_NAME_ID = re.compile(PERSON_IMDB_ID).fullmatch
_CAST: Final = frozenset(("actor", "actress", "self", "archive_footage", "archive_sound"))
# IMDb's categories by the words of TMDB, so that a part which both know is one: category to department and job.
_JOBS: Final = {
    "writer": ("Writing", "Writer"),
    "producer": ("Production", "Producer"),
    "composer": ("Sound", "Original Music Composer"),
    "cinematographer": ("Camera", "Director of Photography"),
    "editor": ("Editing", "Editor"),
    "production_designer": ("Art", "Production Design"),
    "casting_director": ("Production", "Casting"),
}
# The column `job` is free text; of a producer it says what kind.
_PRODUCERS: Final = {
    "executive producer": "Executive Producer",
    "co-executive producer": "Co-Executive Producer",
    "associate producer": "Associate Producer",
    "co-producer": "Co-Producer",
    "line producer": "Line Producer",
}
# ISO 3166-3 and IMDb's own codes of states that are gone.
_REGIONS: Final = {
    "SUHH": "SU", "DDDE": "DD", "YUCS": "YU", "CSHH": "CS", "CSXX": "CS", "XYU": "YU", "ZRCD": "ZR", "YDYE": "YD",
    "ANHH": "AN", "BUMM": "MM", "XKV": "XK",
}  # fmt: skip
_KINDS: Final = {
    "working": "working title",
    "festival": "festival title",
    "dvd": "DVD title",
    "tv": "TV title",
    "video": "video title",
    "alternative": "alternative title",
}
_LAST = 1 << 31
_LONGEST_KIND: Final = longest("alternative_title.kind")


@dataclass(slots=True)
class Parts:
    """The parts in one film by the order that the rows give them, not by that of the rows."""

    directors: list[tuple[int, PersonRef]] = field(default_factory=list)
    cast: list[tuple[int, CastMember]] = field(default_factory=list)
    crew: list[tuple[int, CrewMember]] = field(default_factory=list)


def add_crew(parts: Parts, columns: Mapping[str, int], cells: Sequence[str]) -> None:
    """A row of title.crew: ids of directors and writers, joined by commas. Raises Refused."""
    directors, writers = (_people(columns, cells, name) for name in ("directors", "writers"))
    parts.directors[:0] = [(-1, PersonRef("", person)) for person in directors]
    parts.crew[:0] = [(-1, CrewMember("", "Writing", "Writer", person)) for person in writers]


def _people(columns: Mapping[str, int], cells: Sequence[str], name: str) -> list[str]:
    cell = cells[columns[name]] if name in columns else ""
    if cell in ("", "\\N"):
        return []
    people = [_person(part.strip()) for part in cell.split(",") if part.strip()]
    if len(people) > cleaning.MOST_PARTS:
        raise Refused("too_many", f"{name} has {len(people)} entries; at most {cleaning.MOST_PARTS} are taken.")
    return people


def _person(cell: str) -> str:
    if _NAME_ID(cell) is None:
        raise Refused("bad_id", f"{cell[:40]!r} is no id of a person: use nm and seven to ten digits.")
    return cell


def add_principal(parts: Parts, columns: Mapping[str, int], cells: Sequence[str]) -> None:
    """A row of title.principals: one person's part. Raises Refused."""
    person = _person(cells[columns["person"]].strip())
    category = cells[columns["category"]].strip()
    order = _order(cells[columns["ordering"]]) if "ordering" in columns else 0
    if category in _CAST:
        characters = _characters(cells[columns["characters"]] if "characters" in columns else "")
        parts.cast += [(order, CastMember("", character, person)) for character in characters]
    elif category == "director":
        parts.directors.append((order, PersonRef("", person)))
    elif known := _JOBS.get(category):
        department, job = known
        if category == "producer" and "job" in columns:
            job = _PRODUCERS.get(cells[columns["job"]].strip().lower(), job)
        parts.crew.append((order, CrewMember("", department, job, person)))
    else:
        named = (
            cleaning.text(category.replace("_", " "), "category", longest("credit.job")) if category != "\\N" else None
        )
        if named is None:
            raise Refused("missing", "The row does not say what the person did: category is empty.")
        parts.crew.append((order, CrewMember("", None, named.capitalize(), person)))


def _order(cell: str) -> int:
    cell = cell.strip().removesuffix(".0")
    return int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 10 else _LAST


def _characters(cell: str) -> list[str | None]:
    """The characters: a JSON array of texts. What is no array is one character as it stands."""
    cell = cell.strip()
    if cell in ("", "\\N"):
        return [None]
    if cell.startswith('["') and cell.endswith('"]') and cell.count('"') == 2 and "\\" not in cell:
        found: object = [cell[2:-2]]
    elif cell.startswith("["):
        try:
            found = json.loads(cell)
        except (ValueError, RecursionError) as error:
            raise Refused("not_json", 'characters is no JSON array of texts, such as ["Hanna"].') from error
    else:
        found = [cell]
    return list(cleaning.texts(found, "characters", longest("credit.character"))) or [None]


def fill_parts(record: Record, parts: Parts) -> None:
    """Writes the parts into the record: each once, in billing order, as many as a film may have."""
    if parts.directors:
        record.directors = list(dict.fromkeys(_sorted(parts.directors)))[: cleaning.MOST_PARTS]
    if parts.cast:
        cast = dict.fromkeys(_sorted(parts.cast))
        # Somebody who stands there with and without a character has that one.
        named = {member.imdb_id for member in cast if member.character is not None}
        found = [member for member in cast if member.character is not None or member.imdb_id not in named]
        record.cast = found[: cleaning.MOST_PARTS]
    if parts.crew:
        crew: dict[tuple[str | None, str], CrewMember] = {}
        for member in _sorted(parts.crew):
            crew.setdefault((member.imdb_id, member.job), member)
        record.crew = list(crew.values())[: cleaning.MOST_PARTS]
    if record.alternative_titles:
        titles = {title[:3]: title for title in reversed(record.alternative_titles)}
        ordered = sorted(titles.values(), key=lambda title: tuple((part is not None, part) for part in title))
        record.alternative_titles = ordered[: cleaning.MOST_PARTS]


def _sorted(parts: list[tuple[int, T]]) -> list[T]:
    return [part for _, part in sorted(parts, key=lambda part: part[0])]


def add_alternative(record: Record, columns: Mapping[str, int], cells: Sequence[str]) -> None:
    """A row of title.akas: a title by country and language, or the original one. Raises Refused.

    A region or language that has no ISO code (`XWW`, the whole world) says nothing of country or language.
    """

    def cell(name: str) -> str:
        found = cells[columns[name]].strip() if name in columns else ""
        return "" if found == "\\N" else found

    title = cleaning.text(cell("title"), "title", longest("alternative_title.title"))
    if title is None:
        raise Refused("missing", "The row has no title.")
    region, language = cell("region").upper(), cell("language").lower()
    types = cell("types").replace("\x02", ",").split(",")
    if (cell("original").removesuffix(".0").lower() in ("1", "true") or "original" in types) and not region:
        record.original_title = record.original_title or title
        return
    region = _REGIONS.get(region, region)
    said = cleaning.text(cell("attributes").replace("\x02", ", ")[:_LONGEST_KIND], "attributes", _LONGEST_KIND)
    kind = said or next((_KINDS[name] for name in types if name in _KINDS), None)
    country = region if is_country(region) else None
    record.alternative_titles.append(TitleElsewhere(title, country, language_code(language), kind))
