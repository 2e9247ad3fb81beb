"""Archives, the outside lists, and mangled bytes of all of them."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from movies.importers.source import Limits
from movies.tests.importing import lay, problems, read_all, records, titles
from watchly.common.errors import RuleViolation

HEAT = '{"title": "Heat", "year": 1995}'
RONIN = '{"title": "Ronin", "year": 1998}'


def test_gzip_of_several_members_is_one_text(tmp_path: Path) -> None:
    found = read_all(lay(tmp_path, "films", gzip.compress(f"{HEAT}\n".encode()) + gzip.compress(f"{RONIN}\n".encode())))

    assert titles(found) == ["Heat", "Ronin"]


@pytest.mark.parametrize("container", ["ndjson", "json"])
def test_gzip_that_is_cut_keeps_what_was_inflated(tmp_path: Path, container: str) -> None:
    films = [{"title": f"Film {number} {hash((number, 'x'))}"} for number in range(20_000)]
    text = json.dumps(films) if container == "json" else "\n".join(map(json.dumps, films))
    packed = gzip.compress(text.encode())

    found = read_all(lay(tmp_path, "films.gz", packed[: len(packed) // 2]), size=50_000)

    assert 1000 < len(titles(found)) < 20_000
    assert "cut" in [code for _, code in problems(found)]


def test_more_than_may_come_out_of_an_archive_stops_it(tmp_path: Path) -> None:
    packed = gzip.compress((HEAT + "\n").encode() * 10_000)

    found = read_all(lay(tmp_path, "films.gz", packed), limits=Limits(member=100_000, total=10**9))

    assert 0 < len(titles(found)) < 10_000
    assert problems(found)[-1][1] == "too_large"


def _zip(entries: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_every_readable_entry_of_a_zip_is_read_and_the_others_reported(tmp_path: Path) -> None:
    content = _zip({
        "lists/a.ndjson": HEAT.encode(),
        "b.csv": b"title\nRonin\n",
        "c.json.gz": gzip.compress(b'[{"title": "Casino"}]'),
        "__MACOSX/a.ndjson": b"x",
        "../../etc/passwd": HEAT.encode(),
        "C:/evil": HEAT.encode(),
        "readme.txt": b"hello",
    })  # fmt: skip

    found = read_all(lay(tmp_path, "films.zip", content))

    assert titles(found) == ["Heat", "Ronin", "Casino"]
    assert sorted(code for _, code in problems(found)) == ["unknown_format", "unsafe_path", "unsafe_path"]
    assert found[0].member == "films.zip/lists/a.ndjson"


def test_an_encrypted_entry_and_a_damaged_zip_are_reported(tmp_path: Path) -> None:
    content = bytearray(_zip({"a.ndjson": HEAT.encode(), "b.ndjson": RONIN.encode()}))
    content[6] |= 1  # the flag in the entry's own header and, below, in the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1

    found = read_all(lay(tmp_path, "films.zip", bytes(content)))

    assert titles(found) == ["Ronin"]
    assert problems(found) == [(1, "encrypted")]
    with pytest.raises(RuleViolation, match="cannot be read"):
        read_all(lay(tmp_path, "cut.zip", bytes(content[:60])))


def test_the_wikipedia_list_gives_page_names_and_billing_order(tmp_path: Path) -> None:
    row = {"title": "Legally Blonde 2", "year": 2003, "cast": ["Reese Witherspoon", "Sally Field"], "genres": ["Sport"],
           "href": "Legally_Blonde_2:_Red,_White_%26_Blonde"}  # fmt: skip

    (record,) = records(read_all(lay(tmp_path, "w.jsonl", [row])))

    assert record.wikipedia_page == "Legally Blonde 2: Red, White & Blonde"
    assert [member.name for member in record.cast] == ["Reese Witherspoon", "Sally Field"]
    assert record.genres == ["Sports"]


def test_facts_give_codes_for_names_and_remark_what_has_none(tmp_path: Path) -> None:
    row = {"title": "Solaris", "year": 1972, "href": "Solaris_(film)",
           "countries": ["Soviet Union", "West Germany", "Atlantis"],
           "languages": ["Russian", "American Sign", "Min Nan"], "release_date": "1901-01-01",
           "awards": [{"award": "Oscar", "category": "Writing", "won": False, "names": ["B", "A"]}]}  # fmt: skip

    found = read_all(lay(tmp_path, "f.jsonl", [row]))

    (record,) = records(found)
    assert (record.countries, record.languages, record.original_language) == (["SU", "DE"], ["ru", "ase", "nan"], "ru")
    assert record.release_date is None
    assert record.awards[0].people == ("B", "A")
    assert problems(found) == [(1, "unknown_name"), (1, "contradiction")]


def test_movietweetings_counts_raters_when_films_and_ratings_come_together(tmp_path: Path) -> None:
    content = _zip({
        "movies.dat": b"0113277::Heat (1995)::Action|Crime|Sci-Fi|News\n13278::No Year::\nrubbish\n",
        "ratings.dat": b"1::0113277::8::1365029107\n2::0113277::10::1365029108\n2::113278::0::1\nx\n",
    })  # fmt: skip

    found = read_all(lay(tmp_path, "mt.zip", content))

    heat, other = records(found)
    assert (heat.imdb_id, heat.year, heat.genres, heat.known_raters) == (
        "tt0113277",
        1995,
        ["Action", "Crime", "Science Fiction"],
        2,
    )
    assert (other.imdb_id, other.title, other.year) == ("tt0013278", "No Year", None)
    assert sorted(problems(found)) == [(3, "bad_line"), (4, "bad_line")]


WHOLE = {
    "films.ndjson": "\n".join(
        [HEAT, RONIN, '{"title": "Élan", "cast": [{"name": "Al", "character": "X"}], "countries": ["FR"]}']
    ).encode(),
    "films.json": b'[\n {"title": "Heat"},\n {"title": "Ronin", "tags": ["heist"]}\n]',
    "films.csv": b'title,year,genres\n"Heat, 2",1995,Crime|Drama\nRonin,1998,\n',
    "wiki": b'{"title":"Heat","year":1995,"cast":["A"],"genres":["Crime"],"href":"Heat"}\n',
    "facts": b'[{"title":"Heat","year":1995,"countries":["France"],"awards":[{"award":"A","category":"C"}]}]',
    "mt": b"0113277::Heat (1995)::Action\n",
    "gz": gzip.compress(HEAT.encode() * 3),
    "zip": _zip({"a": HEAT.encode(), "b": b"title\nRonin\n"}),
}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(sorted(WHOLE)),
    cuts=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 6), st.binary(max_size=6)), min_size=1, max_size=4),
    wanted=st.sampled_from(["auto", "csv", "json", "ndjson", "wikipedia", "facts", "movietweetings"]),
)
def test_mangled_bytes_give_lines_of_the_report_and_never_an_error(
    tmp_path: Path, name: str, cuts: list[tuple[int, int, bytes]], wanted: str
) -> None:
    content = WHOLE[name]
    for at, removed, put in cuts:
        at %= len(content) + 1
        content = content[:at] + put + content[at + removed :]
    try:
        found = read_all(lay(tmp_path, "mangled", content), wanted=wanted)
    except RuleViolation:
        return  # refused as a whole

    for record in records(found):
        # No partial row: what comes in is fit for its columns.
        assert record.title or record.imdb_id
        assert len(record.title) <= 500
        assert "\x00" not in record.title
        assert record.year is None or 1870 <= record.year <= 2200
        assert all(member.name for member in record.cast)
        record.title.encode()
