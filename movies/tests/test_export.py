"""Exports: every format is read back, and NDJSON and JSON lose nothing."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from movies.exporters.formats import export
from movies.importers.watchly import join_cell, split_cell
from movies.models import Award, Credit, Movie
from movies.tests.factories import MovieFactory
from movies.tests.importing import HEAT, contents, counts, forget, import_file, lay

pytestmark = pytest.mark.django_db

FILMS = [
    HEAT,
    {
        "title": 'A "quoted", comma',
        "year": 2115,
        "directors": ["A|B", "C\\D"],
        "cast": [{"name": "E"}, {"name": "E", "character": "F"}],
    },
    {"title": "Éon\u2028", "countries": ["SU", "DD", "CS"], "languages": ["nan", "ase"], "original_language": "nan"},
    {"title": "- 30 -", "year": 1959, "imdb_id": "tt0052523", "genres": ["Noir"]},
]


@pytest.mark.parametrize("name", ["ndjson", "json"])
def test_an_export_that_is_imported_into_an_empty_database_gives_the_same_catalogue(tmp_path: Path, name: str) -> None:
    import_file(lay(tmp_path, "films.ndjson", FILMS))
    before, exported = contents(), b"".join(export(name))
    forget()

    run = import_file(lay(tmp_path, "again", exported))

    assert counts(run) == (4, 0, 0, 0)
    assert contents() == before


@pytest.mark.parametrize("name", ["ndjson", "json", "csv"])
@pytest.mark.parametrize("size", [1, 10])
def test_movies_that_look_alike_all_come_back_under_their_own_addresses(tmp_path: Path, name: str, size: int) -> None:
    facts = {"title": "Home", "year": 1915}
    MovieFactory.create(**facts, slug="home-1915")
    MovieFactory.create(**facts, slug="an-old-address")
    MovieFactory.create(**facts, slug="home-1915-2", imdb_id="tt0000001", runtime=60, overview="The fuller one.")
    MovieFactory.create(**facts, slug="home-1915-9", wikipedia_page="Home (film)")
    MovieFactory.create(title="Home", year=1916, slug="1916", wikipedia_page="Home (film)")
    before, exported = contents(), b"".join(export(name))
    forget()

    run = import_file(lay(tmp_path, "again", exported), batch_size=size)

    assert (*counts(run), run.ambiguous) == (5, 0, 0, 0, 0)
    assert contents() == before
    # A second time it changes nothing, though no row says which of those without an id it means.
    assert import_file(tmp_path / "again", update=True).updated == 0


def test_a_slug_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    MovieFactory.create(title="Other", year=1999, slug="heat-1995")

    import_file(lay(tmp_path, "f.ndjson", [{"title": "Heat", "year": 1995, "slug": "heat-1995"}]))

    assert Movie.objects.get(title="Heat").slug == "heat-1995-2"


@pytest.mark.parametrize("slug", ["häuser", "a b", "x" * 141, 7])
def test_a_slug_that_is_no_address_is_refused(tmp_path: Path, slug: object) -> None:
    assert import_file(lay(tmp_path, "f.ndjson", [{"title": "Heat", "slug": slug}])).rejected == 1


@pytest.mark.parametrize("name", ["csv", "json", "ndjson", "wikipedia", "facts", "movietweetings"])
def test_an_export_of_any_format_changes_nothing_when_it_comes_back(tmp_path: Path, name: str) -> None:
    import_file(lay(tmp_path, "films.ndjson", FILMS))
    before = contents()

    run = import_file(lay(tmp_path, "again", b"".join(export(name))), update=True)

    assert counts(run) == (0, 0, 2 if name == "movietweetings" else 4, 0)
    assert run.format == name
    assert contents() == before


def test_what_is_not_known_is_left_out_and_only_published_films_are_written() -> None:
    MovieFactory.create(title="Heat", year=1995, slug="heat-1995")
    MovieFactory.create(title="Draft", state="draft")
    MovieFactory.create(title="Gone", state="withdrawn")

    assert b"".join(export("ndjson")) == b'{"title":"Heat","year":1995,"slug":"heat-1995"}\n'
    assert json.loads(b"".join(export("json"))) == [{"title": "Heat", "year": 1995, "slug": "heat-1995"}]


@pytest.mark.parametrize("name", ["csv", "json", "ndjson", "wikipedia", "facts", "movietweetings"])
def test_an_empty_catalogue_gives_an_empty_file(name: str) -> None:
    content = b"".join(export(name))

    assert content.count(b"title") == (2 if name == "csv" else 0)
    assert b"{" not in content


def test_cells_hold_any_name() -> None:
    names = ["A|B", "\\", "C\\|D", "|"]

    assert split_cell(join_cell(names)) == names


def test_the_number_of_queries_does_not_grow_with_the_films(django_assert_num_queries: Any) -> None:
    MovieFactory.create_batch(3)
    for name in ("ndjson", "facts"):
        with django_assert_num_queries(3):  # savepoint, one statement, release
            list(export(name))


def test_export_movies_writes_to_a_file_to_a_compressed_one_and_to_stdout(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    MovieFactory.create(title="Heat", year=1995, slug="heat-1995")
    plain, packed = tmp_path / "films.csv", tmp_path / "films.ndjson.gz"

    call_command("export_movies", str(plain), "--format", "csv", stderr=io.StringIO())
    call_command("export_movies", str(packed), stderr=io.StringIO())

    assert plain.read_text(encoding="utf-8").splitlines()[1].startswith("Heat,,1995,")
    assert gzip.decompress(packed.read_bytes()) == b'{"title":"Heat","year":1995,"slug":"heat-1995"}\n'
    assert sorted(path.name for path in tmp_path.iterdir()) == ["films.csv", "films.ndjson.gz"]
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_movies", str(tmp_path / "no" / "folder.csv"))


def test_awards_and_credits_come_back_in_their_order(tmp_path: Path) -> None:
    import_file(lay(tmp_path, "films.ndjson", FILMS))

    assert Award.objects.get().people == ["Michael Mann"]
    movie = Movie.objects.get(year=2115)
    directors = Credit.objects.filter(movie=movie, job="Director").order_by("position")
    assert [credit.person.name for credit in directors] == ["A|B", "C\\D"]


def test_an_export_that_breaks_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(kind: str) -> Iterator[bytes]:
        yield b"{}\n"
        raise OperationalError("the connection was lost")

    monkeypatch.setattr("movies.management.commands.export_movies.export", broken)
    (tmp_path / "films.ndjson").write_text("as it was before")
    with pytest.raises(OperationalError):
        call_command("export_movies", str(tmp_path / "films.ndjson"))
    assert [path.name for path in tmp_path.iterdir()] == ["films.ndjson"]
    assert (tmp_path / "films.ndjson").read_text() == "as it was before"
