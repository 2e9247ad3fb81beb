"""MovieLens (GroupLens): `movies` and `links`, as CSV or (the first sets) `id::Title (year)::Genre|Genre` in Latin-1.

Its ids are its own and are not kept: they only bring the two files together. Ratings and tags are people's, not films'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from movies.definition.genres import word_for
from movies.definition.limits import longest, number
from movies.importers import cleaning
from movies.importers.imdb import cell_of, whole
from movies.importers.joining import Joined
from movies.importers.record import Problem, Record, Refused, TitleElsewhere
from movies.importers.sheets import Entry, Layout, Sheet, places, plain
from movies.importers.watchly import finish, titled

TABLES: Final = ("movies", "links")
SINGLE: Final = frozenset(TABLES)
_ALIASES: Final = {
    "movies": {"movieid": "id", "title": "title", "genres": "genres"},
    "links": {"movieid": "id", "imdbid": "imdb", "tmdbid": "tmdb"},
}
_READ: Final = "Read are movies.csv (or movies.dat) and links.csv, alone or together."
# What else the sets hold, by columns that only it has.
_NOT_FILMS: Final = (
    ({"userid", "movieid", "rating"}, "ratings of people"),
    ({"userid", "movieid", "tag"}, "tags of people"),
    ({"movieid", "tagid", "relevance"}, "scores of the tag genome"),
    ({"movieid", "imdbid", "tmdbid", "rating", "title"}, "ratings of one person"),
)
_LINE = re.compile(r"[0-9]+::")
_FILM_LINE = re.compile(r"[0-9]+::.*\S.*::[^:]*")
_RATING_LINE = re.compile(r"[0-9]+::[0-9]+::[0-9.]+::[0-9]+")
_TAG_LINE = re.compile(r"[0-9]+::[0-9]+::.*::[0-9]+")
_USER_LINE = re.compile(r"[0-9]+::[FM]::[0-9]+::[0-9]+::.*")
_PADDED = 7
_YEAR = re.compile(r"(?P<title>.*?)\s*\((?P<year>[0-9]{4})(?:\s*[-–]\s*[0-9]{0,4})?\)")
# With an apostrophe there is no space behind it.
_ARTICLE = re.compile(
    r"(?P<title>.*\S)\s*[,;]\s*(?P<article>The|A|An|Le|La|Les|L'|L’|Un|Une|El|Los|Las|Il|Lo|I|Gli|Der|Die|Das|Ein|Eine|Den|Det|De"
    r"|En|Het|O|Os|As|Um|Uma)",
    re.IGNORECASE,
)
_ALSO = re.compile(r"(?:a\.?\s?k\.?\s?a\.?|also known as)[\s:]+", re.IGNORECASE)
# What stands in parentheses and is part of the title.
_PART = re.compile(r"(?:part|pt\.?|vol\.?|volume|chapter|episode|season)\b.*|[0-9IVX]+|director's cut", re.IGNORECASE)
_NO_GENRES = frozenset(("", "(no genres listed)"))


def layout(header: Sequence[str]) -> Layout | None:
    """Which of the tables a header belongs to. Raises Refused for a table of MovieLens's that holds no films."""
    names = {plain(cell) for cell in header}
    if names == {"tagid", "tag"}:
        raise Refused("not_films", f"This is MovieLens's list of genome tags, not of films. {_READ}")
    for held, what in _NOT_FILMS:
        if held <= names:
            raise Refused("not_films", f"This holds {what} (MovieLens), not films. {_READ}")
    table = "movies" if {"movieid", "title", "genres"} <= names else "links" if "imdbid" in names else None
    if table is None or "movieid" not in names:
        return None
    columns, others = places(list(header), _ALIASES[table])
    return Layout(table, columns, others)


def holds_lines(beginning: str) -> bool:
    """Whether a text of `::` lines is MovieLens's films, and not MovieTweetings', whose ids are IMDb's.

    Those are filled up with zeros to seven digits; MovieLens counts from 1. One id of that length tells, so that a line
    or two that are broken do not. Raises Refused for MovieLens's ratings, users and tags.
    """
    whole_lines = beginning if "\n" not in beginning else beginning[: beginning.rindex("\n")]
    lines = [line.strip() for line in whole_lines.split("\n")]
    lines = [line for line in lines if _LINE.match(line)]
    for form, at, what in ((_RATING_LINE, 1, "ratings"), (_USER_LINE, 0, "users"), (_TAG_LINE, 1, "tags")):
        found = [line for line in lines if form.fullmatch(line)]
        if 2 * len(found) > len(lines):
            if any(_is_imdb(line.split("::")[at]) for line in found):
                return False
            raise Refused("not_films", f"This holds {what} of MovieLens, not films. {_READ}")
    ids = [line.partition("::")[0] for line in lines if _FILM_LINE.fullmatch(line)]
    return bool(ids) and not any(map(_is_imdb, ids))


def _is_imdb(number: str) -> bool:
    return len(number) >= _PADDED or number.startswith("0")


LINES: Final = Layout("movies", {"id": 0, "title": 1, "genres": 2})


def key_of(cell: str) -> int | None:
    """The number in a cell, or None when it is none."""
    cell = cell.strip().removesuffix(".0")
    return int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 19 else None


def tidy(entries: Iterator[Entry], sheet: Sheet) -> Iterator[Entry]:
    """The rows of links; a TMDB id that stood there before (several films of MovieLens point at one) is left out."""
    place, seen = sheet.layout.columns.get("tmdb"), set[str]()
    for entry in entries:
        if place is not None and not isinstance(entry.found, Problem):
            number = entry.found[place].strip()
            if number in seen:
                entry.found[place] = ""
                detail = f"The TMDB id {number[:20]} stood at another film before: left out here."
                yield entry._replace(
                    number=entry.number * 2 - 1, found=Problem(entry.line, "shared_id", detail, accepted=True)
                )
            elif number and len(number) < 20:
                seen.add(number)
        yield entry._replace(number=entry.number * 2)


def clean(row: Joined, *, this_year: int) -> Record:
    """The record of what both files say of one film. Raises Refused."""
    record = Record()
    described = False
    for sheet, line, cells in row.rows:
        columns = sheet.layout.columns
        try:
            if sheet.layout.table == "movies":
                if described:
                    raise Refused("repeated", f"The same film as in line {row.rows[0].line}: that row was taken.")
                described = True
                _describe(record, cell_of(columns, cells, "title"), cell_of(columns, cells, "genres") or "")
            else:
                _link(record, columns, cells)
        except Refused as refused:
            if not (described and len(row.rows) > 1) or refused.code not in (
                "repeated",
                "bad_id",
                "out_of_range",
                "not_a_number",
            ):
                raise
            record.faults.append((sheet.name, Problem(line, refused.code, refused.detail, ",".join(cells)[:200])))
    if not described and record.imdb_id is None and record.tmdb_id is None:
        raise Refused("missing", "The row has neither an IMDb nor a TMDB id.")
    return finish(record, this_year) if described else record


def _link(record: Record, columns: Mapping[str, int], cells: Sequence[str]) -> None:
    """IMDb's id stands there without `tt`, often without its zeros too; TMDB's may be missing."""
    imdb = cell_of(columns, cells, "imdb")
    tmdb = whole(cell_of(columns, cells, "tmdb"), "tmdbId")
    if imdb is not None:
        digits = imdb.strip().removesuffix(".0").removeprefix("tt")
        record.imdb_id = cleaning.imdb_id("tt" + digits.zfill(7) if digits.strip("0") else digits, "imdbId")
    record.tmdb_id = cleaning.integer(tmdb or None, "tmdbId", number("movie.tmdb_id"))


def _describe(record: Record, cell: str | None, genres: str) -> None:
    title, year, others = titles(cleaning.text(cell, "title", longest("movie.title")) or "")
    record.title = titled(record, title)
    record.year = cleaning.year(year, "the year")
    record.alternative_titles = [TitleElsewhere(other) for other in sorted(set(others)) if other != record.title]
    names = [name for name in cleaning.genres(genres.split("|"), "genres") if name not in _NO_GENRES]
    # A kind of screen, not of film.
    record.tags = [name for name in names if name == "IMAX"]
    record.genres = sorted({word_for(name) for name in names if name != "IMAX"})


def titles(text: str) -> tuple[str, int | None, list[str]]:
    """Title, year and other titles of `City of Lost Children, The (Cité des enfants perdus, La) (1995)`."""
    dated = _YEAR.fullmatch(text.strip())
    title, year = (dated["title"], int(dated["year"])) if dated and dated["title"] else (text.strip(), None)
    others: list[str] = []
    while group := _last_group(title):
        before, inner = group
        if not before or _PART.fullmatch(inner) or re.search(r"\b(?:or|and|of)$|[:&,-]$", before, re.IGNORECASE):
            break
        title = before
        others.insert(0, article_first(_ALSO.sub("", inner, count=1).strip()))
    return article_first(title), year, [other for other in others if other]


def _last_group(text: str) -> tuple[str, str] | None:
    """What stands before the parentheses at the end, and in them."""
    if not text.endswith(")"):
        return None
    depth = 0
    for place in range(len(text) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(text[place], 0)
        if depth == 0:
            return text[:place].rstrip(), text[place + 1 : -1].strip()
    return None


def article_first(title: str) -> str:
    """`The Matrix` of `Matrix, The`."""
    found = _ARTICLE.fullmatch(title)
    if found is None:
        return title
    article = found["article"]
    return f"{article}{'' if article.endswith(('’', chr(39))) else ' '}{found['title']}"
