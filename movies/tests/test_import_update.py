"""Films that are known already: what an update changes, and what it never touches."""

from __future__ import annotations

from pathlib import Path

import pytest

from movies.models import Genre, ImportRun, Movie, Person
from movies.services.imports import new_run, run_import
from movies.tests.factories import MovieFactory
from movies.tests.importing import HEAT, counts, import_file, lay, mended, report, versions

pytestmark = pytest.mark.django_db


def test_a_withdrawn_movie_stays_withdrawn(tmp_path: Path) -> None:
    MovieFactory.create(title="Heat", year=1995, state="withdrawn")

    run = import_file(lay(tmp_path, "f.ndjson", [{"title": "Heat", "year": 1995}]), update=True)

    assert report(run) == [(1, "withdrawn")]


def test_a_film_renamed_by_staff_is_found_by_its_page(tmp_path: Path) -> None:
    path = lay(tmp_path, "f.ndjson", [{"title": "Heat", "year": 1995, "wikipedia_page": "Heat (film)"}])
    import_file(path)
    Movie.objects.update(title="Heat: The Film", title_key="heat the film", locked_fields=["title"])

    # The title that the file gives still finds the movie, and is added once.
    assert counts(import_file(path, update=True)) == (0, 1, 0, 0)
    assert counts(import_file(path, update=True)) == (0, 0, 1, 0)


def test_without_update_known_films_are_left_alone(tmp_path: Path) -> None:
    MovieFactory.create(title="Heat", year=1995)

    run = import_file(lay(tmp_path, "f.ndjson", [{**HEAT, "genres": ["New"]}]))

    assert counts(run) == (0, 0, 1, 0)
    assert not Genre.objects.exists()
    assert not Person.objects.exists()


def test_an_update_fills_and_changes_but_never_forgets_nor_touches_what_staff_locked(tmp_path: Path) -> None:
    import_file(lay(tmp_path, "a.ndjson", [HEAT]))
    movie = Movie.objects.get()
    Movie.objects.update(locked_fields=["runtime", "credits"])
    less = {
        "title": "Heat",
        "year": 1995,
        "runtime": 171,
        "tagline": "New",
        "overview": None,
        "genres": ["Crime", "Thriller"],
        "cast": ["Nobody"],
        "tags": [],
        "known_raters": 100,
    }

    run = import_file(lay(tmp_path, "b.ndjson", [less]), update=True)

    assert counts(run) == (0, 1, 0, 0)
    changed = Movie.objects.get()
    assert (changed.pk, changed.slug, changed.version) == (movie.pk, "heat-1995", movie.version + 1)
    assert (changed.runtime, changed.tagline, changed.overview) == (170, "New", "One.\n\nTwo.")
    assert sorted(genre.name for genre in changed.genres.all()) == ["Crime", "Thriller"]
    assert [tag.name for tag in changed.tags.all()] == ["heist"]
    assert not Person.objects.filter(name="Nobody").exists()
    assert changed.popularity > movie.popularity
    assert mended() == 0


@pytest.mark.parametrize("size", [1, 2])
def test_a_film_that_an_update_renames_leaves_its_old_title_to_another(tmp_path: Path, size: int) -> None:
    MovieFactory.create(title="Alias", year=1990, imdb_id="tt0000001", source="watchly")
    rows = [{"title": "Renamed", "year": 1990, "imdb_id": "tt0000001"}, {"title": "Alias", "year": 1990}]
    path = lay(tmp_path, "f.ndjson", rows)

    first = import_file(path, update=True, batch_size=size)
    second = import_file(path, update=True, batch_size=size)

    assert counts(first) == (1, 1, 0, 0)
    assert counts(second) == (0, 0, 2, 0)


def test_a_cast_without_characters_keeps_those_that_are_known(tmp_path: Path) -> None:
    import_file(lay(tmp_path, "a.ndjson", [HEAT]))

    again = import_file(lay(tmp_path, "b.csv", "title,year,cast\nHeat,1995,Al Pacino|Robert De Niro\n"), update=True)
    swapped = import_file(lay(tmp_path, "c.csv", "title,year,cast\nHeat,1995,Robert De Niro|Val Kilmer\n"), update=True)

    assert counts(again) == (0, 0, 1, 0)
    assert counts(swapped) == (0, 1, 0, 0)
    cast = Movie.objects.get().credits.filter(kind="cast").order_by("position")
    assert [(credit.person.name, credit.character) for credit in cast] == [
        ("Robert De Niro", "Neil"),
        ("Val Kilmer", None),
    ]
    assert Person.objects.get(name="Al Pacino").credit_count == 0
    assert mended() == 0


def test_ratings_alone_set_how_many_people_know_a_film(tmp_path: Path) -> None:
    MovieFactory.create(imdb_id="tt0113277")

    run = import_file(
        lay(tmp_path, "ratings.dat", "1::0113277::8::1\n2::0113277::9::2\n2::0000009::9::2\n"), update=True
    )

    assert counts(run) == (0, 1, 0, 1)
    assert Movie.objects.get().figures.known_raters == 2
    assert Movie.objects.get().popularity > 0


def test_a_preview_says_what_would_change_and_writes_nothing(tmp_path: Path) -> None:
    import_file(lay(tmp_path, "a.ndjson", [HEAT]))
    before, genres = versions(), Genre.objects.count()
    rows = [
        {"title": "Heat", "year": 1995, "runtime": 100},
        {"title": "New", "genres": ["Drama"]},
        {"title": "New"},
        {"x": 1},
    ]
    seen: list[dict[str, object]] = []

    run = import_file(lay(tmp_path, "b.ndjson", rows), update=True, preview=True, batch_size=1, diff=seen.extend)

    assert run.state == ImportRun.State.PREVIEWED
    assert counts(run) == (1, 1, 0, 2)
    assert seen[0]["fields"] == {"runtime": {"old": 170, "new": 100}}
    assert [change["action"] for change in run.changes] == ["updated", "created"]
    assert report(run) == [(3, "repeated"), (4, "unknown_field")]
    assert versions() == before
    assert Genre.objects.count() == genres


def test_several_files_of_one_run_may_tell_of_the_same_film(tmp_path: Path) -> None:
    paths = [
        lay(
            tmp_path,
            "w.jsonl",
            [{"title": "Heat", "year": 1995, "cast": ["Al Pacino"], "genres": [], "href": "Heat_(1995_film)"}],
        ),
        lay(tmp_path, "f.jsonl", [{"title": "Heat", "year": 1995, "href": "Heat_(1995_film)", "runtime": 170}]),
    ]

    run = run_import(run=new_run(paths=paths, update_existing=True), paths=paths)

    assert counts(run) == (1, 1, 0, 0)
    assert run.format == "facts+wikipedia"
    movie = Movie.objects.get()
    assert (movie.runtime, movie.source, movie.credits.count()) == (170, "wikipedia", 1)
