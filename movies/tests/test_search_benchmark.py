"""The generator of a catalogue to measure on, and the measurement, at a size that takes seconds."""

from __future__ import annotations

import random
from itertools import islice
from typing import Any

import pytest
from django.db import connection

from benchmarks import search
from benchmarks.catalogue import Catalogue
from benchmarks.generate import NotEmptyError, fill
from movies.models import CatalogueCount, Movie, Person
from movies.services.figures import CATALOGUE_RECOUNTS
from movies.tests.test_search_movies import film

SCHEMA = """
SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'movies\\_%%'
UNION ALL SELECT conrelid::regclass || conname || pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1
"""


def schema() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        return cursor.fetchall()


def test_the_same_seed_gives_the_same_films() -> None:
    first, again, other = (list(islice(Catalogue(200, seed).films(), 200)) for seed in (1, 1, 2))
    assert first == again != other
    assert len(first) == 200


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_filled_database_is_consistent_and_found(capsys: pytest.CaptureFixture[str]) -> None:
    before = schema()
    published = fill(1_500, seed=3)
    assert schema() == before
    assert Movie.objects.count() == 1_500
    assert Movie.objects.published().count() == published < 1_500
    assert CatalogueCount.objects.get(name=CatalogueCount.PEOPLE).value == Person.objects.count() > 500
    assert {what: recount() for what, recount in CATALOGUE_RECOUNTS.items()} == dict.fromkeys(CATALOGUE_RECOUNTS, 0)
    assert not Movie.objects.filter(genres__name="Silent", year__gte=1930).exists()
    assert Movie.objects.filter(runtime=None).count() > 50
    assert film("One more").pk == 1_501  # the sequences go on behind what was written
    with pytest.raises(NotEmptyError):
        fill(10)
    assert Movie.objects.count() == 1_501
    assert fill(500, seed=3, replace=True) <= 500

    with pytest.raises(SystemExit) as finished:
        search.run(["--sample", "100", "-v"])
    assert "MISSED" not in capsys.readouterr().out.replace("ms)  MISSED", "")  # time is not judged here
    assert finished.value.code in (0, 1)


def test_a_mistyped_title_has_one_error() -> None:
    chance = random.Random(1)  # noqa: S311  the same ones each time
    for _ in range(200):
        wrong = search.mistype("Heat of 1995", chance)
        assert wrong != "Heat of 1995"
        assert abs(len(wrong) - 12) <= 1
