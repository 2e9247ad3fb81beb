"""IMDb's tables: each alone and all together, with every trap that they and their re-exports hold."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from movies.importers import engine, joining
from movies.importers.record import CastMember, CrewMember, PersonRef, TitleElsewhere
from movies.models import ImportRun, Movie, Person
from movies.services.imports import new_run, run_import, unfinished_run
from movies.tests.factories import MovieFactory, PersonFactory
from movies.tests.importing import contents, counts, forget, import_file, lay, mended, report, told, versions

pytestmark = pytest.mark.django_db


def tsv(header: str, *rows: str) -> str:
    """A table as IMDb gives it; cells stand here apart by two spaces or more."""
    return "".join("\t".join(cell.strip() for cell in line.split(" | ")) + "\n" for line in (header, *rows))


BASICS = tsv(
    "tconst | titleType | primaryTitle | originalTitle | isAdult | startYear | endYear | runtimeMinutes | genres",
    r"tt0000010 | movie | Heat | Heat | 0 | 1995 | \N | 170 | Crime,Drama,Sci-Fi",
    r'tt0000020 | short | "Quoted" and 3" | "Zitat" | 0 | 1901 | \N | \N | \N',
    r"tt0000030 | tvEpisode | An Episode | An Episode | 0 | 2001 | \N | 40 | Drama",
    r"tt0000040 | movie | For Adults | For Adults | 1 | 1999 | \N | 80 | Adult",
    r"tt0000050 | tvMovie | No Year | No Year | 0 | \N | \N | 0 | \N",
    r"tt0000055 | movie | Bad Year | Bad Year | 0 | MCM | \N | 90 | Drama",
    r"tt0000060 | video | Straight to Tape | Straight to Tape | 0 | 1988 | \N | 90 | Action",
    r"broken | movie | No Id | No Id | 0 | 1990 | \N | 90 | Drama",
    r"tt0000070 | movie | A cell short | 0 | 1990",
    r"tt10000080 | movie | Long Id | Long Id | 0 | 2024 | \N | 100 | Thriller",
)
CREW = tsv(
    "tconst | directors | writers",
    r"tt0000010 | nm0000001 | nm0000001,nm0000002",
    r"tt0000020 | nm0000003 | \N",
    r"tt0000030 | nm0000009 | \N",
    r"tt0000060 | director | \N",
    r"tt0000099 | nm0000001 | \N",
)
PRINCIPALS = tsv(
    "tconst | ordering | nconst | category | job | characters",
    r'tt0000010 | 1 | nm0000004 | actor | \N | ["Lt. Vincent \"V\" Hanna"]',
    r'tt0000010 | 2 | nm0000005 | actor | \N | ["Neil","McCauley"]',
    r"tt0000010 | 3 | nm0000005 | archive_footage | \N | \N",
    r"tt0000010 | 4 | nm0000001 | director | \N | \N",
    r"tt0000010 | 5 | nm0000002 | writer | screenplay | \N",
    r"tt0000010 | 6 | nm0000006 | producer | executive producer | \N",
    r"tt0000010 | 7 | nm0000007 | cinematographer | director of photography | \N",
    r"tt0000010 | 8 | nm0000099 | editor | \N | \N",
    r"tt0000010 | 9 | nm0000008 | stunt_double | \N | \N",
    r'tt0000020 | 1 | nm0000003 | self | \N | ["Self',
    r'tt0000030 | 1 | nm0000009 | actor | \N | ["Nobody"]',
)
AKAS = tsv(
    "titleId | ordering | title | region | language | types | attributes | isOriginalTitle",
    r"tt0000010 | 1 | Heat | \N | \N | original | \N | 1",
    r"tt0000010 | 2 | Fuego contra fuego | ES | es | imdbDisplay | \N | 0",
    r"tt0000010 | 3 | Skhvatka | SUHH | ru | \N | transliterated title | 0",
    r"tt0000010 | 4 | Hot | XWW | qbn | working | \N | 0",
    r"tt0000010 | 5 | Fuego contra fuego | ES | es | dvd | \N | 0",
    r"tt0000020 | 1 | \N | DE | de | \N | \N | 0",
)
RATINGS = tsv(
    "tconst | averageRating | numVotes",
    "tt0000010 | 8.3 | 700000",
    "tt0000030 | 7.0 | 12",
    "tt0000020 | 5.0 | many",
)
NAMES = tsv(
    "nconst | primaryName | birthYear | deathYear | primaryProfession | knownForTitles",
    r"nm0000001 | Michael Mann | 1943 | \N | director | tt0000010",
    r"nm0000002 | Michael Mann | \N | \N | writer | \N",
    r"nm0000003 | Charles Urban | 1867 | 1942 | \N | \N",
    r"nm0000004 | Al Pacino | 1940 | \N | actor | \N",
    r"nm0000005 | Robert De Niro | 1943 | \N | actor | \N",
    r"nm0000006 | Arnon Milchan | about 1944 | \N | producer | \N",
    r"nm0000007 | Dante Spinotti | \N | \N | \N | \N",
    r"nm0000008 | Stunt Double | \N | \N | \N | \N",
    r"nm0000009 | Of An Episode | \N | \N | \N | \N",
    r"nm0000010 | \N | 1950 | \N | \N | \N",
)
FILES = {
    "title.principals.tsv": PRINCIPALS, "title.ratings.tsv": RATINGS, "name.basics.tsv": NAMES,
    "title.akas.tsv": AKAS, "title.crew.tsv": CREW, "title.basics.tsv": BASICS,
}  # fmt: skip


def run_files(folder: Path, files: dict[str, str] | None = None, **options: Any) -> ImportRun:
    """Imports tables together, and returns the run as it ended."""
    paths = [lay(folder, name, content) for name, content in (files or FILES).items()]
    chosen = {name: options.pop(name) for name in ("preview", "update_existing", "options") if name in options}
    return run_import(run=new_run(paths=paths, **chosen), paths=paths, **options)


def catalogue() -> tuple[list[tuple[bytes, Any]], list[Any]]:
    """Films with what no document holds, and people, without the numbers of their rows."""
    films, columns, _ = contents()
    people = Person.objects.values_list("imdb_id", "name", "born", "died", "credit_count")
    return sorted(zip(films.splitlines(), columns, strict=True)), sorted(people)


def heat() -> Movie:
    return Movie.objects.get(imdb_id="tt0000010")


def reported(run: ImportRun) -> set[tuple[str, int, str]]:
    return set(run.rejects.values_list("file", "line", "code"))


def test_all_tables_together_make_whole_films_whatever_the_order_of_the_paths(tmp_path: Path) -> None:
    run = run_files(tmp_path)

    assert counts(run) == (5, 0, 8, 8)
    assert (run.skipped, run.rows, run.format) == (4, 25, "imdb")
    assert reported(run) == {
        ("title.basics.tsv", 7, "not_a_number"),
        ("title.basics.tsv", 9, "bad_id"),
        ("title.basics.tsv", 10, "cells"),
        ("title.crew.tsv", 5, "bad_id"),
        ("title.principals.tsv", 11, "not_json"),
        ("title.akas.tsv", 7, "missing"),
        ("title.ratings.tsv", 4, "not_a_number"),
        ("name.basics.tsv", 11, "missing"),
        (", ".join(FILES), 1, "unknown_people"),
    }
    record = told(heat())
    assert (record.title, record.original_title, record.year, record.runtime) == ("Heat", "Heat", 1995, 170)
    assert record.genres == ["Crime", "Drama", "Science Fiction"]
    assert record.known_raters == 700_000
    mann, writer = PersonRef("Michael Mann", "nm0000001"), "nm0000002"
    assert record.directors == [mann]
    assert record.cast == [
        CastMember("Al Pacino", 'Lt. Vincent "V" Hanna', "nm0000004"),
        CastMember("Robert De Niro", "Neil", "nm0000005"),
        CastMember("Robert De Niro", "McCauley", "nm0000005"),
    ]
    assert record.crew == [
        CrewMember("Michael Mann", "Writing", "Writer", "nm0000001"),
        CrewMember("Michael Mann", "Writing", "Writer", writer),
        CrewMember("Arnon Milchan", "Production", "Executive Producer", "nm0000006"),
        CrewMember("Dante Spinotti", "Camera", "Director of Photography", "nm0000007"),
        CrewMember("Stunt Double", None, "Stunt double", "nm0000008"),
    ]
    assert record.alternative_titles == [
        TitleElsewhere("Fuego contra fuego", "ES", "es", None),
        TitleElsewhere("Hot", None, None, "working title"),
        TitleElsewhere("Skhvatka", "SU", "ru", "transliterated title"),
    ]
    assert sorted(Movie.objects.values_list("title", "year", "runtime", "source")) == [
        ('"Quoted" and 3"', 1901, None, "imdb"),
        ("Heat", 1995, 170, "imdb"),
        ("Long Id", 2024, 100, "imdb"),
        ("No Year", None, None, "imdb"),
        ("Straight to Tape", 1988, 90, "imdb"),
    ]
    assert set(Person.objects.values_list("imdb_id", "born", "died")) >= {
        ("nm0000001", 1943, None), ("nm0000003", 1867, 1942), ("nm0000006", None, None),
    }  # fmt: skip
    assert not Person.objects.filter(imdb_id__in=["nm0000009", "nm0000010", "nm0000099"]).exists()
    assert mended() == 0


@pytest.mark.parametrize("update", [False, True])
def test_a_second_run_of_all_tables_writes_nothing(tmp_path: Path, update: bool) -> None:
    first = run_files(tmp_path)
    before, people = versions(), list(Person.objects.order_by("pk").values_list("pk", "version", "updated_at"))

    run = run_files(tmp_path, update_existing=update)

    assert counts(run) == (0, 0, 13, 8)
    assert run.skipped == first.skipped
    assert versions() == before
    assert list(Person.objects.order_by("pk").values_list("pk", "version", "updated_at")) == people


def test_one_after_the_other_they_come_to_the_same_once_people_have_names(tmp_path: Path) -> None:
    run_files(tmp_path)
    together = catalogue()
    forget()

    run_files(tmp_path, {"title.basics.tsv": BASICS})
    assert Movie.objects.count() == 5
    for name in ("title.crew.tsv", "title.principals.tsv"):
        run_files(tmp_path, {name: FILES[name], "name.basics.tsv": NAMES}, update_existing=True)
    for name in ("title.akas.tsv", "title.ratings.tsv"):
        run_files(tmp_path, {name: FILES[name]}, update_existing=True)

    assert [film for film, _ in catalogue()[0]] == [film for film, _ in together[0]]
    assert catalogue()[1] == together[1]
    assert mended() == 0


def test_tables_beside_basics_only_tell_of_films_and_people_that_are_held(tmp_path: Path) -> None:
    movie = MovieFactory.create(title="Heat", year=1995, imdb_id="tt0000010", source="imdb")
    MovieFactory.create(imdb_id="tt0000020", state=Movie.State.WITHDRAWN, source="imdb")
    PersonFactory.create(name="Al Pacino the Elder", imdb_id="nm0000004")

    run = run_files(tmp_path, {"title.principals.tsv": PRINCIPALS}, update_existing=True)

    assert counts(run) == (0, 1, 0, 1)
    assert run.skipped == 2
    assert told(movie).cast == [CastMember("Al Pacino the Elder", 'Lt. Vincent "V" Hanna', "nm0000004")]
    assert Person.objects.count() == 1
    remark = run.rejects.get(code="unknown_people")
    assert remark.accepted
    assert remark.detail.startswith("8 parts")


def test_without_update_existing_nothing_is_added_to_films_that_are_held(tmp_path: Path) -> None:
    movie = MovieFactory.create(title="Heat", imdb_id="tt0000010")

    run = run_files(tmp_path, {"title.ratings.tsv": RATINGS, "title.akas.tsv": AKAS})

    assert counts(run) == (0, 0, 1, 2)
    assert told(movie).alternative_titles == []


def test_names_complete_years_of_people_by_id_and_rename_nobody(tmp_path: Path) -> None:
    known = PersonFactory.create(name="M. Mann", imdb_id="nm0000001", born=1900)
    lacking = PersonFactory.create(name="C. Urban", imdb_id="nm0000003", died=1940)
    locked = PersonFactory.create(name="Al", imdb_id="nm0000004", locked_fields=["born"])
    namesake = PersonFactory.create(name="Robert De Niro")
    files = {"name.basics.tsv": NAMES}

    preview = run_files(tmp_path, files, preview=True, update_existing=True)
    assert preview.changes == [
        {
            "action": "updated", "file": "name.basics.tsv", "line": 4, "person": lacking.pk, "title": "C. Urban",
            "fields": {"born": {"old": None, "new": 1867}},
        }
    ]  # fmt: skip
    plain = run_files(tmp_path, files)
    assert (counts(plain), plain.skipped) == ((0, 0, 3, 1), 6)
    run = run_files(tmp_path, files, update_existing=True)

    assert (counts(run), run.skipped) == ((0, 1, 2, 1), 6)
    assert list(Person.objects.order_by("pk").values_list("name", "born", "died", "version")) == [
        ("M. Mann", 1900, None, known.version),
        ("C. Urban", 1867, 1940, lacking.version + 1),
        ("Al", None, None, locked.version),
        (namesake.name, None, None, namesake.version),
    ]
    assert counts(run_files(tmp_path, files, update_existing=True)) == (0, 0, 3, 1)


def test_locked_fields_and_stronger_sources_hold_against_every_table(tmp_path: Path) -> None:
    movie = MovieFactory.create(
        title="The Heat is On", year=1994, imdb_id="tt0000010", source="tmdb", locked_fields=["credits", "runtime"]
    )

    run = run_files(tmp_path, update_existing=True)

    assert run.updated == 1
    record = told(movie)
    assert (record.title, record.year, record.runtime, record.original_title) == ("The Heat is On", 1994, None, "Heat")
    assert (record.cast, record.crew, record.directors) == ([], [], [])
    assert record.known_raters == 700_000
    assert len(record.alternative_titles) == 3


def test_types_and_adult_titles_are_chosen_by_options(tmp_path: Path) -> None:
    path = lay(tmp_path, "title.basics.tsv", BASICS)

    call_command("import_movies", str(path), "--types", "TVEpisode, movie", "--adult", stdout=io.StringIO())

    assert set(Movie.objects.values_list("title", flat=True)) == {"An Episode", "For Adults", "Heat", "Long Id"}
    assert ImportRun.objects.get().options == {"types": ["tvEpisode", "movie"], "adult": True}
    with pytest.raises(CommandError, match=r"no kind of title 'film'.*tvMovie") as refusal:
        call_command("import_movies", str(path), "--types", "film", stdout=io.StringIO())
    assert refusal.value.returncode == 2


def test_a_dry_run_shows_each_field_and_writes_nothing(tmp_path: Path) -> None:
    movie = MovieFactory.create(title="Heat", year=1995, imdb_id="tt0000010", source="imdb")
    PersonFactory.create(name="Al Pacino", imdb_id="nm0000004")
    paths = [str(lay(tmp_path, name, content)) for name, content in FILES.items()]
    out = io.StringIO()

    call_command("import_movies", *paths, "--dry-run", "--update-existing", stdout=out, stderr=io.StringIO())

    said = out.getvalue()
    assert f"~ Heat [{movie.pk}]  title.basics.tsv:2\n" in said
    assert "    known_raters: 0 → 700000\n" in said
    assert '    directors: [] → [{"name": "Michael Mann", "imdb_id": "nm0000001"}]\n' in said
    assert "+ Long Id (2024)  title.basics.tsv:11" in said
    assert "~ Al Pacino [person" in said
    assert "born: null → 1940" in said
    assert Movie.objects.count() == Person.objects.count() == 1
    assert movie.version == Movie.objects.get().version


def shuffled(table: str) -> str:
    header, *rows = table.splitlines(keepends=True)
    return header + "".join(rows[1::2] + rows[0::2][::-1])


def test_files_that_are_not_sorted_come_to_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_files(tmp_path)
    expected = catalogue()
    forget()
    monkeypatch.setattr(joining, "_SORTED_AT_ONCE", 3)
    monkeypatch.setattr(joining, "_BLOCK", 2)

    run = run_files(tmp_path, {name: shuffled(content) for name, content in FILES.items()})

    assert counts(run) == (5, 0, 8, 8)
    assert catalogue() == expected
    alone = run_files(tmp_path, {"title.principals.tsv": shuffled(PRINCIPALS)}, update_existing=True)
    assert counts(alone)[:3] == (0, 0, 2)


def test_gz_and_a_zip_of_all_tables_are_read(tmp_path: Path) -> None:
    packed = tmp_path / "imdb.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in FILES.items():
            archive.writestr(name + ".gz", gzip.compress(content.encode()))

    run = import_file(packed)

    assert counts(run) == (5, 0, 8, 8)
    assert len(told(heat()).cast) == 3


def test_a_title_that_stands_twice_is_taken_once(tmp_path: Path) -> None:
    row = r"tt0000010 | movie | Heat, again | Heat | 0 | 1996 | \N | 1 | Drama"
    twice = BASICS + tsv(row)

    alone = run_files(tmp_path, {"title.basics.tsv": twice})
    assert ("title.basics.tsv", 12, "repeated") in reported(alone)
    forget()
    together = run_files(tmp_path, {"title.basics.tsv": twice, "title.ratings.tsv": RATINGS})

    assert ("title.basics.tsv", 12, "repeated") in reported(together)
    assert heat().year == 1995


KAGGLE = {
    "movies.csv": (
        "imdb_title_id,title,original_title,year,date_published,genre,duration,country,director,votes\r\n"
        'tt0000010,"Heat, the ""film""",Heat,1995,1995-12-15,"Crime, Drama",170,USA,Michael Mann,700000\r\n'
        "tt0000011,Second,Second,TV Movie 2019,,,,,,\r\n"
    ),
    "title_principals.csv": (
        "imdb_title_id,ordering,imdb_name_id,category,job,characters\r\n"
        'tt0000010,1,nm0000004,actor,,"[""Hanna""]"\r\ntt0000010,2.0,nm0000005,actress,,Neil\r\n'
    ),
    "names.csv": (
        "imdb_name_id,name,birth_name,date_of_birth,date_of_death\r\n"
        "nm0000004,Al Pacino,Alfredo Pacino,1940-04-25,\r\nnm0000005,Robert De Niro,,1943.0,\r\n"
    ),
    "ratings.csv": "imdb_title_id,weighted_average_vote,total_votes\r\ntt0000010,8.3,800000.0\r\n",
}


def test_re_exports_as_csv_with_columns_of_their_own_are_read(tmp_path: Path) -> None:
    run = run_files(tmp_path, KAGGLE)

    assert counts(run)[0] == 1
    assert ("movies.csv", 3, "not_a_number") in reported(run)
    assert run.rejects.filter(file="movies.csv", code="unread_columns").get().detail == (
        "Not read: date_published, country, director."
    )
    record = told(heat())
    assert (record.title, record.runtime, record.genres) == ('Heat, the "film"', 170, ["Crime", "Drama"])
    assert record.known_raters == 800_000
    assert record.cast == [
        CastMember("Al Pacino", "Hanna", "nm0000004"), CastMember("Robert De Niro", "Neil", "nm0000005"),
    ]  # fmt: skip
    assert list(Person.objects.order_by("name").values_list("born", flat=True)) == [1940, 1943]


def test_episodes_are_refused_by_name(tmp_path: Path) -> None:
    path = lay(
        tmp_path, "e.tsv", tsv("tconst | parentTconst | seasonNumber | episodeNumber", "tt0000001 | tt0000002 | 1 | 1")
    )

    with pytest.raises(CommandError, match=r"title\.episode"):
        call_command("import_movies", str(path), stdout=io.StringIO(), stderr=io.StringIO())


@pytest.mark.parametrize("fails_at", range(1, 5))
def test_a_run_that_broke_off_anywhere_goes_on_to_the_same_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    clean = run_files(tmp_path, batch_size=3)
    expected, lines, numbers = catalogue(), report(clean), (*counts(clean), clean.skipped, clean.rows, clean.remarks)
    forget()
    book, calls = engine._book, iter(range(1, 100))

    def broken(*args: Any) -> None:
        book(*args)
        if next(calls) == fails_at:
            raise OSError("power cut")

    monkeypatch.setattr(engine, "_book", broken)
    with pytest.raises(OSError, match="power cut"):
        run_files(tmp_path, batch_size=3)
    monkeypatch.undo()
    run = unfinished_run(digest=clean.digest, update_existing=False)
    assert run is not None
    run = run_import(run=run, paths=[tmp_path / name for name in FILES])

    assert catalogue() == expected
    assert (report(run), (*counts(run), run.skipped, run.rows, run.remarks)) == (lines, numbers)


def test_more_rows_about_one_film_than_any_film_has_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "MOST_ROWS", 30)
    MovieFactory.create(imdb_id="tt0000010")
    rows = [rf"tt0000010 | {number} | Title {number} | \N | \N | \N | \N | 0" for number in range(33)]

    run = run_files(tmp_path, {"a.tsv": AKAS.splitlines(keepends=True)[0] + tsv(*rows)}, update_existing=True)

    assert [code for _, code in report(run)] == ["too_many"] * 3
    assert heat().alternative_titles.count() == 30
