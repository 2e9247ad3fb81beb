"""Movies that were merged: an import that knows the film by them meets the one that they were merged into."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from movies.models import Movie
from movies.tests.factories import MovieFactory
from movies.tests.importing import counts, import_file, lay, report, versions

pytestmark = pytest.mark.django_db


def merged(into: Movie, **facts: Any) -> Movie:
    return MovieFactory.create(state=Movie.State.MERGED, merged_into=into, **facts)


@pytest.fixture
def survivor() -> Movie:
    return MovieFactory.create(title="The Lives of Others", year=2006, imdb_id="tt0000001", source="watchly")


def again(folder: Path, row: dict[str, Any], **options: Any) -> tuple[int, int, int, int]:
    return counts(import_file(lay(folder, "f.ndjson", [row]), **options))


@pytest.mark.parametrize("update", [False, True])
@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize(
    "row",
    [
        {"title": "Anything", "imdb_id": "tt0000002"},
        {"title": "Anything", "imdb_id": "tt0000003", "tmdb_id": 3},
        {"title": "Another", "year": 2006, "tmdb_id": 3},
        {"title": "Das Leben der Anderen", "year": 2007, "wikipedia_page": "Das Leben"},
        {"title": "Das Leben der Anderen", "year": 2006},
        {"title": "Das Leben der Anderen", "year": 2006, "imdb_id": "tt0000001"},
    ],
)
def test_whatever_a_merged_movie_keeps_finds_its_survivor(
    tmp_path: Path, survivor: Movie, row: dict[str, Any], update: bool, preview: bool
) -> None:
    first = merged(survivor, title="Das Leben der Anderen", year=2006, imdb_id="tt0000002", wikipedia_page="Das Leben")
    merged(first, title="Anderen", year=2005, imdb_id="tt0000003", tmdb_id=3)

    run = import_file(lay(tmp_path, "f.ndjson", [{**row, "runtime": 137}]), update=update, preview=preview)

    assert counts(run) == ((0, 1, 0, 0) if update else (0, 0, 1, 0))
    assert Movie.objects.count() == 3
    survivor.refresh_from_db()
    assert survivor.runtime == (137 if update and not preview else None)
    assert set(Movie.objects.filter(state="merged").values_list("runtime", "version")) == {(None, 1)}


def test_ids_that_a_merged_movie_keeps_stay_there(tmp_path: Path, survivor: Movie) -> None:
    merged(survivor, imdb_id="tt0000002", tmdb_id=2, wikidata_id="Q2", wikipedia_page="Das Leben")
    row = {
        "title": "The Lives of Others",
        "year": 2006,
        "imdb_id": "tt0000002",
        "tmdb_id": 2,
        "wikidata_id": "Q2",
        "wikipedia_page": "Das Leben",
    }
    before = versions()

    for _ in range(2):
        assert again(tmp_path, row, update=True) == (0, 0, 1, 0)

    assert versions() == before


def test_an_id_that_neither_has_means_another_film(tmp_path: Path, survivor: Movie) -> None:
    merged(survivor, title="Das Leben der Anderen", year=2006, imdb_id="tt0000002")

    assert again(tmp_path, {"title": "Das Leben der Anderen", "year": 2006, "imdb_id": "tt0000009"}) == (1, 0, 0, 0)


def test_a_movie_merged_into_a_withdrawn_one_is_withdrawn(tmp_path: Path) -> None:
    merged(MovieFactory.create(state="withdrawn"), imdb_id="tt0000002")

    run = import_file(lay(tmp_path, "f.ndjson", [{"title": "A", "imdb_id": "tt0000002"}]))

    assert report(run) == [(1, "withdrawn")]


@pytest.mark.parametrize("size", [1, 10])
def test_both_rows_of_a_film_that_is_one_here_are_taken_once(tmp_path: Path, survivor: Movie, size: int) -> None:
    merged(survivor, imdb_id="tt0000002")
    rows = [{"title": "A", "imdb_id": "tt0000002"}, {"title": "B", "imdb_id": "tt0000001"}]

    run = import_file(lay(tmp_path, "f.ndjson", rows), batch_size=size)

    assert (counts(run), report(run)) == ((0, 0, 1, 1), [(2, "repeated")])
