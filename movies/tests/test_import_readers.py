"""Reading files: every trap has its line in the report, and none is a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from movies.importers.record import CastMember
from movies.tests.importing import lay, problems, read_all, records, titles
from watchly.common.errors import RuleViolation

HEAT = '{"title": "Heat", "year": 1995}'
RONIN = '{"title": "Ronin", "year": 1998}'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (HEAT, "ndjson"),
        (f"[{HEAT}]", "json"),
        ("\ufefftitle,year\nHeat,1995\n", "csv"),
        ("year;title\n1995;Heat\n", "csv"),
        ('{"title": "Heat", "year": 1995, "cast": [], "genres": [], "href": "Heat_(1995_film)"}', "wikipedia"),
        (
            '[{"title": "Heat", "year": 1995, "cast": ["Al Pacino"], "genres": [], "href": null, "extract": "…"}]',
            "wikipedia",
        ),
        ('{"title": "Heat", "year": 1995, "countries": ["United States"]}', "facts"),
        ('{"title": "Heat", "year": 1995, "href": "Heat_(1995_film)", "runtime": 170}', "facts"),
        ("0113277::Heat (1995)::Action|Crime\n", "movietweetings"),
    ],
)
def test_a_format_is_recognised_by_its_content(tmp_path: Path, content: str, expected: str) -> None:
    found = read_all(lay(tmp_path, "without-a-suffix", content))

    assert [(batch.format.value, titles([batch])) for batch in found] == [(expected, ["Heat"])]


@pytest.mark.parametrize(
    "content", [b"", b"\x89PNG\r\n\x1a\n", b"Date,Name,Year\n2020-01-01,Heat,1995\n", b"\xff\xfeH\x00"]
)
def test_unknown_content_is_refused_as_a_whole(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(RuleViolation, match=r"none that is read|is empty|not a table|UTF-16"):
        read_all(lay(tmp_path, "movies.csv", content))


def test_a_country_by_name_makes_no_facts_of_a_file_that_says_more(tmp_path: Path) -> None:
    rows = [{"title": "Heat", "countries": ["Germany"]}, {"title": "Ronin", "overview": "A case."}]

    found = read_all(lay(tmp_path, "films", rows))

    assert [(record.countries, record.overview) for record in records(found)] == [(["DE"], None), ([], "A case.")]


def test_latin1_bom_and_crlf_are_read_and_remarked(tmp_path: Path) -> None:
    content = (
        b"\xef\xbb\xbf"
        + b'{"title": "Heat"}\r\n'
        + '{"title": "Amélie"}\r\n'.encode("latin-1")
        + '{"title": "Éon"}\r\n'.encode()
    )

    found = read_all(lay(tmp_path, "films.ndjson", content))

    assert titles(found) == ["Heat", "Amélie", "Éon"]
    assert problems(found) == [(1, "line_ends"), (1, "byte_order_mark"), (2, "encoding")]
    assert all(problem.accepted for batch in found for _, problem in batch.problems)


def test_long_titles_far_years_and_numbers_for_titles_come_in_with_a_remark(tmp_path: Path) -> None:
    long = "A" * 242
    rows = [{"title": long}, {"title": "100 Years", "year": 2115}, {"title": 1917}, {"title": 8.5}]

    found = read_all(lay(tmp_path, "films.ndjson", rows))

    assert titles(found) == [long, "100 Years", "1917", "8.5"]
    assert problems(found) == [(1, "long_title"), (2, "far_year"), (3, "title_was_number"), (4, "title_was_number")]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"year": 1995}, "missing"),
        ({"title": "  "}, "missing"),
        ({"title": True}, "not_text"),
        ({"title": "x" * 501}, "too_long"),
        ({"title": "x" * 99_999}, "too_long"),
        ({"title": "Half \ud83d"}, "broken_text"),
        ({"title": "A", "year": 1869}, "out_of_range"),
        ({"title": "A", "year": 2201}, "out_of_range"),
        ({"title": "A", "year": "1995"}, "not_a_number"),
        ({"title": "A", "year": 10**400}, "out_of_range"),
        ({"title": "A", "year": float("nan")}, "not_a_number"),
        ({"title": "A", "runtime": 0}, "out_of_range"),
        ({"title": "A", "release_date": "1999-02-30"}, "not_a_date"),
        ({"title": "A", "release_date": "31.3.1999"}, "not_a_date"),
        ({"title": "A", "year": 1950, "release_date": "1999-03-31"}, "contradiction"),
        ({"title": "A", "imdb_id": "0113277"}, "bad_id"),
        ({"title": "A", "wikidata_id": "Q0"}, "bad_id"),
        ({"title": "A", "tmdb_id": 2**31}, "out_of_range"),
        ({"title": "A", "countries": ["XX"]}, "unknown_code"),
        ({"title": "A", "languages": "en"}, "not_a_list"),
        ({"title": "A", "genres": ["x"] * 1001}, "too_many"),
        ({"title": "A", "runtme": 100}, "unknown_field"),
        ({"title": "A", "cast": [{"character": "Neil"}]}, "missing"),
        ({"title": "A", "cast": [{"name": "Al", "role": "Neil"}]}, "unknown_field"),
        ({"title": "A", "crew": [{"name": "Michael Mann", "job": "Director"}]}, "director"),
        ({"title": "A", "release_status": "out"}, "unknown_choice"),
        (
            {"title": "A", "release_dates": [{"country": "US", "kind": "cinema", "date": "1995-12-15"}]},
            "unknown_choice",
        ),
        ({"title": "A", "videos": [{"provider": "youtube", "key": "a b"}]}, "bad_id"),
        ({"title": "A", "awards": [{"award": "Academy Award", "category": "Writing", "won": "yes"}]}, "not_a_boolean"),
        (["Heat"], "not_an_object"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_the_rest_comes_in(tmp_path: Path, row: object, code: str) -> None:
    path = lay(tmp_path, "films.ndjson", f"{HEAT}\n{json.dumps(row)}\n{RONIN}\n")

    found = read_all(path, wanted="ndjson")

    assert titles(found) == ["Heat", "Ronin"]
    assert problems(found) == [(2, code)]


def test_an_unknown_field_is_answered_with_the_nearest_known_one(tmp_path: Path) -> None:
    found = read_all(lay(tmp_path, "films.ndjson", [{"title": "Heat", "runtme": 170}]))

    assert "did you mean runtime?" in found[0].problems[0][1].detail


def test_json_that_is_cut_or_wrong_costs_its_own_line(tmp_path: Path) -> None:
    deep = '{"title": ' + "[" * 100_000
    lines = [
        HEAT,
        '{"title": "Cut in the mi',
        '{"title": "Wrong", }',
        "",
        deep,
        '{"title": "x", "year": ' + "9" * 5000 + "}",
        RONIN,
    ]

    found = read_all(lay(tmp_path, "films.ndjson", "\n".join(lines)))

    assert titles(found) == ["Heat", "Ronin"]
    assert [line for line, _ in problems(found)] == [2, 3, 5, 6]
    assert problems(found)[0] == (2, "cut")


def test_a_line_without_end_is_skipped_and_not_held(tmp_path: Path) -> None:
    found = read_all(lay(tmp_path, "films.ndjson", f"{HEAT}\n" + "x" * (3 * 2**20) + f"\n{RONIN}\n"))

    assert titles(found) == ["Heat", "Ronin"]
    assert problems(found) == [(2, "line_too_long")]


def test_an_array_is_read_element_by_element_across_chunks(tmp_path: Path) -> None:
    films = [{"title": f"Film {number}", "overview": "ü" * 500} for number in range(1000)]

    found = read_all(lay(tmp_path, "films.json", json.dumps(films, ensure_ascii=False, indent=1)))

    assert titles(found) == [film["title"] for film in films]
    assert problems(found) == []
    assert found[0].rows[1].line == 6


@pytest.mark.parametrize(("indent", "code"), [(None, "cut"), (2, "cut")])
def test_an_array_that_is_cut_keeps_what_stood_before(tmp_path: Path, indent: int | None, code: str) -> None:
    whole = json.dumps([{"title": "Heat"}, {"title": "Ronin", "cast": [{"name": "Jean Reno"}]}], indent=indent)

    found = read_all(lay(tmp_path, "films.json", whole[: whole.index("Reno")]))

    assert titles(found) == ["Heat"]
    assert problems(found)[0][1] == code


def test_after_a_broken_element_an_array_goes_on_at_the_next_line_and_never_inside_an_element(tmp_path: Path) -> None:
    content = """[
  {"title": "Heat"},
  {"title": "Broken" "year": 1995,
    "alternative_titles": [
      {"title": "Not a film"}
    ]},
  {"title": "Ronin"}
]"""

    found = read_all(lay(tmp_path, "films.json", content))

    assert titles(found) == ["Heat", "Ronin"]
    assert problems(found) == [(3, "not_json")]


def test_csv_picks_columns_by_name_and_splits_lists(tmp_path: Path) -> None:
    content = 'Year,TITLE,genres,cast,overview\n1995,"Heat, the film",Crime|Drama,Al Pacino|A\\|B,"Two\nlines"\n'

    (record,) = records(read_all(lay(tmp_path, "films.csv", content)))

    assert (record.title, record.year, record.genres) == ("Heat, the film", 1995, ["Crime", "Drama"])
    assert record.cast == [CastMember("Al Pacino"), CastMember("A|B")]
    assert record.overview == "Two\nlines"


def test_a_quote_that_is_never_closed_costs_its_own_row(tmp_path: Path) -> None:
    rows = [f"Film {number},1995" for number in range(300)]
    # The next quote stands far below: all between would be one title.
    rows[1], rows[280] = '"Open,1995', 'End",1995'

    found = read_all(lay(tmp_path, "films.csv", "title,year\n" + "\n".join(rows) + "\n"))

    assert len(titles(found)) == 299
    assert problems(found) == [(3, "not_csv")]


def test_rows_of_csv_with_too_few_or_too_many_cells_are_refused(tmp_path: Path) -> None:
    found = read_all(lay(tmp_path, "films.csv", "title,year\nHeat\nRonin,1998,x\nCasino,1995\n\nNoon,twelve\n"))

    assert titles(found) == ["Casino"]
    assert problems(found) == [(2, "cells"), (3, "cells"), (6, "not_a_number")]


def test_a_csv_with_an_unknown_column_is_refused_as_a_whole(tmp_path: Path) -> None:
    found = read_all(lay(tmp_path, "films.csv", "title,yaer\nHeat,1995\n"))

    assert titles(found) == []
    assert problems(found) == [(1, "unknown_field")]
