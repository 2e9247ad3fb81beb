"""A preview foretells exactly what the import does, whatever its batches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from movies.models import Movie, Person
from movies.services.imports import new_run, run_import
from movies.tests.factories import CreditFactory, MovieFactory, PersonFactory
from movies.tests.importing import counts, lay

pytestmark = pytest.mark.django_db


def both(*paths: Path, **options: Any) -> tuple[int, int, int, int]:
    """The counts of an import, which a preview has foretold, row by row."""
    fields: list[list[Any]] = []
    for preview in (True, False):
        run = new_run(paths=list(paths), update_existing=True, preview=preview)
        stood = (Movie.objects.count(), Person.objects.count())
        fields.append([counts(run_import(run=run, paths=list(paths), **options)), run.ambiguous])
        assert not preview or (Movie.objects.count(), Person.objects.count()) == stood
    assert fields[0] == fields[1]
    found: tuple[int, int, int, int] = fields[1][0]
    return found


@pytest.mark.parametrize("size", [1, 2, 10])
def test_who_adopts_an_id_in_one_batch_is_known_in_the_next(tmp_path: Path, size: int) -> None:
    # Two directors of one name, of whom the catalogue holds one, without an id.
    person = PersonFactory.create(name="John Smith")
    for number in (1, 2):
        movie = MovieFactory.create(title=f"Film {number}", imdb_id=f"tt000000{number}", source="imdb")
        CreditFactory.create(movie=movie, person=person, kind="crew", job="Director", character=None)
    films = [
        {"title": f"Film {number}", "imdb_id": f"tt000000{number}",
         "directors": [{"name": "John Smith", "imdb_id": f"nm000000{number}"}]}
        for number in (1, 2, 3)
    ]  # fmt: skip

    assert both(lay(tmp_path, "f.ndjson", films), batch_size=size)[1] >= 1


@pytest.mark.parametrize("size", [1, 2, 10])
def test_a_movie_that_one_batch_renames_is_known_so_in_the_next(tmp_path: Path, size: int) -> None:
    MovieFactory.create(title="Heat", year=1995, imdb_id="tt0113277", source="imdb")
    films = [
        {"title": "Fuego", "year": 1996, "imdb_id": "tt0113277", "tmdb_id": 949},
        {"title": "Heat", "year": 1995},
        {"title": "Fuego", "year": 1996},
        {"title": "Other", "tmdb_id": 949},
        {"title": "Heat", "year": 1995, "directors": ["Somebody"]},
    ]

    both(lay(tmp_path, "f.ndjson", films), batch_size=size)
