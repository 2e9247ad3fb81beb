"""Two entries of one movie become one; two movies stay two."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tools.catalogue.duplicates import merge_named, merge_namesakes, merge_nominees, merge_other_titles
from tools.catalogue.reading import Pair
from tools.catalogue.tests.factories import entry, shelf

BEST = "Best Picture"
SHORT = "Short Film (Animated)"
FOREIGN = "International Feature Film"
KNOWN: dict[str, Any] = {"runtime": 145, "imdb_id": "tt0099685", "genres": ["Crime"], "original_language": "en"}


@pytest.mark.parametrize(
    ("nominee", "movie"),
    [
        (entry("Good Fellas", 1990, oscars=[BEST]), entry("Goodfellas", 1990, **KNOWN)),
        (entry("Sunset Blvd.", 1950, oscars=[BEST]), entry("Sunset Blvd", 1950, **KNOWN)),
        (entry("Marvel's The Avengers", 2012, oscars=["Visual Effects"]), entry("The Avengers", 2012, **KNOWN)),
        (entry("The Chorus (Les Choristes)", 2004, oscars=[FOREIGN]),
         entry("Les Choristes", 2004, **{**KNOWN, "original_language": "fr"})),
        (entry("Amarcord", 1975, oscars=["Directing"]),
         entry("Amarcord", 1973, **{**KNOWN, "original_language": "it", "countries": ["IT"]})),
        (entry("Gruffalo", 2010, oscars=[SHORT]), entry("The Gruffalo", 2009, runtime=25, genres=["Short"])),
    ],
)  # fmt: skip
def test_a_nominee_is_merged_with_its_movie(nominee: Any, movie: Any) -> None:
    held = shelf(nominee, movie)
    assert [kept for kept, _ in merge_nominees(held)] == [movie]
    assert list(held) == [movie]
    assert len(movie.awards) == 1
    assert nominee.title in movie.titles()


@pytest.mark.parametrize(
    ("nominee", "movie"),
    [
        (entry("Close", 2022, oscars=[FOREIGN]), entry("Close", 2019, **KNOWN)),
        (entry("Wat's Pig", 1996, oscars=[SHORT]), entry("Pig", 1998, runtime=23, genres=["Short"])),
        (entry("Paradise", 1984, oscars=[SHORT]), entry("Paradise", 1982, **KNOWN)),
        (entry("Pinocchio", 2020, oscars=["Costume Design"]), entry("Pinocchio", 2022, **KNOWN)),
        (entry("Parasite", 2019, oscars=[BEST]), entry("Parasite", 1982, **KNOWN)),
    ],
)
def test_a_nominee_is_not_taken_for_another_movie(nominee: Any, movie: Any) -> None:
    held = shelf(nominee, movie)
    assert list(merge_nominees(held)) == []
    assert len(held) == 2


def test_a_named_pair_gets_the_english_title_and_keeps_the_other() -> None:
    nominee = entry("Parasite", 2019, oscars=[BEST])
    movie = entry("Gisaengchung", 2019, imdb_id="tt6751668", runtime=132, original_language="ko", countries=["KR"])
    held = shelf(nominee, movie)
    pair = Pair(entry("Parasite", 2019), entry("Gisaengchung", 2019, imdb_id="tt6751668"), by_id=False)
    assert len(list(merge_named(held, [pair]))) == 1
    (found,) = held
    assert (found.title, found.original_title, found.imdb_id) == ("Parasite", "Gisaengchung", "tt6751668")
    assert found.awards


def test_a_named_pair_whose_runtimes_differ_stays_two() -> None:
    held = shelf(entry("The Don", 2006, runtime=90), entry("Don: The Chase Begins Again", 2006, runtime=169))
    pair = Pair(entry("The Don", 2006), entry("Don: The Chase Begins Again", 2006), by_id=False)
    assert list(merge_named(held, [pair])) == []


@pytest.mark.parametrize(
    ("title", "shorter", "merged"),
    [
        ("Star Wars Episode V: The Empire Strikes Back", "The Empire Strikes Back", True),
        ("2010: The Year We Make Contact", "2010", True),
        ("Dr. Seuss' The Lorax", "The Lorax", True),
        ("The Secret Life of Bees", "A Secret", False),
        ("Heat", "Casino", False),
    ],
)
def test_titles_of_one_premiere_are_merged(title: str, shorter: str, merged: bool) -> None:
    day = {"release_date": date(1980, 5, 21), "year": 1980}
    held = shelf(entry(title, runtime=124, **day), entry(shorter, runtime=125, imdb_id="tt0080684", **day))
    assert len(list(merge_other_titles(held))) == merged
    assert len(held) == 2 - merged


def test_titles_that_cleaning_made_the_same_are_merged() -> None:
    held = shelf(
        entry("The Curtain Pole", 1909, imdb_id="tt0000840"), entry("The Curtain Pole", 1909, cast=["Mack Sennett"])
    )
    assert len(list(merge_namesakes(held))) == 1
    (found,) = held
    assert (found.imdb_id, found.names()) == ("tt0000840", {"Mack Sennett"})


@pytest.mark.parametrize(("director", "merged"), [("Jon Favreau", True), ("Somebody Else", False)])
def test_a_movie_whose_page_was_renamed_is_there_once(director: str, merged: bool) -> None:
    held = shelf(
        entry("Chef", 2014, wikipedia_page="Chef (2014 film)", directors=["Jon Favreau"], cast=["Sofía Vergara"]),
        entry(
            "Chef",
            2014,
            wikipedia_page="Chef (film)",
            imdb_id="tt2883512",
            directors=[director],
            cast=["Sofía Vergara"],
        ),
    )
    assert len(list(merge_namesakes(held))) == merged
    assert len(held) == 2 - merged


def test_namesakes_with_different_ids_stay_two() -> None:
    held = shelf(entry("The Promise", 2017, imdb_id="tt0000001"), entry("The Promise", 2017, imdb_id="tt0000002"))
    assert list(merge_namesakes(held)) == []
