"""Files of TMDB: films with all that was appended, the daily list of ids, the pair tmdb_5000."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from movies.importers.record import CastMember, Clip, CrewMember, PersonRef, Release, TitleElsewhere
from movies.importers.tmdb import record_of
from movies.models import Credit, ImportRun, Movie, Person
from movies.services.imports import new_run, run_import
from movies.tests.factories import MovieFactory
from movies.tests.importing import contents, counts, import_file, lay, problems, read_all, records, report, versions
from movies.tests.tmdb import BLANK, HEAT, IDS

MOVIES = ("id", "title", "original_title", "keywords", "production_companies", "genres", "production_countries",
          "spoken_languages", "release_date", "runtime", "status", "vote_count", "overview", "tagline")  # fmt: skip


def table(header: tuple[str, ...], *rows: dict[str, Any]) -> bytes:
    """A file of the pair: lists in its cells are JSON."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        cells = (row.get(name, "") for name in header)
        writer.writerow(cell if isinstance(cell, str | int | float) else json.dumps(cell) for cell in cells)
    return out.getvalue().encode()


def pair(folder: Path) -> tuple[Path, Path]:
    """Both files, of one film."""
    film = {**HEAT, "keywords": HEAT["keywords"]["keywords"], "runtime": 170.0}
    credited = {"movie_id": 949, "title": "Heat", **HEAT["credits"]}
    films = lay(folder, "tmdb_5000_movies.csv", table(MOVIES, film))
    return films, lay(folder, "tmdb_5000_credits.csv", table(("movie_id", "title", "cast", "crew"), credited))


# --- reading ---------------------------------------------------------------------------------------------------------


def test_a_film_is_read_with_all_that_was_appended() -> None:
    record = record_of(HEAT, 2026)

    assert (record.title, record.original_title, record.year) == ("Heat", "Heat", 1995)
    assert (record.release_date, record.runtime, record.known_raters) == (date(1995, 12, 15), 170, 7321)
    assert (record.imdb_id, record.tmdb_id, record.wikidata_id) == ("tt0113277", 949, "Q42198")
    assert (record.overview, record.tagline) == ("One.\n\nTwo.", "A Los Angeles crime saga")
    assert (record.release_status, record.collection) == ("released", "Heat Collection")
    assert record.genres == ["Action", "Historical", "Science Fiction"]
    assert (record.tags, record.companies) == (["bank heist", "los angeles"], ["Regency"])
    assert (record.countries, record.languages, record.original_language) == (["US", "CS"], ["en", "ro"], "en")
    assert record.directors == [PersonRef("Michael Mann", None, 638)]
    assert record.cast == [
        CastMember("Al Pacino", "Hanna", None, 1158),
        CastMember("Robert De Niro", "Neil McCauley", None, 380),
        CastMember("Al Pacino", "A voice", None, 1158),
        CastMember("Nobody Named", None, None, 9),
    ]
    assert record.crew == [
        CrewMember("Michael Mann", "Writing", "Screenplay", None, 638),
        CrewMember("Dante Spinotti", "Camera", "Director of Photography", None, 75),
    ]
    assert record.alternative_titles == [
        TitleElsewhere("Fuego contra fuego", "ES"),
        TitleElsewhere("Heat 1", None, None, "working title"),
    ]
    assert record.release_dates == [
        Release("US", "physical", date(2017, 5, 9), None, "4K"),
        Release("US", "theatrical", date(1995, 12, 15), "R", None),
    ]
    assert record.videos == [
        Clip("youtube", "2GfZl4kuVNI", "trailer", "T", True, "en"),
        Clip("vimeo", "123", "clip", None, False, "xx"),
    ]
    assert record.remarks == []


def test_what_tmdb_does_not_know_is_unknown_here() -> None:
    record = record_of(BLANK, 2026)

    assert (record.title, record.release_status) == ("Blank", "announced")
    unknown = ("year", "release_date", "runtime", "overview", "tagline", "imdb_id", "known_raters", "collection")
    assert [getattr(record, name) for name in unknown] == [None] * len(unknown)
    assert (record.genres, record.countries, record.cast, record.remarks) == ([], [], [], [])


def test_an_overview_that_is_empty_in_the_language_asked_for_is_the_original_one_else_english() -> None:
    def translated(*entries: tuple[str, str]) -> dict[str, Any]:
        rows = [{"iso_639_1": language, "data": {"overview": text, "tagline": ""}} for language, text in entries]
        return {**BLANK, "original_language": "de", "translations": {"translations": rows}}

    assert record_of(translated(("en", "English."), ("de", "Deutsch.")), 2026).overview == "Deutsch."
    assert record_of(translated(("en", "English."), ("de", "")), 2026).overview == "English."
    assert record_of(translated(("fr", "Français.")), 2026).overview is None


@pytest.mark.parametrize(
    ("change", "field", "left"),
    [
        ({"release_date": "1995"}, "release_date", None),
        ({"imdb_id": "tt12"}, "imdb_id", None),
        ({"runtime": 99_999}, "runtime", None),
        ({"runtime": "170"}, "runtime", None),
        ({"status": "Lost"}, "release_status", None),
        ({"genres": "Action"}, "genres", []),
        ({"genres": [{"id": 1}, {"name": "Drama"}, "x"]}, "genres", ["Drama"]),
        ({"production_countries": [{"iso_3166_1": "??"}, {"iso_3166_1": "fr"}]}, "countries", ["FR"]),
        ({"credits": []}, "cast", []),
        ({"credits": {"cast": [{"name": "x" * 301}, {"name": "A"}]}}, "cast", [CastMember("A")]),
        ({"credits": {"cast": [{"name": f"P {n}"} for n in range(1200)]}}, "genres", record_of(HEAT, 2026).genres),
        ({"videos": {"results": [{"site": "YouTube", "type": "Clip", "key": "a b"}]}}, "videos", []),
    ],
)
def test_a_field_that_cannot_be_taken_is_left_out_with_a_remark(change: Any, field: str, left: object) -> None:
    record = record_of({**HEAT, "external_ids": {}, **change}, 2026)

    assert getattr(record, field) == left
    assert [code for code, _ in record.remarks] == ["left_out"]


@pytest.mark.parametrize(
    ("content", "expected", "title"),
    [
        (json.dumps(HEAT), "tmdb", "Heat"),
        (json.dumps(HEAT, indent=2), "tmdb", "Heat"),
        (json.dumps([BLANK, HEAT]), "tmdb", "Blank"),
        (json.dumps([HEAT], indent=1), "tmdb", "Heat"),
        (json.dumps(BLANK) + "\n" + json.dumps(HEAT) + "\n", "tmdb", "Blank"),
        (json.dumps({**HEAT, "overview": "x" * 15_000, "a": ["y" * 9] * 9_000}), "tmdb", "Heat"),
        (json.dumps(IDS[0]), "tmdb_ids", ""),
        (table(MOVIES, HEAT), "tmdb_5000", "Heat"),
        (table(("movie_id", "title", "cast", "crew"), {"movie_id": 949, **HEAT["credits"]}), "tmdb_5000", ""),
    ],
)
def test_the_format_is_recognised(tmp_path: Path, content: str | bytes, expected: str, title: str) -> None:
    found = read_all(lay(tmp_path, "a-file", content))

    assert [batch.format.value for batch in found] == [expected]
    assert records(found)[0].title == title
    assert records(found)[0].tmdb_id in (949, 5)


def test_one_bad_film_never_stops_the_rest(tmp_path: Path) -> None:
    lines = [
        json.dumps(HEAT),
        '{"id": 1, "title": "Cut',
        '{"id": "x", "title": "A"}',
        '{"id": 0}',
        "[]",
        json.dumps(BLANK),
    ]

    found = read_all(lay(tmp_path, "films", "\n".join(lines)))

    assert [record.tmdb_id for record in records(found)] == [949, 5]
    assert [line for line, _ in problems(found)] == [2, 3, 4, 5]


def test_an_object_over_several_lines_that_is_cut_is_reported(tmp_path: Path) -> None:
    found = read_all(lay(tmp_path, "film", json.dumps(HEAT, indent=2)[:900]), wanted="tmdb")

    assert problems(found) == [(1, "cut")]


# --- loading ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_films_come_in_as_those_of_tmdb_and_a_second_run_writes_nothing(tmp_path: Path) -> None:
    path = lay(tmp_path, "films", [HEAT, BLANK])

    assert counts(import_file(path)) == (2, 0, 0, 0)
    heat = Movie.objects.get(tmdb_id=949)
    assert (heat.source, heat.runtime, heat.trailer_url) == (
        "tmdb", 170, "https://www.youtube.com/watch?v=2GfZl4kuVNI"
    )  # fmt: skip
    assert Person.objects.get(tmdb_id=1158).name == "Al Pacino"
    assert Credit.objects.filter(movie=heat, person__tmdb_id=1158, kind="cast").count() == 2
    before = contents(), versions()
    assert counts(import_file(path, update=True)) == (0, 0, 2, 0)
    assert (contents(), versions()) == before


@pytest.mark.django_db
def test_nothing_that_is_known_becomes_unknown(tmp_path: Path) -> None:
    import_file(lay(tmp_path, "films", [HEAT]))
    before = contents()[0]
    thin = {**BLANK, "id": 949, "original_title": "Heat", "title": "Heat", "status": None, "original_language": ""}

    assert counts(import_file(lay(tmp_path, "thin", [thin]), update=True)) == (0, 0, 1, 0)
    assert contents()[0] == before


@pytest.mark.django_db
def test_a_film_for_adults_is_counted_as_skipped(tmp_path: Path) -> None:
    run = import_file(lay(tmp_path, "films", [{**HEAT, "adult": True}, BLANK]))

    run.refresh_from_db()
    assert (counts(run), run.skipped, run.rows, report(run)) == ((1, 0, 0, 0), 1, 2, [])


@pytest.mark.django_db
def test_the_daily_list_tells_of_films_that_are_held_and_makes_none(tmp_path: Path) -> None:
    MovieFactory.create(title="Heat", tmdb_id=949, source="tmdb")
    path = tmp_path / "movie_ids_11_25_2026.json.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in IDS).encode()))

    run = import_file(path, update=True)

    run.refresh_from_db()
    assert (run.format, counts(run), run.skipped, report(run)) == ("tmdb_ids", (0, 1, 0, 0), 3, [])
    assert list(Movie.objects.values_list("title", "original_title")) == [("Heat", "Heat")]
    assert counts(import_file(path, update=True)) == (0, 0, 1, 0)


@pytest.mark.django_db
def test_the_daily_list_makes_stubs_when_it_is_asked_to(tmp_path: Path) -> None:
    path = lay(tmp_path, "ids", IDS)

    run = import_file(path, format="tmdb_stubs")

    run.refresh_from_db()
    assert (counts(run), run.skipped) == ((2, 0, 0, 0), 2)
    assert set(Movie.objects.values_list("title", "tmdb_id", "source")) == {("Heat", 949, "tmdb"), ("Blank", 5, "tmdb")}


@pytest.mark.django_db
@pytest.mark.parametrize("turned", [False, True])
def test_the_pair_is_joined_in_whatever_order_it_comes(tmp_path: Path, turned: bool) -> None:
    paths = list(pair(tmp_path))
    if turned:
        paths.reverse()
    run = run_import(run=new_run(paths=paths), paths=paths)

    assert (run.format, counts(run)) == ("tmdb_5000", (1, 0, 1, 0))
    heat = Movie.objects.get(tmdb_id=949)
    assert (heat.year, heat.runtime, heat.release_status) == (1995, 170, "released")
    assert sorted(heat.tags.values_list("name", flat=True)) == ["bank heist", "los angeles"]
    assert heat.credits.count() == 7
    assert counts(run_import(run=new_run(paths=paths, update_existing=True), paths=paths)) == (0, 0, 2, 0)


@pytest.mark.django_db
def test_batches_of_one_row_and_a_run_that_goes_on_make_the_same(tmp_path: Path) -> None:
    paths = list(pair(tmp_path))
    paths.append(lay(tmp_path, "films", [HEAT, BLANK]))
    run = new_run(paths=paths, update_existing=True)

    def killed(run: ImportRun) -> None:
        if run.rows == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_import(run=run, paths=paths, batch_size=1, progress=killed)
    run_import(run=run, paths=paths)

    # Of the three rows about Heat the first made it, and the full one added to it.
    assert counts(run) == (2, 1, 1, 0)
    assert list(Movie.objects.order_by("tmdb_id").values_list("tmdb_id", "imdb_id")) == [(5, None), (949, "tt0113277")]


@pytest.mark.django_db
def test_one_film_in_several_formats_is_one_film_that_has_all_of_it(tmp_path: Path) -> None:
    listed = {"title": "Heat", "year": 1995, "cast": ["Al Pacino", "Val Kilmer"], "genres": ["Crime"], "href": "Heat"}
    import_file(lay(tmp_path, "wikipedia", [listed]))
    import_file(lay(tmp_path, "films", [HEAT]), update=True)
    paths = list(pair(tmp_path))
    run_import(run=new_run(paths=paths, update_existing=True), paths=paths)
    import_file(lay(tmp_path, "ids", IDS), update=True)

    movie = Movie.objects.get()
    assert (movie.source, movie.tmdb_id, movie.wikipedia_page) == ("tmdb", 949, "Heat")
    assert sorted(movie.genres.values_list("name", flat=True)) == ["Action", "Crime", "Historical", "Science Fiction"]
    people = Person.objects.order_by("name").values_list("name", "tmdb_id")
    assert list(people) == [
        ("Al Pacino", 1158), ("Dante Spinotti", 75), ("Michael Mann", 638), ("Nobody Named", 9),
        ("Robert De Niro", 380), ("Val Kilmer", None),
    ]  # fmt: skip


@pytest.mark.django_db
def test_each_of_the_pair_alone(tmp_path: Path) -> None:
    films, credited = pair(tmp_path)

    run = import_file(credited)
    run.refresh_from_db()
    assert (counts(run), run.skipped, Movie.objects.count()) == ((0, 0, 0, 0), 1, 0)
    assert counts(import_file(films)) == (1, 0, 0, 0)
    assert Credit.objects.count() == 0
    assert counts(import_file(credited, update=True)) == (0, 1, 0, 0)
    assert Credit.objects.count() == 7
    assert counts(import_file(credited, update=True)) == (0, 0, 1, 0)


@pytest.mark.django_db
def test_a_broken_cell_costs_itself(tmp_path: Path) -> None:
    rows = [{**HEAT, "genres": "[{'id': 28}]", "runtime": "nan", "keywords": ""}, {**BLANK, "runtime": ""}]

    run = import_file(lay(tmp_path, "tmdb_5000_movies.csv", table(MOVIES, *rows)))

    assert (counts(run), report(run)) == ((2, 0, 0, 0), [(2, "left_out"), (2, "left_out")])
    assert Movie.objects.filter(runtime=None).count() == 2


# --- mangled ---------------------------------------------------------------------------------------------------------

_KEYS = st.sampled_from([*HEAT, "name", "id", "results"])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=6,
)


@settings(derandomize=True, max_examples=80, deadline=None)
@given(
    field=st.sampled_from(sorted(HEAT)),
    inner=st.sampled_from([None, "cast", "crew", "results", "titles"]),
    value=_VALUES,
)
def test_whatever_a_field_holds_the_film_comes_in_or_is_refused_by_name(
    tmp_path_factory: pytest.TempPathFactory, field: str, inner: str | None, value: object
) -> None:
    mangled = {**HEAT, field: {**HEAT[field], inner: value} if inner and isinstance(HEAT[field], dict) else value}
    path = lay(tmp_path_factory.mktemp("mangled"), "films", [mangled, BLANK])

    found = read_all(path, wanted="tmdb")

    assert records(found)[-1].tmdb_id == 5
    assert (
        len(records(found))
        + sum(batch.skipped for batch in found)
        + len([1 for batch in found for _, problem in batch.problems if not problem.accepted])
        == 2
    )


@pytest.mark.django_db
@settings(derandomize=True, max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, 2600),
    junk=st.binary(max_size=6),
    cut=st.integers(0, 40),
    which=st.sampled_from(["json", "csv", "ids"]),
)
def test_mangled_files_never_fail_and_leave_no_half_film(
    tmp_path: Path, at: int, junk: bytes, cut: int, which: str
) -> None:
    whole = {
        "json": "".join(json.dumps(film) + "\n" for film in (HEAT, BLANK)).encode(),
        "csv": table(MOVIES, HEAT, BLANK),
        "ids": "".join(json.dumps(row) + "\n" for row in IDS).encode(),
    }[which]
    path = lay(tmp_path, "mangled", whole[:at] + junk + whole[at + cut :])
    wanted = {"json": "tmdb", "csv": "tmdb_5000", "ids": "tmdb_stubs"}[which]

    run = import_file(path, format=wanted)

    assert run.state == ImportRun.State.DONE
    run.refresh_from_db()
    assert run.rows == run.created + run.unchanged + run.skipped + run.rejected
    assert not Movie.objects.filter(title="").exists()
