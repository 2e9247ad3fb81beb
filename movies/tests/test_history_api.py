"""Reading histories, seeing and undoing locks, withdrawing and restoring with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from movies.models import Change, Movie
from movies.tests.factories import ChangeFactory, MovieFactory, PersonFactory

pytestmark = pytest.mark.django_db


def history(client: APIClient, movie: Movie, query: str = "") -> list[dict[str, Any]]:
    response = client.get(f"/api/movies/{movie.pk}/history{query}")
    assert response.status_code == 200, response.content
    results: list[dict[str, Any]] = response.json()["results"]
    return results


def test_a_history_tells_who_changed_what_the_newest_first(make_user: Callable[..., Any]) -> None:
    carla = make_user(role="curator", username="carla")
    client = APIClient()
    client.force_authenticate(carla)
    movie = MovieFactory.create(runtime=100)
    ChangeFactory.create()
    client.patch(f"/api/movies/{movie.pk}", {"runtime": 101}, format="json")
    client.delete(f"/api/movies/{movie.pk}?reason=A+double.")
    withdrawn, edited = history(client, movie)
    assert (withdrawn["action"], withdrawn["reason"], withdrawn["version"]) == ("withdrawn", "A double.", 3)
    assert (edited["action"], edited["via"], edited["run"]) == ("edited", "api", None)
    assert edited["actor"] == {"id": carla.pk, "username": "carla"}
    assert edited["fields"] == {
        "runtime": {"old": 100, "new": 101}, "locked_fields": {"old": [], "new": ["runtime"]}
    }  # fmt: skip
    assert [list(line) for line in history(client, movie, "?fields=id,action&limit=1")] == [["id", "action"]]


def test_a_person_has_one_too(curator: APIClient) -> None:
    person = PersonFactory.create()
    change = ChangeFactory.create(movie=None, person=person, fields={"born": {"old": None, "new": 1943}})
    results = curator.get(f"/api/people/{person.pk}/history").json()["results"]
    assert [(line["id"], line["fields"]) for line in results] == [(change.pk, change.fields)]
    for nobody in ("0", "x", "99999999"):
        assert curator.get(f"/api/people/{nobody}/history").status_code == 404
        assert curator.get(f"/api/movies/{nobody}/history").status_code == 404


def test_it_is_not_for_everybody(anyone: APIClient, alice: APIClient) -> None:
    movie = MovieFactory.create()
    for path in (f"/api/movies/{movie.pk}/history", f"/api/movies/{movie.pk}/locks"):
        assert (anyone.get(path).status_code, alice.get(path).status_code) == (401, 403)


@pytest.mark.parametrize("lines", [1, 20])
def test_a_page_takes_two_statements_however_many_lines(
    lines: int, curator: APIClient, django_assert_num_queries: Any
) -> None:
    movie = MovieFactory.create()
    for _ in range(lines):
        ChangeFactory.create(movie=movie)
    history(curator, movie)
    with django_assert_num_queries(2):  # whether there is such a movie; the page
        assert len(history(curator, movie)) == lines


def test_a_page_reads_its_lines_from_the_index_of_its_movie() -> None:
    movie = MovieFactory.create()
    Change.objects.bulk_create(Change(movie=movie, action="edited", via="api", version=1) for _ in range(2000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE movies_change")
        cursor.execute(
            "EXPLAIN SELECT id FROM movies_change d WHERE d.movie_id = %s AND d.id < %s ORDER BY d.id DESC LIMIT 21",
            [movie.pk, 2**62],
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "movies_change_of_movie" in plan or "movies_change_pkey" in plan, plan
    assert "Sort" not in plan, plan


# --- locks -----------------------------------------------------------------------------------------------------------


def test_a_lock_says_who_and_when_and_goes_with_one_call(make_user: Callable[..., Any]) -> None:
    carla = make_user(role="curator")
    client = APIClient()
    client.force_authenticate(carla)
    movie = MovieFactory.create(locked_fields=["overview"])
    path = f"/api/movies/{movie.pk}/locks"
    client.patch(f"/api/movies/{movie.pk}", {"runtime": 101}, format="json")
    locked = Change.objects.get()
    old, new = client.get(path).json()["results"]
    assert old == {"field": "overview", "locked_at": None, "via": None, "locked_by": None}
    assert (new["field"], new["via"], new["locked_by"]) == (
        "runtime", "api", {"id": carla.pk, "username": carla.username}
    )  # fmt: skip
    assert new["locked_at"] == locked.created_at.isoformat().replace("+00:00", "Z")
    assert client.delete(f"{path}/runtime").status_code == 204
    assert client.delete(f"{path}/runtime").json()["code"] == "not_found"
    movie.refresh_from_db()
    assert (movie.locked_fields, movie.version, movie.runtime) == (["overview"], 3, 101)
    unlocked = Change.objects.latest("pk")
    assert (unlocked.action, unlocked.version, unlocked.actor_id) == ("unlocked", 3, carla.pk)
    assert unlocked.fields == {"locked_fields": {"old": ["runtime"], "new": []}}


def test_a_field_that_is_locked_again_was_locked_by_the_last(make_user: Callable[..., Any]) -> None:
    movie = MovieFactory.create(runtime=100)
    for minutes in (101, 102):
        client = APIClient()
        client.force_authenticate(make_user(role="curator", username=f"carla{minutes}"))
        client.patch(f"/api/movies/{movie.pk}", {"runtime": minutes}, format="json")
        if minutes == 101:
            client.delete(f"/api/movies/{movie.pk}/locks/runtime")
    (lock,) = client.get(f"/api/movies/{movie.pk}/locks").json()["results"]
    assert lock["locked_by"]["username"] == "carla102"


@pytest.mark.parametrize(("state", "status"), [("withdrawn", 410), ("published", 404)])
def test_what_is_not_locked_or_not_there_is_not_unlocked(curator: APIClient, state: str, status: int) -> None:
    movie = MovieFactory.create(state=state, locked_fields=["title"])
    field = "title" if state == "withdrawn" else "runtime"
    assert curator.delete(f"/api/movies/{movie.pk}/locks/{field}").status_code == status
    assert not Change.objects.exists()


# --- restoring -------------------------------------------------------------------------------------------------------


def test_a_withdrawn_movie_is_restored_with_a_reason(curator: APIClient) -> None:
    movie = MovieFactory.create(state="withdrawn", state_reason="A double.")
    path = f"/api/movies/{movie.pk}/restore"
    assert curator.post(path, {}, format="json").json()["errors"][0]["pointer"] == "/reason"
    response = curator.post(path, {"reason": "It is not."}, format="json")
    assert (response.status_code, response.json()["id"]) == (200, movie.pk)
    assert curator.get(f"/api/movies/{movie.pk}").status_code == 200
    (line,) = history(curator, movie)
    assert (line["action"], line["reason"], line["version"]) == ("restored", "It is not.", 2)
    assert Movie.objects.get(pk=movie.pk).state_reason is None
    again = curator.post(path, {"reason": "Again."}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "not_withdrawn")


def test_a_movie_that_changed_meanwhile_merged_or_never_was_is_not_restored(curator: APIClient) -> None:
    movie = MovieFactory.create(state="withdrawn", version=2)
    merged = MovieFactory.create(state="merged", merged_into=MovieFactory.create())
    body = {"reason": "Why not?"}
    stale = curator.post(f"/api/movies/{movie.pk}/restore", body, format="json", headers={"If-Match": '"1-0"'})
    assert stale.status_code == 412
    assert curator.post(f"/api/movies/{merged.pk}/restore", body, format="json").status_code == 308
    assert curator.post("/api/movies/999999999/restore", body, format="json").status_code == 404
    assert not Change.objects.exists()
