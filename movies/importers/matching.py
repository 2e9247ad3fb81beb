"""Which movie of the catalogue a record is: by an external id, else by Wikipedia page, else by title and year.

The candidates of a whole batch come in a few queries; deciding among them is plain Python and the same whether a film
was there before, came with an earlier batch, or stands a few rows up in this one. A movie that was merged is found by
all that it keeps, and is then the one that it was merged into (docs/adr/0011).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.backends.utils import CursorWrapper

from movies.importers.record import Record, Refused
from movies.models import Movie

EXTERNAL_IDS = ("imdb_id", "tmdb_id", "wikidata_id")
_COLUMNS = """m.id, m.imdb_id, m.tmdb_id, m.wikidata_id, m.wikipedia_page, m.title_key, m.year, m.state,
    m.locked_fields, m.source, m.merged_into_id,
    (SELECT i.file || ':' || i.line FROM movies_importedmovie i WHERE i.run_id = %s AND i.movie_id = m.id)"""
# What a preview would have made so far, by the same columns.
PREVIEWED = "previewed_movie"
# It has the indexes that the catalogue's lookups use: without them every batch would read all of it, several times.
CREATE_PREVIEWED = f"""
DROP TABLE IF EXISTS {PREVIEWED};
CREATE TEMPORARY TABLE {PREVIEWED} AS
SELECT id, imdb_id, tmdb_id, wikidata_id, wikipedia_page, title_key, year, state, locked_fields,
    source, merged_into_id
FROM movies_movie WITH NO DATA;
CREATE UNIQUE INDEX ON {PREVIEWED} (id);
CREATE INDEX ON {PREVIEWED} (imdb_id);
CREATE INDEX ON {PREVIEWED} (tmdb_id);
CREATE INDEX ON {PREVIEWED} (wikidata_id);
CREATE INDEX ON {PREVIEWED} (wikipedia_page);
CREATE INDEX ON {PREVIEWED} (title_key, year);
"""
# Whatever these movies were merged into, maybe through several.
_SURVIVORS = f"""
WITH RECURSIVE chain AS (
    SELECT id, merged_into_id FROM movies_movie WHERE id = ANY(%s)
    UNION SELECT m.id, m.merged_into_id FROM movies_movie m JOIN chain c ON m.id = c.merged_into_id
)
SELECT {_COLUMNS} FROM chain JOIN movies_movie m ON m.id = chain.id
"""


@dataclass(slots=True, eq=False)
class Known:
    """What matching has to know of a movie. `id` is None for one that this batch will make."""

    id: int | None
    imdb_id: str | None
    tmdb_id: int | None
    wikidata_id: str | None
    wikipedia_page: str | None
    title_key: str
    year: int | None
    state: str = "published"
    locked: Sequence[str] = ()
    source: str = Movie.Source.STAFF
    merged_into: int | None = None
    # Where this run has met it already: file and line.
    met: str | None = None
    # The movie that this one was merged into, and those that were merged into this one.
    survivor: Known | None = None
    merged: list[Known] = field(default_factory=list)

    def held(self, name: str) -> set[object]:
        """The ids (or pages) of this kind that mean this movie: its own and those of the movies merged into it."""
        return {value for movie in (self, *self.merged) if (value := getattr(movie, name)) is not None}

    def own(self, record: Record) -> Record:
        """The record without what movies merged into this one keep: ids and page stay there, and mean this one."""
        kept: dict[str, Any] = {
            name: None
            for name in (*EXTERNAL_IDS, "wikipedia_page")
            if any(getattr(movie, name) == getattr(record, name) is not None for movie in self.merged)
        }
        return replace(record, **kept) if kept else record

    def known_aside(self, record: Record, key: str) -> bool:
        """Whether what a record knows the film by is that of a movie merged into it, so that its facts are too."""
        if not self.merged or self.own(record) is not record:
            return bool(self.merged)
        by_id = any(getattr(record, name) is not None for name in EXTERNAL_IDS)
        return not by_id and key != self.title_key and any(movie.title_key == key for movie in self.merged)


class OneFilm(Refused):
    """A record says of two movies of the catalogue that they are one film."""

    def __init__(self, detail: str, movies: tuple[Known, Known]) -> None:
        super().__init__("id_conflict", detail)
        self.movies = movies


@dataclass(slots=True)
class Matcher:
    """The movies that the records of one batch may be."""

    by_id: dict[str, dict[object, Known]] = field(default_factory=lambda: {name: {} for name in EXTERNAL_IDS})
    by_page: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    by_title: dict[tuple[str, int | None], list[Known]] = field(default_factory=lambda: defaultdict(list))

    def add(self, known: Known) -> None:
        """Makes a movie findable. Those of the catalogue come by rising id, then the new ones in their order."""
        for name in EXTERNAL_IDS:
            if (value := getattr(known, name)) is not None:
                self.by_id[name][value] = known
        if known.wikipedia_page:
            self.by_page[known.wikipedia_page].append(known)
        self.by_title[known.title_key, known.year].append(known)

    def find(self, record: Record, key: str) -> Known | None:
        """The movie that a record is, or None for a new one. Raises Refused when its ids are those of several."""
        found = self._by_external_id(record)
        if found is None and record.title:
            found = self._by_page(record, key) or self._by_title(record, key)
            found = found and (found.survivor or found)
        if found is not None and found.state == "withdrawn":
            raise Refused("withdrawn", f"This is movie {found.id}, which was withdrawn: restore it first.")
        return found

    def change(self, known: Known, record: Record, key: str, *, stronger: bool) -> None:
        """What an update will make of a movie, so that the rows after it meet the movie as it will be.

        A record that is not the stronger one only fills in what is missing.
        """
        self.by_title[known.title_key, known.year].remove(known)
        for name in (*EXTERNAL_IDS, "wikipedia_page", "year"):
            before, after = getattr(known, name), getattr(record, name)
            if after is not None and name not in known.locked and (stronger or before is None):
                setattr(known, name, after)
        if record.title and "title" not in known.locked and stronger:
            known.title_key = key
        for name in EXTERNAL_IDS:
            if (value := getattr(known, name)) is not None:
                self.by_id[name][value] = known
        if known.wikipedia_page and known not in self.by_page[known.wikipedia_page]:
            self._insert(self.by_page[known.wikipedia_page], known)
        self._insert(self.by_title[known.title_key, known.year], known)

    @staticmethod
    def _insert(movies: list[Known], known: Known) -> None:
        movies.append(known)
        movies.sort(key=lambda movie: (movie.id is None, (movie.id or 0) < 0, abs(movie.id or 0)))

    def _by_external_id(self, record: Record) -> Known | None:
        found, by = None, ""
        for name in EXTERNAL_IDS:
            value = getattr(record, name)
            other = self.by_id[name].get(value) if value is not None else None
            other = other and (other.survivor or other)
            if other is not None and found is None:
                found, by = other, name
            elif other is not None and other is not found and found is not None:
                raise OneFilm(f"{by} is that of {_named(found)}, {name} that of {_named(other)}.", (found, other))
        if found is not None and not _agree(record, found):
            wrong = next(name for name in EXTERNAL_IDS if _contradict(record, found, name))
            raise Refused(
                "id_conflict",
                f"{by} is that of {_named(found)}, whose {wrong} is {getattr(found, wrong)}"
                f" and not {getattr(record, wrong)}.",
            )
        return found

    def _by_page(self, record: Record, key: str) -> Known | None:
        """One page may tell of several films: title and, about, year say which; a film renamed here keeps its year."""
        if not record.wikipedia_page or record.wikipedia_page not in self.by_page:
            return None
        movies = [known for known in self.by_page[record.wikipedia_page] if _agree(record, known)]
        near = [known for known in movies if known.title_key == key and _years_apart(known, record) <= 1]
        if near:
            return min(near, key=lambda known: _years_apart(known, record))
        return next(
            (known for known in movies if (known.survivor or known).met is None and known.year == record.year), None
        )

    def _by_title(self, record: Record, key: str) -> Known | None:
        for known in self.by_title.get((key, record.year), ()):
            if not _contradict(record, known, "wikipedia_page") and _agree(record, known):
                return known
        return None


def _years_apart(known: Known, record: Record) -> int:
    return abs(known.year - record.year) if known.year and record.year else 1


def _contradict(record: Record, known: Known, name: str) -> bool:
    mine = getattr(record, name)
    if mine is None:
        return False
    its = (known.survivor or known).held(name)
    return bool(its) and mine not in its


def _agree(record: Record, known: Known) -> bool:
    return not any(_contradict(record, known, name) for name in EXTERNAL_IDS)


def _named(known: Known) -> str:
    return f"movie {known.id}" if known.id and known.id > 0 else f"the film at {known.met}"


def candidates(
    cursor: CursorWrapper, run_id: int, rows: Sequence[tuple[Record, str]], *, previewed: bool = False
) -> Matcher:
    """All movies that any of these records (each with its title key) may be."""
    found: dict[int, Known] = {}
    for table in ("movies_movie", PREVIEWED) if previewed else ("movies_movie",):
        for name in (*EXTERNAL_IDS, "wikipedia_page"):
            values = [value for record, _ in rows if (value := getattr(record, name)) is not None]
            if values:
                cast = "int[]" if name == "tmdb_id" else "text[]"
                query = f"SELECT {_COLUMNS} FROM {table} m WHERE m.{name} = ANY(%s::{cast})"
                _collect(found, _fetch(cursor, query, [run_id, values]))
        titles = {(key, record.year) for record, key in rows if record.title}
        dated = [title for title in titles if title[1] is not None]
        query = f"""SELECT {_COLUMNS} FROM unnest(%s::text[], %s::int[]) AS k(title_key, year)
            JOIN {table} m ON m.title_key = k.title_key AND m.year = k.year"""
        _collect(found, _fetch(cursor, query, [run_id, [key for key, _ in dated], [year for _, year in dated]]))
        if undated := [key for key, year in titles if year is None]:
            query = f"SELECT {_COLUMNS} FROM {table} m WHERE m.title_key = ANY(%s::text[]) AND m.year IS NULL"
            _collect(found, _fetch(cursor, query, [run_id, undated]))
    _join(found, cursor, run_id)
    matcher = Matcher()
    # What a preview made has ids that fall below zero.
    for number in sorted(found, key=lambda number: (number < 0, abs(number))):
        matcher.add(found[number])
    return matcher


def _join(found: dict[int, Known], cursor: CursorWrapper, run_id: int) -> None:
    """Brings in what movies were merged into, and says of each who its survivor is."""
    merged = [known for known in found.values() if known.merged_into is not None]
    if not merged:
        return
    _collect(found, _fetch(cursor, _SURVIVORS, [[known.id for known in merged], run_id]))
    for known in found.values():
        survivor = known
        while survivor.merged_into is not None:
            survivor = found[survivor.merged_into]
        if survivor is not known:
            known.survivor = survivor
            survivor.merged.append(known)


def _fetch(cursor: CursorWrapper, query: str, parameters: list[Any]) -> Iterable[tuple[Any, ...]]:
    cursor.execute(query, parameters)
    return cursor.fetchall()


def _collect(found: dict[int, Known], rows: Iterable[tuple[Any, ...]]) -> None:
    for row in rows:
        found.setdefault(row[0], Known(*row))
