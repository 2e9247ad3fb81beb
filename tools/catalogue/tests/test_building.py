"""The whole way from the lists to the file, with a few rows of each list."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tools.catalogue.building import Built, build, check
from tools.catalogue.writing import packed, read

LISTS: dict[str, list[dict[str, Any]]] = {
    "wikipedia-films": [
        {"title": "Goodfellas", "year": 1990, "cast": ["Robert De Niro", "and"], "genres": [], "href": "Goodfellas"},
        {"title": "Iron Man", "year": 2008, "cast": ["Robert Downey, Jr."], "genres": [], "href": "Iron_Man"},
    ],
    "film-facts": [
        {"title": "Goodfellas", "year": 1990, "href": "Goodfellas", "runtime": 145, "imdb_id": "tt0099685"},
        {"title": "Good Fellas", "year": 1990,
         "awards": [{"award": "Academy Award", "ceremony": 63, "category": "Directing", "won": False}]},
        {"title": "Kagemusha", "year": 1980, "directors": ["Kurosawa Akira"], "languages": ["Japanese"]},
    ],
    "more/film-facts-more": [
        {"title": "Goodfellas", "year": 1990, "imdb_id": "tt0099685", "directors": ["Martin Scorsese"],
         "signals": {"omdb_votes": 71}, "from": {"directors": "omdb"}},
        {"title": "Kagemusha", "year": 1980, "imdb_id": "tt0080979", "original_title": "影武者",
         "titles": [{"title": "The Shadow Warrior", "language": "en"}],
         "awards": [{"award": "Palme d'Or", "won": True}]},
    ],
    "more/films-new": [{"title": "Indien", "year": 1995, "imdb_id": "tt0107214", "original_language_code": "de"}],
    "more/overviews": [
        {"title": "Goodfellas", "year": 1990, "href": "Goodfellas", "overview": "Goodfellas is a crime film."}
    ],
    "more/director-corrections": [
        {"title": "Kagemusha", "year": 1980, "imdb_id": "tt0080979", "directors_now": ["Kurosawa Akira"],
         "directors": ["Akira Kurosawa"], "sources": 2}
    ],
    "more/duplicate-pairs": [],
}  # fmt: skip
TWEETINGS = {
    "ratings": ["1::0099685::9::1365000000", "2::0099685::8::1365000001"],
    "movies": ["0099685::Goodfellas (1990)::Crime"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = {f"{name}.jsonl.gz": list(map(json.dumps, rows)) for name, rows in LISTS.items()}
    lines |= {f"movietweetings/{name}.dat.gz": rows for name, rows in TWEETINGS.items()}
    for name, rows in lines.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(gzip.compress("".join(f"{row}\n" for row in rows).encode()))
    return tmp_path


@pytest.fixture
def built(folder: Path) -> Built:
    return build(folder)


def test_the_lists_become_one_clean_catalogue(built: Built, tmp_path: Path) -> None:
    check(built.entries)
    (tmp_path / "catalogue.gz").write_bytes(packed(built.entries))
    rows = {row["title"]: row for row in read(tmp_path / "catalogue.gz")}
    assert sorted(rows) == ["Goodfellas", "Indien", "Iron Man", "Kagemusha"]
    goodfellas = rows["Goodfellas"]
    assert (goodfellas["cast"], goodfellas["directors"]) == (["Robert De Niro"], ["Martin Scorsese"])
    assert goodfellas["awards"][0]["category"] == "Directing"
    assert goodfellas["popularity_seed"] > 3
    assert rows["Iron Man"]["cast"] == ["Robert Downey Jr."]
    assert (rows["Kagemusha"]["directors"], rows["Kagemusha"]["original_title"]) == (["Akira Kurosawa"], "影武者")
    assert rows["Indien"]["original_language"] == "de"


def test_an_overview_keeps_source_license_and_page(built: Built) -> None:
    (goodfellas,) = [entry for entry in built.entries if entry.title == "Goodfellas"]
    assert (goodfellas.overview_source, goodfellas.overview_license) == ("Wikipedia", "CC BY-SA 4.0")
    assert goodfellas.overview_url == "https://en.wikipedia.org/wiki/Goodfellas"


def test_the_report_counts_what_each_step_touched(built: Built) -> None:
    steps = (
        "names that are not of people",
        "nominees merged with the movie",
        "directors corrected",
        "more facts: joined",
    )
    assert [built.report[step] for step in steps] == [1, 1, 1, 2]


def test_the_same_lists_give_the_same_bytes(folder: Path) -> None:
    assert packed(build(folder).entries) == packed(build(folder).entries)


@pytest.mark.parametrize(
    ("field", "value"), [("title", "Heat[1]"), ("genres", ["Performance"]), ("overview", "Without its source.")]
)
def test_the_check_finds_what_was_not_cleaned(built: Built, field: str, value: Any) -> None:
    setattr(next(entry for entry in built.entries if entry.title == "Indien"), field, value)
    with pytest.raises(AssertionError):
        check(built.entries)
