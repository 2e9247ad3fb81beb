"""Which movie of the catalogue a record is: by an external id, else by Wikipedia page, else by its titles and year.

The candidates of a whole batch come in a few queries (`movies.importers.candidates`); deciding among them is plain
Python and the same whether a movie was there before, came with an earlier batch, or is a few rows up in this one. A
movie that was merged is found by all that it keeps, and is then the one that it was merged into (docs/adr/0011).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from movies.importers.evidence import Candidate, Facts, choose, facts_of, names_of
from movies.importers.record import Record, Refused
from movies.models import Movie
from movies.search.normalise import title_key

EXTERNAL_IDS = ("imdb_id", "tmdb_id", "wikidata_id")


class Met(NamedTuple):
    """The row by which this run has met a movie before, and what that row called it."""

    place: str
    title_key: str | None = None
    year: int | None = None
    imdb_id: str | None = None
    tmdb_id: int | None = None
    wikidata_id: str | None = None
    slug: str | None = None


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
    runtime: int | None = None
    original_title: str | None = None
    met: Met | None = None
    # Keys of the directors' names, where they are needed to tell movies apart.
    directors: Sequence[str] = ()
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
    # Movies of the catalogue by the compact forms of all their titles.
    by_name: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    # Ids of the records that wait.
    waiting: set[tuple[str, object]] = field(default_factory=set)

    def add(self, known: Known) -> None:
        """Makes a movie findable. Those of the catalogue come by rising id, then the new ones in their order."""
        for name in EXTERNAL_IDS:
            if (value := getattr(known, name)) is not None:
                self.by_id[name][value] = known
        if known.wikipedia_page:
            self.by_page[known.wikipedia_page].append(known)
        self.by_title[known.title_key, known.year].append(known)

    def waits(self, record: Record, key: str) -> bool:
        """Whether a record is to be looked at after those of its batch whose id, page, or title and year are known.

        It is like a movie of another title or year, which another row may name exactly.
        """
        ids = {(name, value) for name in EXTERNAL_IDS if (value := getattr(record, name)) is not None}
        if not ids.isdisjoint(self.waiting):
            return True
        if not record.title or any(value in self.by_id[name] for name, value in ids):
            return False
        if record.wikipedia_page in self.by_page or self.by_title.get((key, record.year)):
            return False
        if any(_near(known, record) for name in names_of(record, key) for known in self.by_name.get(name, ())):
            self.waiting |= ids
            return True
        return False

    def find(self, record: Record, key: str) -> Known | None:
        """The movie that a record is, or None for a new one.

        Raises Refused when its ids are those of several, and when it may be one of several (`ambiguous`).
        """
        found = self._by_external_id(record)
        if found is None and record.title:
            found = self._by_page(record, key)
            found = (found.survivor or found) if found else self._by_title(record, key)
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
        movies = [
            known for known in self.by_page[record.wikipedia_page] if self._may_be(known, record, key, exact=True)
        ]
        near = [known for known in movies if known.title_key == key and _years_apart(known, record) <= 1]
        if near:
            return min(near, key=lambda known: _years_apart(known, record))
        return next(
            (known for known in movies if (known.survivor or known).met is None and known.year == record.year), None
        )

    def _by_title(self, record: Record, key: str) -> Known | None:
        """The movie of this title and about this year that the rest of the record speaks for."""
        nearest: dict[int, tuple[int, Known]] = {}
        exact = self.by_title.get((key, record.year), [])
        others = [known for name in names_of(record, key) for known in self.by_name.get(name, ())]
        movies: list[Known] = []
        for place, known in enumerate([*exact, *others]):
            movie = known.survivor or known
            if not _near(known, record) or not self._may_be(known, record, key, exact=place < len(exact)):
                continue
            # Found by its own title or by that of a movie merged into it: what is nearer counts.
            apart = (known.title_key != key, known.year != record.year)
            if id(movie) not in nearest:
                nearest[id(movie)] = (len(movies), known)
                movies.append(movie)
            elif apart < (nearest[id(movie)][1].title_key != key, nearest[id(movie)][1].year != record.year):
                nearest[id(movie)] = (nearest[id(movie)][0], known)
        if not movies:
            return None
        candidates = [
            Candidate(_facts(known, movies[number]), number, _named(movies[number]))
            for number, known in nearest.values()
        ]
        identified = any(getattr(record, name) is not None for name in EXTERNAL_IDS)
        chosen = choose(facts_of(record, key), candidates, identified=identified)
        return None if chosen is None else movies[chosen]

    @staticmethod
    def _may_be(known: Known, record: Record, key: str, *, exact: bool) -> bool:
        """Whether neither ids nor another row of this file say that it is another movie."""
        if _contradict(record, known, "wikipedia_page") or not _agree(record, known):
            return False
        met = (known.survivor or known).met
        if met is None:
            return True
        # Nor have two movies of one catalogue the same slug.
        for name in (*EXTERNAL_IDS, "slug"):
            mine, its = getattr(record, name), getattr(met, name)
            if mine is not None and its is not None and mine != its:
                return False
        # Rows of one file that differ in title or year are different movies.
        return exact or (met.title_key, met.year) == (key, record.year)


def _near(known: Known, record: Record) -> bool:
    """Whether the years may be of one movie: festival and release, or two lists, differ by one."""
    if known.year is None or record.year is None:
        return known.year is record.year
    return abs(known.year - record.year) <= 1


def _facts(known: Known, movie: Known) -> Facts:
    """A movie under the title and the year by which it was found."""
    original = title_key(movie.original_title) if movie.original_title else ""
    return Facts(known.title_key, known.year, original, movie.runtime, movie.directors)


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
    return (
        f"movie {known.id}"
        if known.id and known.id > 0
        else f"the movie at {known.met.place if known.met else 'another row'}"
    )
