"""MovieTweetings (Simon Dooms, 2013, MIT): `imdb::Title (year)::Genre|Genre`, and ratings `user::imdb::rating::unix`.

https://github.com/sidooms/MovieTweetings. IMDb ids stand there without `tt`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from movies.importers import cleaning
from movies.importers.record import Problem, Raw, Record, Refused
from movies.importers.source import Lines
from movies.importers.watchly import finish, titled

# IMDb's words for the genres that the catalogue calls otherwise; what is no genre of film is left out.
GENRES = {
    "Sci-Fi": "Science Fiction",
    "Animation": "Animated",
    "History": "Historical",
    "Film-Noir": "Noir",
    "Sport": "Sports",
    "News": None,
    "Adult": "Erotic",
    "": None,
}
MOST_COUNTED = 1_000_000
_MOVIE = re.compile(r"(?P<imdb>[0-9]{1,10})::(?P<title>.*?)(?: \((?P<year>[0-9]{4})\))?\s*::(?P<genres>[^:]*)")
_RATING = re.compile(r"[0-9]+::(?P<imdb>[0-9]{1,10})::(?:10|[0-9])::[0-9]+")


class Rated(NamedTuple):
    """A film in a file of ratings alone: how many people rated it."""

    imdb: str
    raters: int


def imdb_of(digits: str) -> str:
    """`tt` and at least seven digits."""
    return "tt" + digits.zfill(7)


def clean(content: object, this_year: int, raters: Counter[str] | None = None) -> Record:
    """The record of a line of movies.dat, or of a counted film. Raises Refused."""
    if isinstance(content, Rated):
        return Record(imdb_id=cleaning.imdb_id(imdb_of(content.imdb), "imdb id"), known_raters=content.raters)
    found = _MOVIE.fullmatch(content.strip()) if isinstance(content, str) else None
    if found is None:
        raise Refused("bad_line", "The line is not `imdb::Title (year)::Genre|Genre`.")
    record = Record(imdb_id=cleaning.imdb_id(imdb_of(found["imdb"]), "imdb id"))
    record.title = titled(record, found["title"])
    record.year = cleaning.year(int(found["year"]), "year") if found["year"] else None
    genres = (GENRES.get(name, name) for name in found["genres"].split("|"))
    record.genres = sorted(set(cleaning.genres([name for name in genres if name], "genres")))
    if raters is not None:
        record.known_raters = raters.get(found["imdb"].zfill(7))
    return finish(record, this_year)


def count_raters(lines: Lines, raters: Counter[str]) -> Iterator[Problem]:
    """Adds to the count of every film in a file of ratings; gives the lines that are none."""
    for line in lines:
        yield from lines.problems
        lines.problems.clear()
        found = _RATING.fullmatch(line.strip())
        if found is None:
            if line.strip():
                yield Problem(lines.number, "bad_line", "The line is not `user::imdb::rating::unix time`.", line[:200])
            continue
        imdb = found["imdb"].zfill(7)
        if imdb in raters or len(raters) < MOST_COUNTED:
            raters[imdb] += 1
    yield from lines.problems


def read_ratings(lines: Lines) -> Iterator[Raw | Problem]:
    """One row per rated film, in the order of their ids."""
    raters: Counter[str] = Counter()
    yield from count_raters(lines, raters)
    for imdb in sorted(raters):
        yield Raw(lines.number, Rated(imdb, raters[imdb]))
