"""Finding people."""

from __future__ import annotations

from typing import Any

import pytest

from movies.models import Person
from movies.search.index import index_people
from movies.search.query import find_people
from movies.tests.factories import PersonFactory
from movies.tests.test_search_movies import HOSTILE

pytestmark = pytest.mark.django_db


def person(name: str, credit_count: int = 1, **facts: Any) -> Person:
    made = PersonFactory(name=name, credit_count=credit_count, **facts)
    assert isinstance(made, Person)
    return made


@pytest.mark.parametrize(
    "query",
    [
        "Penélope Cruz",
        "penelope cruz",
        "PENELOPE CRUZ",
        "cruz, penelope",
        "penelopecruz",
        "p",
        "pe",
        "penel",
        "penelope c",
        "penelope cru",
        "cruz",
        "penelpoe cruz",
        "cruz penelop",
        "penelope crzu",
    ],
)
def test_names_are_found_however_they_are_written(query: str) -> None:
    cruz = person("Penélope Cruz")
    person("Tom Hanks")
    assert find_people(query) == [cruz.pk]


def test_exact_before_prefix_before_words_before_typing_errors_then_most_credits() -> None:
    fuzzy = person("John Fort", 90)
    worded = person("John Paul Ford", 80)
    prefix_small, prefix_big = person("John Fordson", 3), person("John Ford Jr.", 4)
    exact_small, exact_big = person("John Ford", 1), person("John Ford", 2)
    assert find_people("john ford") == [
        exact_big.pk,
        exact_small.pk,
        prefix_big.pk,
        prefix_small.pk,
        worded.pk,
        fuzzy.pk,
    ]


def test_a_year_of_birth_tells_namesakes_apart() -> None:
    person("Steve McQueen", 50, born=1930)
    director = person("Steve McQueen", 5, born=1969)
    assert find_people("steve mcqueen 1969") == [director.pk]


def test_a_renamed_person_is_found_by_the_new_name_alone() -> None:
    renamed = person("Ellen Page")
    Person.objects.filter(pk=renamed.pk).update(name="Elliot Page")
    index_people([renamed.pk])
    assert find_people("elliot page") == [renamed.pk]
    assert find_people("ellen") == []


@pytest.mark.parametrize("query", HOSTILE)
def test_hostile_queries_raise_nothing(query: str) -> None:
    person("Heath Ledger")
    assert isinstance(find_people(query), list)


@pytest.mark.parametrize("query", ["t", "tom hanks", "tom hnaks", "tom hanks 1956", "%"])
def test_one_statement(django_assert_num_queries: Any, query: str) -> None:
    person("Tom Hanks")
    with django_assert_num_queries(1):
        find_people(query)
