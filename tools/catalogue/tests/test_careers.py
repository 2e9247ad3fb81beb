"""Careers that no one lived are those of several people."""

from __future__ import annotations

from collections.abc import Iterable

from tools.catalogue.careers import split_careers
from tools.catalogue.entry import Entry
from tools.catalogue.tests.factories import entry


def acted(name: str, years: Iterable[int]) -> list[Entry]:
    return [entry(f"With {name}, {year}", year, cast=[name]) for year in years]


def directed(name: str, years: Iterable[int]) -> list[Entry]:
    return [entry(f"By {name}, {year}", year, directors=[name]) for year in years]


def people(movies: list[Entry]) -> list[str]:
    return sorted(set().union(*(movie.names() for movie in movies)))


def test_a_career_longer_than_a_life_is_split_at_its_gap() -> None:
    movies = acted("Harrison Ford", [*range(1917, 1929), *range(1968, 2024, 3)])
    assert split_careers(movies) == 1
    assert people(movies) == ["Harrison Ford", "Harrison Ford (active 1917–1928)"]
    assert movies[0].names() == {"Harrison Ford (active 1917–1928)"}
    assert movies[-1].names() == {"Harrison Ford"}


def test_an_actor_who_directs_decades_later_is_somebody_else() -> None:
    movies = acted("Steve McQueen", range(1958, 1981)) + directed("Steve McQueen", (2008, 2011, 2013))
    split_careers(movies)
    assert movies[0].names() == {"Steve McQueen"}
    assert movies[-1].names() == {"Steve McQueen (director)"}


def test_an_actor_who_goes_on_to_direct_stays_one_person() -> None:
    movies = acted("Ron Howard", range(1960, 1980, 2)) + directed("Ron Howard", range(1982, 2020, 3))
    assert split_careers(movies) == 0


def test_a_long_life_at_work_stays_one_person() -> None:
    assert split_careers(acted("Mickey Rooney", range(1927, 2015, 4))) == 0


def test_old_footage_in_a_late_movie_makes_nobody_new() -> None:
    assert split_careers(acted("Claudette Colbert", [*range(1927, 1962, 2), 2004])) == 0


def test_a_documentary_about_a_person_does_not_prolong_the_career() -> None:
    movies = acted("Buster Keaton", range(1917, 1966, 3))
    movies.append(entry("About Keaton", 2018, cast=["Buster Keaton"], genres=["Documentary"]))
    assert split_careers(movies) == 0


def test_awards_name_the_person_of_their_time() -> None:
    movies = acted("Harrison Ford", [*range(1917, 1929), *range(1968, 2024, 3)])
    from movies.importers.record import Nomination

    movies[0].awards = [Nomination("Academy Award", 1, "Actor in a Leading Role", False, ("Harrison Ford",))]
    split_careers(movies)
    assert movies[0].awards[0].people == ("Harrison Ford (active 1917–1928)",)
