"""One format after another (Wikipedia, IMDb, MovieLens, TMDB) of films that overlap: one film each, no fact lost."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from movies.definition.genres import word_for
from movies.importers.record import SCALARS, Record
from movies.models import ImportRun, Movie
from movies.search.normalise import title_key
from movies.services.imports import new_run, run_import
from movies.tests.imdb import tsv
from movies.tests.importing import counts, lay, mended, told, versions


class Film(NamedTuple):
    """What is true of a film; each source knows some of it."""

    number: int  # of IMDb, of TMDB, and of MovieLens
    title: str
    year: int
    cast: tuple[str, ...]
    genres: tuple[str, ...]
    original: str | None = None
    in_tmdb: str | None = None  # the title there, if another

    @property
    def imdb_id(self) -> str:
        return f"tt{self.number:07d}"


FILMS = (
    Film(11, "Heat", 1995, ("Al Pacino", "Robert De Niro"), ("Crime", "Drama")),
    Film(12, "Heat", 1995, ("Somebody Else",), ("Comedy",)),  # another film of the same title and year
    Film(13, "Heat", 1986, ("Burt Reynolds",), ("Crime",)),
    Film(14, "The Matrix", 1999, ("Keanu Reeves", "Carrie-Anne Moss"), ("Sci-Fi", "Action")),
    Film(15, "City of Lost Children", 1995, ("Ron Perlman",), ("Sci-Fi",), "La Cité des enfants perdus"),
    Film(16, "Se7en", 1995, ("Brad Pitt", "Morgan Freeman"), ("Crime",), in_tmdb="Seven"),
)


class Row(NamedTuple):
    """A film as a source tells of it: perhaps of another year, perhaps without the id of another source."""

    film: Film
    later: int  # years: a festival is before the release
    ids: bool

    @property
    def year(self) -> int:
        return self.film.year + self.later


def wikipedia(folder: Path, rows: list[Row]) -> list[Path]:
    listed = [
        {
            "title": row.film.title, "year": row.year, "cast": list(row.film.cast[:1]),
            "genres": list(row.film.genres[:1]), "href": f"{row.film.title} ({row.film.year}, {row.film.number})",
        }
        for row in rows
    ]  # fmt: skip
    return [lay(folder, "movies.json", json.dumps(listed))]


def imdb(folder: Path, rows: list[Row]) -> list[Path]:
    basics = [
        f"{row.film.imdb_id} | movie | {row.film.title} | {row.film.original or row.film.title} | 0 | {row.year} | 100"
        f" | 100 | {','.join(row.film.genres)}"
        for row in rows
    ]
    people = {name: f"nm{number:07d}" for number, name in enumerate((n for film in FILMS for n in film.cast), 1)}
    acting = [
        f"{row.film.imdb_id} | {order} | {people[name]} | actor | \\N | \\N"
        for row in rows
        for order, name in enumerate(row.film.cast, 1)
    ]
    tables = {
        "title.basics.tsv": (
            "tconst | titleType | primaryTitle | originalTitle | isAdult | startYear | endYear | runtimeMinutes"
            " | genres",
            *basics,
        ),
        "title.principals.tsv": ("tconst | ordering | nconst | category | job | characters", *acting),
        "name.basics.tsv": (
            "nconst | primaryName | birthYear | deathYear | primaryProfession | knownForTitles",
            *(f"{number} | {name} | \\N | \\N | \\N | \\N" for name, number in people.items()),
        ),
    }
    return [lay(folder, name, tsv(*lines)) for name, lines in tables.items()]


def movielens(folder: Path, rows: list[Row]) -> list[Path]:
    def table(*lines: tuple[Any, ...]) -> str:
        text = io.StringIO()
        csv.writer(text).writerows(lines)
        return text.getvalue()

    def title(row: Row) -> str:
        article, _, rest = row.film.title.partition(" ")
        return f"{rest}, {article} ({row.year})" if article == "The" else f"{row.film.title} ({row.year})"

    films = ((row.film.number, title(row), "|".join(row.film.genres)) for row in rows)
    links = ((row.film.number, f"{row.film.number:07d}", row.film.number if row.ids else "") for row in rows)
    return [
        lay(folder, "movies.csv", table(("movieId", "title", "genres"), *films)),
        lay(folder, "links.csv", table(("movieId", "imdbId", "tmdbId"), *links)),
    ]


def tmdb(folder: Path, rows: list[Row]) -> list[Path]:
    films = [
        {
            "id": row.film.number, "imdb_id": row.film.imdb_id if row.ids else "",
            "title": row.film.in_tmdb or row.film.title,
            "original_title": row.film.original or row.film.in_tmdb or row.film.title,
            "release_date": f"{row.year}-03-01",
            "runtime": 101, "overview": f"Of {row.film.number}.", "poster_path": None, "adult": False,
            "genres": [{"id": 1, "name": name} for name in row.film.genres],
            "credits": {"cast": [
                {"id": 1000 * row.film.number + order, "name": name, "character": "Him", "order": order}
                for order, name in enumerate(row.film.cast)
            ]},
        }
        for row in rows
    ]  # fmt: skip
    return [lay(folder, "tmdb.ndjson", films)]


SEQUENCE: tuple[Callable[[Path, list[Row]], list[Path]], ...] = (wikipedia, imdb, movielens, tmdb)


@st.composite
def told_of(draw: st.DrawFn, film: Film) -> Row:
    """A film as some source tells of it. One of two that share title and year can be told by its ids alone."""
    twins = [other for other in FILMS if (other.title, other.year) == (film.title, film.year)]
    return Row(film, draw(st.sampled_from([0, 0, 1])), len(twins) > 1 or draw(st.booleans()))


def some_films() -> st.SearchStrategy[list[Row]]:
    """What one source tells: of some of the films, in some order."""
    films = st.lists(st.sampled_from(FILMS), min_size=1, unique=True)
    return films.flatmap(lambda chosen: st.tuples(*map(told_of, chosen))).map(list)


def imported(
    folder: Path, write: Callable[[Path, list[Row]], list[Path]], rows: list[Row], *, foretell: bool = True
) -> ImportRun:
    """Imports what a source tells, and holds the counts against those that a preview foretold."""
    paths = write(folder, rows)
    found = [
        run_import(run=new_run(paths=paths, update_existing=True, preview=preview), paths=paths, batch_size=2)
        for preview in ([True, False] if foretell else [False])
    ]
    assert len({(*counts(run), run.ambiguous, run.skipped) for run in found}) == 1
    return found[-1]


def catalogue() -> dict[int, Record]:
    return {movie.pk: told(movie) for movie in Movie.objects.all()}


def check_nothing_is_lost(before: dict[int, Record], after: dict[int, Record]) -> None:
    assert before.keys() <= after.keys()
    for number, was in before.items():
        now = after[number]
        for name in SCALARS:
            assert getattr(was, name) in (None, [], "") or getattr(now, name) not in (None, [], "")
        for name in ("imdb_id", "tmdb_id", "wikipedia_page"):
            assert getattr(was, name) in (None, getattr(now, name))
        known = {title_key(title) for title in (now.title, now.original_title or "")}
        known |= {title_key(title.title) for title in now.alternative_titles}
        assert {title_key(was.title), title_key(was.original_title or was.title)} <= known
        assert set(was.genres) <= set(now.genres)
        assert {member.name for member in was.cast} <= {member.name for member in now.cast}


def check_ids(told_by_imdb: list[Row], told_by_tmdb: list[Row]) -> None:
    """Each id that a source gave is one film's, and no film has the ids of two."""
    for movie in Movie.objects.all():
        assert None in (movie.imdb_id, movie.tmdb_id) or movie.imdb_id == f"tt{movie.tmdb_id:07d}"
    for row in told_by_imdb:
        assert Movie.objects.filter(imdb_id=row.film.imdb_id).count() == 1
    for row in told_by_tmdb:
        assert Movie.objects.filter(tmdb_id=row.film.number).count() == 1


@pytest.mark.django_db
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.generate],  # what fails is small as it is, and each try is eight imports
)
@given(rows=st.tuples(*(some_films() for _ in SEQUENCE)))
def test_no_id_stands_twice_and_no_fact_is_lost(tmp_path: Path, rows: tuple[list[Row], ...]) -> None:
    with transaction.atomic():
        for write, some in zip(SEQUENCE, rows, strict=True):
            before = catalogue()
            imported(tmp_path, write, some)
            check_nothing_is_lost(before, catalogue())
        check_ids(rows[1], rows[3])
        stands = versions()
        for write, some in zip(SEQUENCE, rows, strict=True):
            imported(tmp_path, write, some, foretell=False)
        assert versions() == stands
        assert mended() == 0
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_who_agree_on_a_film_make_it_one_with_all_that_each_knows(tmp_path: Path) -> None:
    rows = [Row(film, 0, True) for film in FILMS if film.number != 12]  # its title and year are those of another
    for write in SEQUENCE:
        before = catalogue()
        imported(tmp_path, write, rows)
        check_nothing_is_lost(before, catalogue())

    assert Movie.objects.count() == len(rows)
    for row in rows:
        movie = Movie.objects.get(imdb_id=row.film.imdb_id)
        record = told(movie)
        assert movie.tmdb_id == row.film.number
        assert record.wikipedia_page == f"{row.film.title} ({row.film.year}, {row.film.number})"
        assert [member.name for member in record.cast] == list(row.film.cast)
        assert {member.character for member in record.cast} == {"Him"}
        assert set(record.genres) == {word_for(name) for name in row.film.genres}
        assert (record.runtime, record.overview) == (101, f"Of {row.film.number}.")
