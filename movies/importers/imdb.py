"""IMDb's tables of titles and names (https://developer.imdb.com/non-commercial-datasets/), also re-exported as CSV.

Columns are known by several names, as people who publish the tables again call them otherwise. What several tables say
of a title becomes one record; the tables beside `title.basics` hold ids of people, whose names come from `name.basics`
or from the catalogue (`movies.importers.naming`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from movies.definition.genres import word_for
from movies.definition.limits import longest, number
from movies.importers import cleaning
from movies.importers.imdbparts import Parts, add_alternative, add_crew, add_principal, fill_parts
from movies.importers.joining import Joined
from movies.importers.record import Problem, Record, Refused, Unwanted
from movies.importers.sheets import Layout, places, plain
from movies.importers.watchly import finish, titled

# The kinds of titles, as IMDb calls them. By default those that are films, whoever showed them first.
TYPES: Final = (
    "movie", "short", "tvMovie", "tvShort", "video", "tvSpecial", "tvMiniSeries", "tvSeries", "tvEpisode", "tvPilot",
    "videoGame", "musicVideo",
)  # fmt: skip
DEFAULT_TYPES: Final = ("movie", "short", "tvMovie", "tvShort", "video")
_SPELLED: Final = {plain(name): name for name in TYPES}
_ADULT = frozenset(("1", "1.0", "true"))
_TITLE_ID = re.compile(r"tt[0-9]{7,10}").fullmatch
_NAME_ID = re.compile(r"nm[0-9]{7,10}").fullmatch
_YEAR = re.compile(r"([0-9]{1,4})(?:\.0|-.*)?")

# Table names, the most telling first: its row stands for the film in the report.
BASICS, NAMES = "basics", "names"
TABLES: Final = (BASICS, "ratings", "crew", "principals", "akas", NAMES)
# Those that hold one row per title.
SINGLE: Final = frozenset((BASICS, "ratings", "crew"))
_TITLE = {"tconst": "id", "titleid": "id", "imdbtitleid": "id"}
_VOTES = {"numvotes": "votes", "totalvotes": "votes", "votes": "votes"}
_PERSON = {"nconst": "person", "imdbnameid": "person", "nameid": "person"}
_BASICS = {
    **_TITLE,
    **_VOTES,
    "titletype": "type",
    "primarytitle": "title",
    "title": "title",
    "originaltitle": "original",
    "isadult": "adult",
    "startyear": "year",
    "year": "year",
    "runtimeminutes": "runtime",
    "runtime": "runtime",
    "duration": "runtime",
    "genres": "genres",
    "genre": "genres",
}
_ALIASES: Final[dict[str, dict[str, str]]] = {
    BASICS: _BASICS,
    "ratings": {**_TITLE, **_VOTES},
    "crew": {**_TITLE, "directors": "directors", "writers": "writers"},
    "principals": {
        **_TITLE, **_PERSON, "ordering": "ordering", "category": "category", "job": "job", "characters": "characters",
    },
    "akas": {
        **_TITLE, "ordering": "ordering", "title": "title", "region": "region", "language": "language",
        "types": "types", "attributes": "attributes", "isoriginaltitle": "original",
    },
    NAMES: {
        **dict.fromkeys(_PERSON, "id"), "primaryname": "name", "name": "name", "birthyear": "born",
        "dateofbirth": "born", "deathyear": "died", "dateofdeath": "died",
    },
}  # fmt: skip
# Known and of no use here, or of the same use as another: no remark for these.
_PASSED_OVER = frozenset(
    ("endyear", "averagerating", "weightedaveragevote", "primaryprofession", "knownfortitles", "ordering")
)


class PersonFacts(NamedTuple):
    """What `name.basics` says of somebody."""

    imdb_id: str
    name: str
    born: int | None = None
    died: int | None = None


def layout(header: Sequence[str]) -> Layout | None:
    """Which of the tables a header belongs to. Raises Refused for a table of IMDb's that is not read."""
    names = {plain(cell) for cell in header}
    about_titles = not names.isdisjoint(_TITLE)
    if about_titles and "parenttconst" in names:
        raise Refused("not_films", "This is IMDb's title.episode, which holds episodes of series: films have none.")
    table = _table(names, about_titles)
    if table is None:
        return None
    columns, others = places(list(header), _ALIASES[table])
    return Layout(table, columns, tuple(name for name in others if plain(name) not in _PASSED_OVER))


def _table(names: set[str], about_titles: bool) -> str | None:
    if about_titles:
        if not names.isdisjoint(_PERSON):
            return "principals" if "category" in names else None
        if names & {"primarytitle", "title"}:
            return "akas" if names & {"region", "isoriginaltitle"} else BASICS
        if names & {"directors", "writers"}:
            return "crew"
        return "ratings" if not names.isdisjoint(_VOTES) else None
    return NAMES if not names.isdisjoint(_PERSON) and names & {"primaryname", "name"} else None


def key_of(table: str, cell: str) -> str | None:
    """The id in a cell, or None when it is none."""
    cell = cell.strip()
    return cell if (_NAME_ID if table == NAMES else _TITLE_ID)(cell) else None


def types_of(text: str) -> list[str]:
    """The kinds of titles that a comma-joined list names. Raises Refused for one that is none."""
    found = []
    for name in text.split(","):
        if name.strip():
            if plain(name) not in _SPELLED:
                raise Refused("unknown_choice", f"There is no kind of title {name.strip()[:40]!r}: {', '.join(TYPES)}.")
            found.append(_SPELLED[plain(name)])
    if not found:
        raise Refused("unknown_choice", f"Name at least one kind of title: {', '.join(TYPES)}.")
    return list(dict.fromkeys(found))


def cell_of(columns: Mapping[str, int], cells: Sequence[str], name: str) -> str | None:
    r"""What a cell holds; None for `\N`, for nothing, and where there is no such column."""
    place = columns.get(name)
    if place is None:
        return None
    cell = cells[place]
    return cell if cell and cell != "\\N" and not cell.isspace() else None


def whole(cell: str | None, name: str) -> int | None:
    """A whole number, also as a spreadsheet or pandas writes it: `1999.0`."""
    if cell is None:
        return None
    cell = cell.strip().removesuffix(".0")
    if not (cell.isascii() and cell.isdigit() and len(cell) < 20):
        raise Refused("not_a_number", f"{name} is {cell[:40]!r}: give a whole number.")
    return int(cell)


def clean(row: Joined, *, this_year: int, types: frozenset[str], adult: bool) -> Record:
    """The record of all rows about one title. Raises Refused, and Unwanted for a title of another kind.

    A row beside the first of `title.basics` that cannot be taken is a fault of that row alone.
    """
    record, parts = Record(imdb_id=row.key), Parts()
    described = False
    for sheet, line, cells in row.rows:
        table, columns = sheet.layout.table, sheet.layout.columns
        try:
            if table == BASICS:
                if described:
                    raise Refused("repeated", f"The same title as in line {row.rows[0].line}: that row was taken.")
                described = True
                _describe(record, columns, cells, types, adult)
            elif table == "ratings":
                record.known_raters = _votes(columns, cells)
            elif table == "crew":
                add_crew(parts, columns, cells)
            elif table == "principals":
                add_principal(parts, columns, cells)
            else:
                add_alternative(record, columns, cells)
        except Refused as refused:
            if table == BASICS and refused.code != "repeated":
                raise
            record.faults.append((sheet.name, Problem(line, refused.code, refused.detail, "\t".join(cells)[:200])))
    fill_parts(record, parts)
    return finish(record, this_year) if described else record


def _describe(
    record: Record, columns: Mapping[str, int], cells: Sequence[str], types: frozenset[str], adult: bool
) -> None:
    """What `title.basics` says."""
    if "type" in columns and _SPELLED.get(plain(cells[columns["type"]])) not in types:
        raise Unwanted
    genres = _genres(cell_of(columns, cells, "genres"))
    if not adult and ((cell_of(columns, cells, "adult") or "").strip().lower() in _ADULT or "Adult" in genres):
        raise Unwanted
    record.title = titled(record, cell_of(columns, cells, "title"))
    record.original_title = cleaning.text(
        cell_of(columns, cells, "original"), "originalTitle", longest("movie.original_title")
    )
    record.year = cleaning.year(_year(cell_of(columns, cells, "year"), "startYear"), "startYear")
    # Nothing lasts no minute: it stands for what is not known.
    minutes = whole(cell_of(columns, cells, "runtime"), "runtimeMinutes") or None
    record.runtime = cleaning.integer(minutes, "runtimeMinutes", number("movie.runtime"))
    record.genres = sorted({word_for(name) for name in genres})
    record.known_raters = _votes(columns, cells)


def _genres(cell: str | None) -> list[str]:
    return cleaning.genres(cell.split(","), "genres") if cell else []


def _year(cell: str | None, name: str) -> int | None:
    """A year, also as the beginning of a date."""
    if cell is None:
        return None
    found = _YEAR.fullmatch(cell.strip())
    if found is None:
        raise Refused("not_a_number", f"{name} is {cell.strip()[:40]!r}: give a year.")
    return int(found[1])


def _votes(columns: Mapping[str, int], cells: Sequence[str]) -> int | None:
    votes = whole(cell_of(columns, cells, "votes"), "numVotes")
    return cleaning.integer(votes, "numVotes", number("figures.known_raters"))


def clean_person(key: str, columns: Mapping[str, int], cells: Sequence[str]) -> PersonFacts:
    """What a row of `name.basics` says. Raises Refused. A year that is none costs the year alone."""
    name = cleaning.text(cell_of(columns, cells, "name"), "primaryName", longest("person.name"))
    if not name:
        raise Refused("missing", "The person has no name.")
    years = []
    for column in ("born", "died"):
        try:
            years.append(
                cleaning.integer(_year(cell_of(columns, cells, column), column), column, number("person.born"))
            )
        except Refused:
            years.append(None)
    return PersonFacts(key, name, *years)
