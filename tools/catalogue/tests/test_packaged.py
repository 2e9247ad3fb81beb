"""The catalogue that comes with Watchly: the bars it holds, and the examples that it once got wrong."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from tools.catalogue.check import DATA, bars, missing
from tools.catalogue.writing import read

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return read(DATA / "catalogue.ndjson.gz")


@pytest.fixture(scope="module")
def by_title(rows: list[dict[str, Any]]) -> Rows:
    found: Rows = defaultdict(list)
    for row in rows:
        found[row["title"]].append(row)
    return found


def test_the_catalogue_holds_its_bars(rows: list[dict[str, Any]]) -> None:
    low = [bar for bar in bars(rows, sum(path.stat().st_size for path in DATA.iterdir())) if not bar.held]
    assert not low, "\n".join(missing(rows))


@pytest.mark.parametrize(
    ("title", "year", "category"),
    [("Goodfellas", 1990, "Directing"), ("Parasite", 2019, "Best Picture"), ("Sunset Boulevard", 1950, "Directing")],
)
def test_a_movie_holds_its_oscar_nominations(by_title: Rows, title: str, year: int, category: str) -> None:
    (movie,) = [row for row in by_title[title] if row["year"] == year]
    assert category in {award["category"] for award in movie["awards"]}
    assert movie["imdb_id"]


@pytest.mark.parametrize(
    ("imdb_id", "words"),
    [("tt0076759", "A New Hope"), ("tt0080684", "Empire Strikes"), ("tt0086190", "Return of the Jedi")],
)
def test_star_wars_is_there_once(rows: list[dict[str, Any]], imdb_id: str, words: str) -> None:
    found = [
        row
        for row in rows
        if 1977 <= row.get("year", 0) <= 1983
        and words in " ".join((row["title"], *(other["title"] for other in row.get("alternative_titles", ()))))
    ]
    assert [row.get("imdb_id") for row in found] == [imdb_id]


def test_no_person_has_two_lives(rows: list[dict[str, Any]]) -> None:
    years: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if "Documentary" not in row.get("genres", ()):
            for name in (*row.get("directors", ()), *row.get("cast", ())):
                years[name].add(row["year"])
    assert min(years["Harrison Ford"]) > 1960
    assert max(years["Steve McQueen"]) < 1990
    assert max(years["Steve McQueen (director)"]) >= 2013
    assert [name for name, active in years.items() if max(active) - min(active) > 90] == []


def test_every_overview_says_where_it_is_from(rows: list[dict[str, Any]]) -> None:
    origins = {
        (row.get("overview_source"), row.get("overview_license"), row["overview_url"].partition("/wiki/")[0])
        for row in rows
        if "overview" in row
    }
    assert origins == {("Wikipedia", "CC BY-SA 4.0", "https://en.wikipedia.org")}


def test_the_notice_names_every_source() -> None:
    notice = (DATA / "NOTICE").read_text()
    for source in ("the Oracle of Bacon", "CMU Movie", "Wikidata, CC0", "DBpedia", "omdb.org", "Sight and Sound 2022"):
        assert source in notice
