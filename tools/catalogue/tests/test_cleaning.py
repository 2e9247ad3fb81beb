"""Titles, names, genres: what a page leaves in them goes, and nothing else."""

from __future__ import annotations

import pytest

from tools.catalogue.genres import map_genres
from tools.catalogue.people import clean_name, clean_people
from tools.catalogue.tests.factories import entry
from tools.catalogue.titles import DIRT, clean_title, clean_titles
from tools.catalogue.wikipedia import clean_overview

STYLE = ".mw-parser-output .frac{white-space:nowrap}.mw-parser-output .frac .num{font-size:80%}"


@pytest.mark.parametrize(
    ("title", "right"),
    [
        (f"Naked Gun {STYLE}33+1⁄3: The Final Insult", "Naked Gun 33+1⁄3: The Final Insult"),
        ('Maggie Simpson in \\"The Longest Daycare\\"', 'Maggie Simpson in "The Longest Daycare"'),
        ('Droopy\'s \\\\"Double Trouble\\\\"', 'Droopy\'s "Double Trouble"'),
        ("The Curtain Pole[1]", "The Curtain Pole"),
        ("Fly by Night [fr]", "Fly by Night"),
        ("Uuno Turhapuro &ndash; This Is My Life", "Uuno Turhapuro – This Is My Life"),
        ("Tom &#38; Jerry", "Tom & Jerry"),
        ("[[The Degraded]]", "The Degraded"),
        ("Mukh O Mukhosh'' / The Face", "Mukh O Mukhosh / The Face"),
        ("Alien<sup>3</sup>", "Alien3"),
        ("Thou Art the Man (film)", "Thou Art the Man"),
        ("Titanic (1996 miniseries)", "Titanic"),
        ("Frankenweenie (1984)", "Frankenweenie"),
    ],
)
def test_leftovers_of_a_page_are_removed_from_titles(title: str, right: str) -> None:
    assert clean_title(title) == right
    assert DIRT.search(title)
    assert not DIRT.search(right)


@pytest.mark.parametrize(
    "title",
    [
        "[REC] 4: Apocalipsis", "The Postman (Il Postino)", 'Cry "Havoc"', "$", "?", "( )", "Tom & Jerry",
        "The Videos 86>98", "B*tch Slap",
    ],
)  # fmt: skip
def test_titles_that_look_odd_are_kept(title: str) -> None:
    assert clean_title(title) == title
    assert not DIRT.search(title)


def test_all_titles_of_a_movie_are_cleaned() -> None:
    movie = entry("Heat[2]", original_title="Heat &amp; Co", alternative_titles=[])
    assert clean_titles([movie, entry("Clean")]) == 1
    assert movie.titles() == ["Heat", "Heat & Co"]


@pytest.mark.parametrize(
    "text",
    [
        "and", ".", "Voices of", "voices of", "&", "?", "[2]", "(narrator)", "(narrated by)", "Various cameos",
        "Unknown", "the life of", "stand-up comedy", "disc jockeys", "Music By", "producer)", "Narrated by",
        "and his Orchestra", "A year in the life of Susan Tom and her 11 children with disabilities", "Sr.",
        "screenwriter)",
    ],
)  # fmt: skip
def test_remarks_are_not_people(text: str) -> None:
    movie = entry("Heat", cast=["Al Pacino", text])
    clean_people([movie])
    assert {name.removesuffix(" Sr.") for name in movie.names()} == {"Al Pacino"}


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Robert Downey, Jr.", ["Robert Downey Jr."]),
        ("Robert Downey, Jr", ["Robert Downey Jr."]),
        ("Rudolf Hrušínský jr", ["Rudolf Hrušínský Jr."]),
        ("Harry Carter (actor)", ["Harry Carter"]),
        ("Liam Neeson ''(I)''", ["Liam Neeson"]),
        ("Katherine MacDonald]]", ["Katherine MacDonald"]),
        ('Paul \\"Triple H\\" Levesque', ['Paul "Triple H" Levesque']),
        ("and Ateesh Randev", ["Ateesh Randev"]),
        ("Narrated by Orson Welles", ["Orson Welles"]),
        ("Tom Berenger as The American", ["Tom Berenger"]),
        ("Lee and Lyn Wilde", ["Lee Wilde", "Lyn Wilde"]),
        ("Micheline Presle and Gérard Philipe", ["Micheline Presle", "Gérard Philipe"]),
        ("Helmut Berger, Ida Galli", ["Helmut Berger", "Ida Galli"]),
        ("Ugo Tognazzi; Romy Schneider", ["Ugo Tognazzi", "Romy Schneider"]),
    ],
)
def test_names_are_cleaned_and_taken_apart(text: str, people: list[str]) -> None:
    assert clean_name(text) == people
    assert [clean_name(person) for person in people] == [[person] for person in people]


@pytest.mark.parametrize(
    "name",
    [
        "Laurel and Hardy", "Sly and the Family Stone", "will.i.am", "U2", "X", "Jung Woong-in", "Andy On",
        "Wang Quan'an", "Ludwig van Beethoven", "The Rolling Stones", 'Guinn "Big Boy" Williams', "Penn & Teller", "JR",
        "D. W. Griffith",
        "muMs da Schemer", "Gilles de la Tourette", "RZA", "Natalie Pa'apa'a",
    ],
)  # fmt: skip
def test_unusual_names_are_kept(name: str) -> None:
    assert clean_name(name) == [name]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (
            "The Shadow , also known as Circus, is a film ( ) of 1913.[2]",
            "The Shadow, also known as Circus, is a film of 1913.",
        ),
        ("Heat is a 1995 American crime film.", "Heat is a 1995 American crime film."),
        ("{{Infobox film | name = The Outsiders", ""),
        ("This is a complete list of the 164 shorts in the Tom and Jerry series.", ""),
        ("Heat may refer to: a film of 1995", ""),
        ("Midnight Life is a shelved studio album by hip hop duo The Fixxers.", ""),
        ("The One Woman is a 1903 novel by Thomas Dixon Jr.", ""),
    ],
)
def test_overviews_are_about_one_movie(text: str, right: str) -> None:
    assert clean_overview(text) == right


def test_each_person_has_the_most_frequent_spelling() -> None:
    movies = [entry("A", cast=["Jose Ferrer"]), entry("B", cast=["José Ferrer"]), entry("C", directors=["José Ferrer"])]
    movies += [
        entry("D", cast=["Robert Downey, Jr.", "J.J. Abrams"]),
        entry("E", cast=["Robert Downey Jr.", "J. J. Abrams"]),
    ]
    report = clean_people(movies)
    assert set().union(*(movie.names() for movie in movies)) == {"José Ferrer", "Robert Downey Jr.", "J. J. Abrams"}
    assert report["spellings of a name that has another"] == 2


def test_a_suffix_of_its_own_belongs_to_the_name_before() -> None:
    movie = entry("Bits of Life", cast=["Noah Beery", "Sr.", "Anna May Wong"])
    clean_people([movie])
    assert [part.name for part in movie.cast] == ["Noah Beery Sr.", "Anna May Wong"]


def test_words_that_are_not_genres_become_tags() -> None:
    movies = [
        entry("Space Jam", genres=["Animated", "Live Action"]),
        entry("Defenseless", genres=["Legal"]),
        entry("The Verdict", genres=["Drama", "Legal"]),
        entry("Stop Making Sense", genres=["Documentary", "Performance"]),
        entry("Heat", genres=["Crime"]),
    ]
    assert map_genres(movies) == 4
    assert [movie.genres for movie in movies] == [["Animated"], ["Drama"], ["Drama"], ["Documentary"], ["Crime"]]
    assert [movie.tags for movie in movies] == [["live action"], ["courtroom"], ["courtroom"], ["performance"], []]
