"""What imports and refreshes change stands in the histories too; what they make does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from movies.importers import updating
from movies.importers.record import Record
from movies.importers.writing import CREATE_STAGED
from movies.models import Change, Movie, Person
from movies.tests.factories import MovieFactory, PersonFactory
from movies.tests.importing import HEAT, import_file, lay
from watchly.common.actor import acting

pytestmark = pytest.mark.django_db


def test_films_and_people_that_an_import_makes_have_no_line(tmp_path: Path) -> None:
    import_file(lay(tmp_path, "a.ndjson", [HEAT]))
    assert Movie.objects.exists()
    assert Person.objects.exists()
    assert not Change.objects.exists()


def test_an_update_tells_what_it_changed_and_which_run_it_was(tmp_path: Path) -> None:
    import_file(lay(tmp_path, "a.ndjson", [HEAT]))
    path = lay(tmp_path, "b.ndjson", [{"title": "Heat", "year": 1995, "runtime": 171, "tags": ["heist", "night"]}])
    run = import_file(path, update=True)
    change = Change.objects.get()
    movie = Movie.objects.get()
    assert (change.movie_id, change.action, change.via, change.run_id) == (movie.pk, "edited", "import", run.pk)
    assert (change.version, movie.version) == (2, 2)
    assert change.fields["runtime"] == {"old": 170, "new": 171}
    assert change.fields["tags"]["new"] == ["night"]
    # The second run changes nothing, so it tells nothing.
    import_file(path, update=True)
    assert Change.objects.count() == 1


def test_an_id_that_somebody_adopts_is_told_of_the_person(tmp_path: Path) -> None:
    mann = PersonFactory.create(name="Michael Mann")
    MovieFactory.create(title="Heat", year=1995, directors=[mann])
    row = {"title": "Heat", "year": 1995, "directors": [{"name": "Michael Mann", "imdb_id": "nm0000520"}]}
    run = import_file(lay(tmp_path, "a.ndjson", [row]), update=True)
    change = Change.objects.get(person=mann)
    assert change.fields == {"imdb_id": {"old": None, "new": "nm0000520"}}
    mann.refresh_from_db()
    assert (change.run_id, change.version, mann.version) == (run.pk, 2, 2)


def test_a_provider_that_refreshes_is_named(make_user: Callable[..., Any]) -> None:
    movie = MovieFactory.create(source="tmdb", runtime=100)
    with acting(via="provider"), connection.cursor() as cursor:
        cursor.execute(CREATE_STAGED)
        meant = [updating.Meant(movie.pk, Record(title=movie.title, runtime=101))]
        found, crowd = updating.changes(cursor, meant, source="tmdb", lock=True)
        updating.apply(cursor, [change for change in found if change], crowd)
    change = Change.objects.get()
    assert (change.via, change.run_id, change.actor_id) == ("provider", None, None)
    assert change.fields == {"runtime": {"old": 100, "new": 101}}


def test_many_changes_are_told_in_one_statement(tmp_path: Path, django_assert_max_num_queries: Any) -> None:
    rows = [{"title": f"Film {number}", "year": 1990} for number in range(30)]
    import_file(lay(tmp_path, "a.ndjson", rows))
    longer = lay(tmp_path, "b.ndjson", [{**row, "runtime": 90} for row in rows])
    with django_assert_max_num_queries(200) as few:
        import_file(longer, update=True)
    assert sum("INSERT INTO movies_change" in query["sql"] for query in few.captured_queries) == 1
    assert Change.objects.count() == 30
