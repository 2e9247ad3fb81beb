"""Files that are not what they should be: each is told apart, and what can be read of it is."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from movies.importers.batches import plan
from movies.importers.source import LOCAL, Source
from movies.models import ImportRun, Movie
from movies.services.imports import new_run, run_import
from movies.tests.importing import lay, problems, read_all, titles
from watchly.common.errors import RuleViolation

ROWS = "".join(json.dumps({"title": f"Film {number}", "year": 1990}) + "\n" for number in range(2000))
PACKED = gzip.compress(ROWS.encode(), mtime=0)


def zipped(**entries: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name.replace("_", "."), text)
    return held.getvalue()


def workbook() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", "empty", "is empty"),
        (b"\xef\xbb\xbf\r\n\r\n", "empty", "is empty"),
        (zipped(), "empty", "holds no file"),
        (gzip.compress(b"", mtime=0), "cut", "cut or damaged before its first line"),
        (PACKED[:12], "cut", "cut or damaged before its first line"),
        ("title,year\nHeat,1995\n".encode("utf-16"), "utf_16", "UTF-8"),
        ("title,year\nHeat,1995\n".encode("utf-16-be"), "utf_16", "UTF-8"),
        (workbook(), "spreadsheet", "CSV in UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old workbook", "spreadsheet", "CSV in UTF-8"),
        (b"%PDF-1.7 ...", "not_text", "document or an image"),
        (b"\n<!DOCTYPE html><html>Sign in</html>", "not_text", "web page"),
        (b"BZh91AY&SY", "archive", "gz or zip"),
        (b"Date,Name,Year,Letterboxd URI,Rating\n2020-01-01,Heat,1995,https://boxd.it/x,5\n", "library", "Letterboxd"),
        (b"Letterboxd list export v7\nDate,Name,Tags,URL,Description\n", "library", "Letterboxd"),
        (b"Const,Your Rating,Date Rated,Title,URL,Title Type\ntt0113277,9,2020-01-01,Heat,,Movie\n", "library", "IMDb"),
        (b'[{"id": 1, "watched_at": "2020-01-01T00:00:00Z", "movie": {"title": "Heat"}}]', "library", "Trakt"),
        (b"Title,Date\nHeat,1/2/20\n", "library", "Netflix"),
        (b"\x00\x01\x02", "unknown_format", "none that is read"),
    ],
    ids=lambda value: "content" if isinstance(value, bytes) else None,  # some hold the time at which they were made
)
def test_a_file_that_holds_no_movies_is_told_by_what_it_is(
    tmp_path: Path, content: bytes, code: str, said: str
) -> None:
    path = lay(tmp_path, "file", content)
    source = Source(path, path.name, LOCAL)

    with pytest.raises(RuleViolation, match=said) as refused:
        plan([source])

    source.close()
    assert refused.value.code == code
    assert (code == "library") == ("imported elsewhere" in refused.value.detail)


@pytest.mark.parametrize("cut", [2, 5, 10])
def test_a_gz_that_is_cut_gives_the_rows_before_the_cut(tmp_path: Path, cut: int) -> None:
    found = read_all(lay(tmp_path, "f.ndjson.gz", PACKED[: len(PACKED) * cut // 11]))

    # DEFLATE gives a little less than what its bytes stand for.
    assert len(titles(found)) > 2000 * cut // 11 - 250
    assert problems(found)[-1][1] == "cut"


def test_lines_that_are_not_utf8_are_windows_1252(tmp_path: Path) -> None:
    rows = ["title,overview", "It’s a Gift,“Well …”", "Œuvre,Ÿ", "Žena,€", "plain,é"]
    found = read_all(lay(tmp_path, "f.csv", "\n".join(rows).encode("cp1252")))

    assert titles(found) == ["It’s a Gift", "Œuvre", "Žena", "plain"]
    assert found[0].rows[0].record.overview == "“Well …”"
    assert problems(found) == [(line, "encoding") for line in (2, 3, 4, 5)]


@pytest.mark.parametrize("form", ["array", "object"])
def test_json_that_is_not_utf8_is_windows_1252(tmp_path: Path, form: str) -> None:
    film = {"title": "It’s", "year": 1934}
    if form == "object":
        film |= {"id": 1, "original_title": "It’s", "adult": False, "vote_count": 3, "genre_ids": []}
        text = json.dumps(film, ensure_ascii=False, indent=1)
    else:
        text = json.dumps([film, {"title": "Ÿ\x81"}], ensure_ascii=False).replace("\x81", "")
    found = read_all(lay(tmp_path, "f.json", text.encode("cp1252")))

    assert titles(found)[0] == "It’s"
    assert problems(found)[0][1] == "encoding"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content", [PACKED[: len(PACKED) // 2], b"", b"PK\x03\x04 no zip"], ids=["cut", "empty", "zip"]
)
def test_the_command_fails_where_a_file_was_not_read_to_its_end(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(CommandError) as failed:
        call_command("import_movies", str(lay(tmp_path, "f", content)), stderr=io.StringIO(), stdout=io.StringIO())

    assert failed.value.returncode == 1
    assert (Movie.objects.count() > 500) == (len(content) > 1000)


@pytest.mark.django_db
def test_one_unreadable_file_of_several_fails_the_command(tmp_path: Path) -> None:
    good, bad = lay(tmp_path, "a.ndjson", [{"title": "Heat"}]), lay(tmp_path, "b.csv", workbook())

    with pytest.raises(CommandError, match=r"b\.csv") as failed:
        call_command("import_movies", str(good), str(bad), stderr=io.StringIO(), stdout=io.StringIO())

    assert failed.value.returncode == 1
    assert Movie.objects.count() == 1


@pytest.mark.django_db
def test_a_report_that_cannot_be_written_stops_the_command_before_the_import(tmp_path: Path) -> None:
    path = lay(tmp_path, "f.ndjson", [{"title": "Heat"}])
    for place in (tmp_path / "missing" / "report.csv", tmp_path):
        with pytest.raises(CommandError) as failed:
            call_command("import_movies", str(path), "--rejects", str(place), stderr=io.StringIO())
        assert failed.value.returncode == 2

    assert not ImportRun.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["tsv", "csv", "zip"])
def test_progress_of_unsorted_tables_rises_with_what_is_imported(tmp_path: Path, form: str) -> None:
    columns = "tconst titleType primaryTitle originalTitle isAdult startYear endYear runtimeMinutes genres"
    cut = "," if form == "csv" else "\t"
    rows = [[f"tt{number:07d}", "movie", f"F{number}", f"F{number}", "0", "1990", "", "", ""] for number in range(40)]
    basics = "\n".join(cut.join(row) for row in [columns.split(), *reversed(rows)])
    ratings = "\n".join(["tconst\taverageRating\tnumVotes", *(f"tt{number:07d}\t5.0\t9" for number in range(40))])
    if form == "zip":
        paths = [lay(tmp_path, "imdb.zip", zipped(basics_tsv=basics, ratings_tsv=ratings))]
    else:
        paths = [lay(tmp_path, "basics", basics), lay(tmp_path, "ratings", ratings)]
    shares: list[float] = []

    def note(run: ImportRun) -> None:
        shares.append(run.read_bytes / (run.total_bytes or 1))

    run_import(run=new_run(paths=paths), paths=paths, batch_size=4, progress=note)

    assert shares == sorted(shares)
    assert shares[0] <= 0.7  # the reader is two batches ahead, and the small table is in its buffer
    assert shares[-1] == 1.0
