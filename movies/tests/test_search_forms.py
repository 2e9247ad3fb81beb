"""Titles as people type them: other numerals, initials, a title and a person in one query, ids."""

from __future__ import annotations

import pytest

from movies.models import Movie
from movies.search.entries import title_entries
from movies.search.numerals import with_digits
from movies.search.query import find_movies, find_people
from movies.tests.factories import MovieFactory, PersonFactory

pytestmark = pytest.mark.django_db

TITLES = [
    ("The Godfather", 1972, 9.0),
    ("The Godfather Part II", 1974, 8.0),
    ("Back to the Future Part II", 1989, 7.0),
    ("The Hangover Part II", 2011, 6.0),
    ("Kill Bill: Volume 1", 2003, 6.0),
    ("Kill Bill: Volume 2", 2004, 6.0),
    ("12 Angry Men", 1957, 8.0),
    ("Ocean's Eleven", 2001, 7.0),
    ("One Hundred and One Dalmatians", 1961, 6.0),
    ("Star Wars Episode IV: A New Hope", 1977, 9.0),
    ("E.T. the Extra-Terrestrial", 1982, 8.0),
    ("Eternal Sunshine of the Spotless Mind", 2004, 9.0),
    ("300", 2007, 7.0),
    ("The 300 Spartans", 1962, 1.0),
    ("The Lord of the Rings: The Two Towers", 2002, 9.0),
    ("Lotrando and Zubejda", 1997, 0.1),
    ("It", 2017, 8.0),
    ("It", 1927, 1.0),
    ("Dune", 1984, 5.0),
    ("Dune", 2021, 9.0),
    ("Seven", 1995, 8.0),
    ("V for Vendetta", 2005, 8.0),
    ("Malcolm X", 1992, 6.0),
]


@pytest.fixture
def catalogue() -> dict[str, Movie]:
    made = {}
    for title, year, popularity in TITLES:
        made[f"{title} {year}"] = MovieFactory.create(title=title, year=year, popularity=popularity)
    pacino, de_niro = PersonFactory.create(name="Al Pacino"), PersonFactory.create(name="Robert De Niro")
    MovieFactory.create(title="Heat", year=1995, popularity=7.0, cast=[pacino, de_niro], imdb_id="tt0113277")
    MovieFactory.create(title="Heat", year=1986, popularity=9.0)
    MovieFactory.create(title="Scent of a Woman", year=1992, popularity=6.0, cast=[pacino])
    return made


def _found(query: str) -> list[str]:
    movies = Movie.objects.in_bulk(ids := find_movies(query))
    return [f"{movies[pk].title} {movies[pk].year}" for pk in ids]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("godfather 2", "The Godfather Part II 1974"),
        ("godfather ii", "The Godfather Part II 1974"),
        ("the godfather part two", "The Godfather Part II 1974"),
        ("back to the future 2", "Back to the Future Part II 1989"),
        ("future 2", "Back to the Future Part II 1989"),
        ("hangover 2", "The Hangover Part II 2011"),
        ("kill bill vol 1", "Kill Bill: Volume 1 2003"),
        ("kill bill vol. 2", "Kill Bill: Volume 2 2004"),
        ("twelve angry men", "12 Angry Men 1957"),
        ("oceans 11", "Ocean's Eleven 2001"),
        ("101 dalmatians", "One Hundred and One Dalmatians 1961"),
        ("star wars 4", "Star Wars Episode IV: A New Hope 1977"),
        ("E.T.", "E.T. the Extra-Terrestrial 1982"),
        ("et", "E.T. the Extra-Terrestrial 1982"),
        ("300", "300 2007"),
        ("lotr", "The Lord of the Rings: The Two Towers 2002"),
        ("lotr two towers", "The Lord of the Rings: The Two Towers 2002"),
        ("it", "It 2017"),
        ("dune", "Dune 2021"),
        ("seven", "Seven 1995"),
        ("v for vendetta", "V for Vendetta 2005"),
        ("malcolm x", "Malcolm X 1992"),
        ("al pacino heat", "Heat 1995"),
        ("heat de niro", "Heat 1995"),
        ("heat pacino 1995", "Heat 1995"),
        ("tt0113277", "Heat 1995"),
        ("https://www.imdb.com/title/tt0113277/?ref_=fn", "Heat 1995"),
    ],
)
def test_the_best_match_comes_first(catalogue: dict[str, Movie], query: str, title: str) -> None:
    assert _found(query)[0] == title


@pytest.mark.parametrize("query", ["movies with al pacino", "films starring Al Pacino", "al pacino movies"])
def test_words_around_a_persons_name_do_not_count(catalogue: dict[str, Movie], query: str) -> None:
    assert _found(query) == ["Heat 1995", "Scent of a Woman 1992"]


def test_a_person_and_a_title_that_do_not_belong_together_find_nothing(catalogue: dict[str, Movie]) -> None:
    assert _found("al pacino dalmatians") == []


def test_an_unknown_id_finds_nothing(catalogue: dict[str, Movie]) -> None:
    assert _found("tt9999999") == []
    Movie.objects.filter(imdb_id="tt0113277").update(state="withdrawn")
    assert _found("tt0113277") == []


def test_a_person_is_found_by_imdb_id() -> None:
    person = PersonFactory.create(name="Al Pacino", imdb_id="nm0000199")
    assert find_people("nm0000199") == [person.pk]


@pytest.mark.parametrize(
    ("key", "digits"),
    [
        ("godfather part ii", "godfather 2"),
        ("rocky iv", "rocky 4"),
        ("history of the world part i", "history of the world 1"),
        ("i robot", "i robot"),
        ("v for vendetta", "v for vendetta"),
        ("seven", "seven"),
        ("twenty one grams", "21 grams"),
        ("one hundred and one dalmatians", "101 dalmatians"),
        ("two hundred motels", "200 motels"),
        ("two of us", "2 of us"),
        ("part ii", "part 2"),
        ("2001 space odyssey", "2001 space odyssey"),
    ],
)
def test_numbers_have_one_spelling(key: str, digits: str) -> None:
    assert with_digits(key) == digits


def test_initials_are_words_of_their_own_that_no_typing_error_leads_to() -> None:
    held = title_entries(["The Lord of the Rings: The Two Towers"])
    assert {word for words in held.values() for word in words if word.startswith("=")} == {
        "=lotr",
        "=tlotr",
        "=lotrttt",
        "=tlotrttt",
    }
    assert title_entries(["It"]) == {"it": ["i", "it"]}
