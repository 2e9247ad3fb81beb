"""Finding movies, on a small catalogue of which every film is known."""

from __future__ import annotations

from typing import Any

import pytest

from movies.models import Movie
from movies.search.index import index_movies
from movies.search.query import find_movies, suggest_movies
from movies.tests.factories import MovieFactory, PersonFactory

pytestmark = pytest.mark.django_db

HOSTILE = [
    "\x00",
    "heat\x00",
    "x" * 10_000,
    "heat " * 2_000,
    "%",
    "_",
    "%%%",
    "\\",
    "'",
    "''; DROP TABLE movies_movie; --",
    "a' | 'b",
    "heat & | ! <-> :*",
    "()(((",
    "{1,2}",
    "$1 %s %(x)s",
    "🎬",
    "🎬🎬🎬",
    "\ud800",
    "\U0010ffff",
    "\u200b",
    "!!!",
    " ",
    "",
    "²",
    "٣",
    "1995",
    "1 1995",
    "a b c d e f g h i j k l m n o p q r s t u v w x y z",
]


def film(title: str, year: int | None = 2000, popularity: float = 1.0, **facts: Any) -> Movie:
    movie = MovieFactory(title=title, year=year, popularity=popularity, **facts)
    assert isinstance(movie, Movie)
    return movie


def titles(ids: list[int]) -> list[str]:
    """Titles of the found, in the order found."""
    movies = Movie.objects.in_bulk(ids)
    return [movies[pk].title for pk in ids]


@pytest.fixture
def catalogue() -> None:
    """Films that others are easily taken for."""
    film("The Matrix", 1999, 9)
    film("The Matrix Reloaded", 2003, 7)
    film("Amélie", 2001, 8, original_title="Le Fabuleux Destin d'Amélie Poulain")
    film("WALL·E", 2008, 8)
    film("Seven", 1995, 8.5)
    film("Spider-Man", 2002, 8)
    film("Heat", 1995, 8)
    film("Heat", 1986, 1)
    film("Heathers", 1989, 9)
    film("1917", 2019, 7)
    film("2001: A Space Odyssey", 1968, 8)
    film("Blade Runner", 1982, 9)
    film("Blade Runner 2049", 2017, 8)
    film("Rocky", 1976, 9)
    film("Rocky II", 1979, 7)
    film("The Lord of the Rings: The Two Towers", 2002, 9)
    film("!!!", 2011, 0)
    film("千と千尋の神隠し", 2001, 9)


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("amelie", "Amélie"),
        ("AMÉLIE", "Amélie"),
        ("fabuleux destin", "Amélie"),
        ("le fabuleux destin d'amelie poulain", "Amélie"),
        ("matrix, the", "The Matrix"),
        ("matrix the", "The Matrix"),
        ("the matrix", "The Matrix"),
        ("matrix", "The Matrix"),
        ("a matrix!", "The Matrix"),
        ("thematrix", "The Matrix"),
        ("wall e", "WALL·E"),
        ("wall-e", "WALL·E"),
        ("walle", "WALL·E"),
        ("se7en", "Seven"),
        ("spiderman", "Spider-Man"),
        ("spider man", "Spider-Man"),
        ("1917", "1917"),
        ("1917 2019", "1917"),
        ("2001 a space odyssey", "2001: A Space Odyssey"),
        ("2001 a space odyssey 1968", "2001: A Space Odyssey"),
        ("2001", "2001: A Space Odyssey"),
        ("blade runner 2049", "Blade Runner 2049"),
        ("blade runner (1982)", "Blade Runner"),
        ("rocky 2", "Rocky II"),
        ("!!!", "!!!"),
        ("千と千尋", "千と千尋の神隠し"),
    ],
)
def test_titles_are_found_however_they_are_written(query: str, title: str) -> None:
    assert titles(find_movies(query))[0] == title
    assert titles(suggest_movies(query))[0] == title


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("query", ["m", "ma", "mat", "matr", "matri", "the ma", "The Matri"])
def test_a_word_half_typed_is_found_the_best_known_first(query: str) -> None:
    for found in (find_movies(query), suggest_movies(query)):
        assert titles(found)[:2] == ["The Matrix", "The Matrix Reloaded"]


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    "query", ["two tow", "two t", "towers r", "towers rings", "lord two", "rings lord of the", "lord & towers"]
)
def test_any_words_of_a_title_are_found(query: str) -> None:
    assert titles(find_movies(query)) == ["The Lord of the Rings: The Two Towers"]


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("matirx", "The Matrix"),  # swapped
        ("mtrix", "The Matrix"),  # missing
        ("mattrix", "The Matrix"),  # extra
        ("matryx", "The Matrix"),  # wrong
        ("matri", "The Matrix"),
        ("teh matrix", "The Matrix"),  # in the article
        ("th matrix", "The Matrix"),
        ("spidermna", "Spider-Man"),
        ("blade runer 2049", "Blade Runner 2049"),
        ("blade runner 2094", "Blade Runner 2049"),
        ("matirx 1999", "The Matrix"),
        ("lord of the rigns", "The Lord of the Rings: The Two Towers"),  # in one word of some
        ("two towrs", "The Lord of the Rings: The Two Towers"),
        ("lrod towesr", "The Lord of the Rings: The Two Towers"),  # one in each
    ],
)
def test_a_typing_error_is_forgiven(query: str, title: str) -> None:
    assert title in titles(find_movies(query))[:2]
    assert title in titles(suggest_movies(query))[:2]


@pytest.mark.usefixtures("catalogue")
def test_two_typing_errors_in_a_word_and_other_titles_are_not() -> None:
    assert find_movies("mtarxi") == []
    assert find_movies("godfather") == []


@pytest.mark.usefixtures("catalogue")
def test_a_year_in_the_query_counts() -> None:
    found = Movie.objects.in_bulk(find_movies("heat 1986"))
    assert [found[pk].year for pk in find_movies("heat 1986")] == [1986, 1995]
    assert Movie.objects.get(pk=find_movies("heat 1995")[0]).year == 1995


@pytest.mark.usefixtures("catalogue")
def test_a_year_that_is_wrong_still_finds_the_title() -> None:
    assert titles(find_movies("heat 1997")) == ["Heat", "Heat"]


def test_exact_before_prefix_before_words_before_people_before_typing_errors() -> None:
    hanks = PersonFactory(name="Alien Smith", credit_count=5)
    film("Aliens vs. Zombies", popularity=6)
    film("Alien", popularity=1)
    film("Crawl", popularity=20, cast=[hanks])
    film("Alien Nation", popularity=5)
    film("The Last Alien", popularity=30)
    film("Allen", popularity=40)
    assert titles(find_movies("alien")) == [
        "Alien",
        "Aliens vs. Zombies",
        "Alien Nation",
        "The Last Alien",
        "Crawl",
        "Allen",
    ]


def test_known_before_obscure_then_the_older_entry_first() -> None:
    first, second = film("Solaris", 1972, 0), film("Solaris", 2002, 0)
    famous = film("Solaris", 1968, 3)
    assert find_movies("solaris") == [famous.pk, first.pk, second.pk]


def test_popularity_is_read_fresh_without_indexing_anew() -> None:
    first, second = film("Solaris", 1972, 1), film("Solaris", 2002, 2)
    Movie.objects.filter(pk=first.pk).update(popularity=3)
    assert find_movies("solaris") == [first.pk, second.pk]


def test_alternative_titles_are_found() -> None:
    movie = film("Spirited Away", 2001)
    movie.alternative_titles.create(title="Chihiros Reise ins Zauberland", country="DE")
    index_movies([movie.pk])
    assert find_movies("chihiros reise") == [movie.pk]
    assert find_movies("zauberland") == [movie.pk]


def test_a_film_hit_by_several_of_its_titles_is_found_once() -> None:
    movie = film("Amelie", original_title="Amélie from Montmartre")
    assert find_movies("ameli") == suggest_movies("ameli") == [movie.pk]


def test_a_persons_films_come_after_titles_the_best_known_first() -> None:
    hanks = PersonFactory(name="Tom Hanks", credit_count=3)
    small = film("Larry Crowne", 2011, 2, directors=[hanks])
    big = film("Apollo 13", 1995, 8, cast=[hanks])
    about = film("Tom Hanks: The Nomad", 2023, 0)
    for query in ("tom hanks", "hanks, tom", "Tom Hank"):
        assert set(find_movies(query)[-2:]) == {small.pk, big.pk}, query
    assert find_movies("tom hanks") == suggest_movies("tom hanks") == [about.pk, big.pk, small.pk]
    assert find_movies("hanks 1995") == [big.pk]


@pytest.mark.parametrize("query", ["tom hnaks", "tm hanks", "hankss"])
def test_a_typing_error_in_a_name_is_forgiven(query: str) -> None:
    hanks = PersonFactory(name="Tom Hanks")
    movie = film("Apollo 13", cast=[hanks])
    assert find_movies(query) == suggest_movies(query) == [movie.pk]


@pytest.mark.parametrize("state", [Movie.State.DRAFT, Movie.State.WITHDRAWN])
def test_what_is_not_published_is_never_found(state: str) -> None:
    hanks = PersonFactory(name="Tom Hanks")
    movie = film("Apollo 13", state=state, cast=[hanks])
    for query in ("apollo 13", "apol", "a", "apolo 13", "tom hanks", "tom hnaks", "apollo 13 2000"):
        assert find_movies(query) == suggest_movies(query) == []
    Movie.objects.filter(pk=movie.pk).update(state=Movie.State.PUBLISHED)
    index_movies([movie.pk])
    assert find_movies("apollo 13") == [movie.pk]
    # Not even before the index knows.
    Movie.objects.filter(pk=movie.pk).update(state=state)
    assert find_movies("apollo 13") == find_movies("tom hanks") == []


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("query", HOSTILE)
def test_hostile_queries_raise_nothing(query: str) -> None:
    assert isinstance(find_movies(query), list)
    assert isinstance(suggest_movies(query), list)


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("query", ["%", "_", "%z%", "' OR ''='", "\\", "🎬", "...."])
def test_wildcards_and_signs_stand_for_themselves(query: str) -> None:
    assert find_movies(query) == []


@pytest.mark.usefixtures("catalogue")
def test_the_limit_is_kept() -> None:
    assert len(find_movies("matrix", limit=1)) == 1
    assert find_movies("matrix", limit=0) == find_movies("matrix", limit=-1) == []
    assert len(suggest_movies("m", limit=1)) == 1


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("query", ["m", "matrix", "heat 1995", "mtarix", "tom hanks", "lord of the rigns", "%"])
def test_one_statement(django_assert_num_queries: Any, query: str) -> None:
    for function in (find_movies, suggest_movies):
        with django_assert_num_queries(1):
            function(query)


def test_nothing_to_look_for_asks_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert find_movies(" \x00") == suggest_movies("") == []
