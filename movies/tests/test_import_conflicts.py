"""Rows whose ids are those of several movies: refused, and noted as likely duplicates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from movies.models import DuplicatePair, Movie
from movies.tests.factories import DuplicatePairFactory, MovieFactory
from movies.tests.importing import counts, import_file, lay, report

pytestmark = pytest.mark.django_db

BOTH = {"title": "A", "imdb_id": "tt0000001", "tmdb_id": 2}


def pairs() -> list[tuple[int, int, str, int, list[str]]]:
    return list(DuplicatePair.objects.values_list("first_id", "second_id", "state", "score", "reasons"))


@pytest.fixture
def two() -> tuple[Movie, Movie]:
    return MovieFactory.create(tmdb_id=2), MovieFactory.create(imdb_id="tt0000001")


@pytest.mark.parametrize("update", [False, True])
def test_ids_of_two_movies_in_one_row_are_a_conflict_and_likely_one_film(
    tmp_path: Path, two: tuple[Movie, Movie], update: bool
) -> None:
    path = lay(tmp_path, "f.ndjson", [BOTH])

    for _ in range(2):
        run = import_file(path, update=update)

        assert report(run) == [(1, "id_conflict")]
        assert pairs() == [(two[0].pk, two[1].pk, "open", 100, ["external_id"])]
    assert Movie.objects.count() == 2


def test_an_id_that_contradicts_the_movie_of_another_is_a_conflict_of_one(tmp_path: Path) -> None:
    MovieFactory.create(imdb_id="tt0000003", tmdb_id=3)

    run = import_file(lay(tmp_path, "f.ndjson", [{"title": "B", "imdb_id": "tt0000009", "tmdb_id": 3}]), update=True)

    assert report(run) == [(1, "id_conflict")]
    assert pairs() == []


@pytest.mark.parametrize("state", ["dismissed", "merged"])
def test_what_somebody_has_decided_about_a_pair_stays(tmp_path: Path, two: tuple[Movie, Movie], state: str) -> None:
    DuplicatePairFactory.create(first=two[0], second=two[1], state=state)

    import_file(lay(tmp_path, "f.ndjson", [BOTH]))

    assert pairs() == [(two[0].pk, two[1].pk, state, 60, ["title_year"])]


def test_an_open_pair_becomes_certain(tmp_path: Path, two: tuple[Movie, Movie]) -> None:
    DuplicatePairFactory.create(first=two[0], second=two[1])

    import_file(lay(tmp_path, "f.ndjson", [BOTH]))

    assert pairs() == [(two[0].pk, two[1].pk, "open", 100, ["title_year", "external_id"])]


@pytest.mark.parametrize("size", [1, 10])
def test_films_of_the_same_file_may_be_one(tmp_path: Path, size: int) -> None:
    rows: list[dict[str, Any]] = [{"title": "A", "imdb_id": "tt0000001"}, {"title": "B", "tmdb_id": 2}, BOTH]

    run = import_file(lay(tmp_path, "f.ndjson", rows), batch_size=size)

    assert counts(run) == (2, 0, 0, 1)
    assert [pair[2:] for pair in pairs()] == [("open", 100, ["external_id"])]


def test_a_preview_notes_no_pair_and_a_withdrawn_movie_is_in_none(tmp_path: Path, two: tuple[Movie, Movie]) -> None:
    import_file(lay(tmp_path, "f.ndjson", [BOTH]), preview=True)
    Movie.objects.filter(pk=two[0].pk).update(state="withdrawn")
    import_file(lay(tmp_path, "f.ndjson", [BOTH]))

    assert pairs() == []
