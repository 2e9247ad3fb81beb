"""Which movie a row is that has no id of the catalogue: by all titles, about the year, and by who made it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from movies.models import AlternativeTitle, Credit, Movie
from movies.search.index import index_movies
from movies.tests.factories import CreditFactory, MovieFactory, PersonFactory
from movies.tests.importing import counts, import_file, lay, report

pytestmark = pytest.mark.django_db


def held(director: str | None = None, also: str | None = None, **facts: Any) -> Movie:
    """A movie of the catalogue, in the search index as every published movie is."""
    movie = MovieFactory.create(**{"source": "movielens", **facts})
    if director:
        person = PersonFactory.create(name=director)
        CreditFactory.create(movie=movie, person=person, kind=Credit.Kind.CREW, job=Credit.DIRECTOR, character=None)
    if also:
        AlternativeTitle.objects.create(movie=movie, title=also)
    index_movies([movie.pk])
    return movie


def take(folder: Path, *rows: dict[str, Any], update: bool = True, **options: Any) -> Any:
    return import_file(lay(folder, "f.ndjson", rows), update=update, **options)


def directors(movie: Movie) -> list[str]:
    return [credit.person.name for credit in movie.credits.filter(job=Credit.DIRECTOR)]


@pytest.fixture
def carmens() -> tuple[Movie, Movie]:
    """Two movies of one title and one year, which only their makers tell apart."""
    return (
        held("Cecil B. DeMille", title="Carmen", year=1915, runtime=59, original_title="Carmen"),
        held("Raoul Walsh", title="Carmen", year=1915, runtime=85, original_title="The Gypsy Blood"),
    )


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize(
    "telling",
    [
        {"directors": ["Raoul Walsh"]},
        {"directors": ["R. Walsh"]},
        {"directors": ["Walsh, Raoul"]},
        {"original_title": "Gypsy Blood"},
        {"runtime": 86},
        {"runtime": 59, "directors": ["Raoul Walsh"]},  # the director says more than the runtime
    ],
)
def test_a_row_without_ids_is_the_movie_that_its_facts_speak_for(
    tmp_path: Path, carmens: tuple[Movie, Movie], telling: dict[str, Any], preview: bool
) -> None:
    run = take(tmp_path, {"title": "Carmen", "year": 1915, "tagline": "New", **telling}, preview=preview)

    assert counts(run) == (0, 1, 0, 0)
    if not preview:
        assert list(Movie.objects.order_by("pk").values_list("tagline", flat=True)) == [None, "New"]
        assert directors(carmens[0]) == ["Cecil B. DeMille"]


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("update", [False, True])
@pytest.mark.parametrize("facts", [{}, {"runtime": 72}, {"directors": ["Raoul Walsh", "Cecil B. DeMille"]}])
def test_a_row_that_may_be_either_is_ambiguous_and_changes_neither(
    tmp_path: Path, carmens: tuple[Movie, Movie], facts: dict[str, Any], update: bool, preview: bool
) -> None:
    Movie.objects.update(original_title=None)
    row = {"title": "Carmen", "year": 1915, "tagline": "New", **facts}
    if "directors" in facts:
        Movie.objects.update(runtime=60)

    run = take(tmp_path, row, update=update, preview=preview)

    assert (*counts(run), run.ambiguous, run.rows) == (0, 0, 0, 0, 1, 1)
    assert report(run) == [(1, "ambiguous")]
    assert all(f"movie {movie.pk}" in run.rejects.get().detail for movie in carmens)
    assert set(Movie.objects.values_list("tagline", "version")) == {(None, 1)}


def test_a_row_of_another_director_is_a_movie_of_its_own(tmp_path: Path, carmens: tuple[Movie, Movie]) -> None:
    assert counts(take(tmp_path, {"title": "Carmen", "year": 1915, "directors": ["Ernst Lubitsch"]})) == (1, 0, 0, 0)
    assert [directors(movie) for movie in carmens] == [["Cecil B. DeMille"], ["Raoul Walsh"]]


def test_a_row_that_agrees_in_all_but_the_director_is_ambiguous(tmp_path: Path) -> None:
    held("Raoul Walsh", title="Carmen", year=1915, runtime=85, original_title="Gypsy Blood")
    row = {"title": "Carmen", "year": 1915, "runtime": 85, "original_title": "Gypsy Blood", "directors": ["Somebody"]}

    assert report(take(tmp_path, row)) == [(1, "ambiguous")]


@pytest.mark.parametrize(
    "row",
    [
        {"title": "Wild Pear Tree", "year": 2019},
        {"title": "Wild Pear Tree", "year": 2017},
        {"title": "Ahlat Agaci", "year": 2018},
        {"title": "Le poirier sauvage", "year": 2018},
        {"title": "Le poirier sauvage", "year": 2017},
        {"title": "A Tree", "original_title": "Ahlat Ağacı", "year": 2018},
        {"title": "A Tree", "alternative_titles": [{"title": "Ahlat Ağacı"}], "year": 2018},
    ],
)
@pytest.mark.parametrize("preview", [False, True])
def test_a_row_without_ids_is_found_by_any_title_and_about_the_year(
    tmp_path: Path, row: dict[str, Any], preview: bool
) -> None:
    held(title="The Wild Pear Tree", original_title="Ahlat Ağacı", also="Le poirier sauvage", year=2018)

    assert counts(take(tmp_path, row, update=False, preview=preview)) == (0, 0, 1, 0)


@pytest.mark.parametrize(
    "row",
    [
        {"title": "The Wild Pear Tree", "year": 2020},
        {"title": "The Wild Pear Tree"},
        {"title": "Poirier", "year": 2019},  # a short title and another year are too little
        {"title": "The Wild Pear Tree", "year": 2019, "directors": ["Somebody Else"]},
        # What has an id is another movie, unless more than the title speaks for this one.
        {"title": "The Wild Pear Tree", "year": 2019, "imdb_id": "tt0000009"},
        {"title": "Le poirier sauvage", "year": 2018, "imdb_id": "tt0000009"},
    ],
)
def test_what_is_only_alike_is_a_movie_of_its_own(tmp_path: Path, row: dict[str, Any]) -> None:
    held("Nuri Bilge Ceylan", title="The Wild Pear Tree", also="Poirier", year=2018)

    assert counts(take(tmp_path, row, update=False)) == (1, 0, 0, 0)


def test_a_row_with_an_id_takes_a_movie_of_about_that_year_by_its_director(tmp_path: Path) -> None:
    movie = held("Nuri Bilge Ceylan", title="The Wild Pear Tree", year=2018)
    row = {"title": "Wild Pear Tree", "year": 2019, "imdb_id": "tt6628102", "directors": ["Nuri Bilge Ceylan"]}

    assert counts(take(tmp_path, row)) == (0, 1, 0, 0)
    movie.refresh_from_db()
    assert movie.imdb_id == "tt6628102"


@pytest.mark.parametrize("first", [False, True])
def test_a_movie_belongs_to_the_row_that_names_it_exactly(tmp_path: Path, first: bool) -> None:
    held(title="Hercules", year=2014)
    rows = [{"title": "Hercules", "year": 2013 + (first == place)} for place in (True, False)]

    run = take(tmp_path, *rows, update=False)

    assert counts(run) == (1, 0, 1, 0)
    assert set(Movie.objects.values_list("year", flat=True)) == {2013, 2014}


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("update", [False, True])
@pytest.mark.parametrize("there", [False, True])
def test_movies_of_one_title_and_year_with_three_ids_are_three(
    tmp_path: Path, size: int, update: bool, there: bool
) -> None:
    if there:
        held(title="The Promise", year=2017)
    ids = ("tt4776998", "tt6714408", "tt7333528")
    rows = [{"title": "The Promise", "year": 2017, "imdb_id": number} for number in ids]

    run = take(tmp_path, *rows, update=update, batch_size=size)

    assert report(run) == []
    assert Movie.objects.count() == 3
    run = take(tmp_path, *rows, update=update, batch_size=size)
    assert (run.created, run.updated, run.unchanged) == (0, 0, 3)


def test_a_movie_of_an_earlier_file_is_found_by_all_its_titles(tmp_path: Path) -> None:
    from movies.services.imports import new_run, run_import

    film = {"title": "The Wild Pear Tree", "original_title": "Ahlat Ağacı", "year": 2018}
    paths = [
        lay(tmp_path, "one.ndjson", [film, {"title": "Other"}]),
        lay(tmp_path, "two.ndjson", [{"title": "Ahlat Agaci", "year": 2019}, {"title": "Third"}]),
    ]
    for preview in (True, False):
        run = run_import(run=new_run(paths=paths, preview=preview), paths=paths)

        assert counts(run) == (3, 0, 1, 0)
