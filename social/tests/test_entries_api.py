"""One's own things of one movie over HTTP: shapes, who may, withdrawn and merged movies, statements."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from movies.models import Movie
from movies.tests.factories import MovieFactory, SuggestionFactory
from social.models import LibraryEntry, UserRevision
from social.tests.factories import LibraryEntryFactory
from social.tests.people import signed_in, somebody

pytestmark = pytest.mark.django_db

BLANK: dict[str, Any] = {
    "status": None, "status_changed_at": None, "stars": None, "rated_at": None, "favorite": False, "favorited_at": None,
    "tags": [], "note": None, "visibility": None, "plays_count": 0, "last_watched_at": None, "revision": None,
    "created_at": None, "updated_at": None,
}  # fmt: skip


def test_a_movie_that_one_has_nothing_of_is_all_blank(alice: APIClient) -> None:
    movie = MovieFactory.create()
    assert alice.get(f"/api/movies/{movie.pk}/me").json() == {"movie_id": movie.pk, **BLANK}


def test_each_act_answers_with_the_whole_document(alice: APIClient) -> None:
    path = f"/api/movies/{MovieFactory.create().pk}"
    rated = alice.put(f"{path}/rating", {"stars": 4.5, "visibility": "followers"})
    assert rated.status_code == 200, rated.content
    assert {name: rated.json()[name] for name in ("stars", "status", "visibility", "plays_count")} == {
        "stars": 4.5, "status": "watched", "visibility": "followers", "plays_count": 0,
    }  # fmt: skip
    assert alice.put(f"{path}/status", {"status": "paused"}).json()["status"] == "paused"
    assert alice.put(f"{path}/favorite").json()["favorite"] is True
    described = alice.patch(f"{path}/me", {"tags": ["Noir", "noir", "with dad"], "note": "Again."}).json()
    assert (described["tags"], described["note"]) == (["Noir", "with dad"], "Again.")
    assert alice.get(f"{path}/me").json() == described
    assert alice.patch(f"{path}/me", {"note": None}).json()["note"] is None
    for what in ("rating", "status", "favorite"):
        assert alice.delete(f"{path}/{what}").status_code == 204
    assert LibraryEntry.objects.get().tags == ["Noir", "with dad"]
    alice.patch(f"{path}/me", {"tags": []})
    assert not LibraryEntry.objects.exists()


@pytest.mark.parametrize(
    ("what", "body", "pointer"),
    [
        ("rating", {}, "/stars"),
        ("rating", {"stars": 0}, "/stars"),
        ("rating", {"stars": 4.2}, "/stars"),
        ("rating", {"stars": 5.5}, "/stars"),
        ("rating", {"stars": "4"}, "/stars"),
        ("rating", {"stars": 4, "half_stars": 8}, "/half_stars"),
        ("rating", {"stars": 4, "visibility": "friends"}, "/visibility"),
        ("status", {"status": "seen"}, "/status"),
        ("favorite", {"favorite": True}, "/favorite"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    alice: APIClient, what: str, body: dict[str, Any], pointer: str
) -> None:
    response = alice.put(f"/api/movies/{MovieFactory.create().pk}/{what}", body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == pointer
    assert not LibraryEntry.objects.exists()
    assert not UserRevision.objects.exists()


@pytest.mark.parametrize("body", [{}, {"tags": ["x" * 51]}, {"tags": "noir"}, {"note": "x" * 5001}, {"plays": 1}])
def test_a_description_says_something_and_not_too_much(alice: APIClient, body: dict[str, Any]) -> None:
    assert alice.patch(f"/api/movies/{MovieFactory.create().pk}/me", body).status_code == 400
    assert not LibraryEntry.objects.exists()


def test_others_have_their_own(alice: APIClient) -> None:
    movie = MovieFactory.create()
    _, bob = somebody()
    bob.put(f"/api/movies/{movie.pk}/rating", {"stars": 1})
    bob.patch(f"/api/movies/{movie.pk}/me", {"note": "A secret."})
    assert alice.get(f"/api/movies/{movie.pk}/me").json()["note"] is None
    assert b"secret" not in alice.get(f"/api/movies/{movie.pk}?expand=me").content
    alice.delete(f"/api/movies/{movie.pk}/rating")
    assert LibraryEntry.objects.get().half_stars == 2


@pytest.mark.parametrize(
    ("method", "what"),
    [("get", "me"), ("patch", "me"), ("put", "rating"), ("delete", "status"), ("put", "favorite"), ("post", "plays")],
)
def test_nobody_in_particular_has_a_library(anyone: APIClient, method: str, what: str) -> None:
    movie = MovieFactory.create()
    assert getattr(anyone, method)(f"/api/movies/{movie.pk}/{what}", {"stars": 4}).status_code == 401
    assert not LibraryEntry.objects.exists()


def test_a_withdrawn_movie_takes_nothing_new_and_gives_back_what_there_is(alice: APIClient) -> None:
    user, client = somebody()
    movie = MovieFactory.create(state=Movie.State.WITHDRAWN)
    LibraryEntryFactory.create(user=user, movie=movie, half_stars=8, favorite=True)
    path = f"/api/movies/{movie.pk}"
    assert [client.put(f"{path}/{w}", b).status_code for w, b in (
        ("rating", {"stars": 1}), ("status", {"status": "planned"}), ("favorite", {}),
    )] == [410, 410, 410]  # fmt: skip
    assert client.post(f"{path}/plays", {}).status_code == 410
    assert client.get(f"{path}/me").json()["stars"] == 4
    assert client.patch(f"{path}/me", {"visibility": "private"}).status_code == 200
    assert [each["movie"]["state"] for each in client.get("/api/me/library").json()["results"]] == ["withdrawn"]
    assert client.delete(f"{path}/rating").status_code == client.delete(f"{path}/favorite").status_code == 204
    assert not LibraryEntry.objects.exists()
    assert client.get(f"{path}/me").status_code == 410
    assert client.patch(f"{path}/me", {"note": "x"}).status_code == 410
    assert alice.get(f"{path}/me").status_code == 410
    assert alice.get(f"{path}/plays").status_code == 410


@pytest.mark.parametrize(
    ("method", "what"), [("get", "me"), ("patch", "me"), ("put", "rating"), ("delete", "rating"), ("get", "plays"),
                         ("post", "plays")]
)  # fmt: skip
def test_a_merged_movie_leads_to_the_same_thing_of_the_survivor(alice: APIClient, method: str, what: str) -> None:
    survivor = MovieFactory.create()
    merged = MovieFactory.create(state=Movie.State.MERGED, merged_into=survivor)
    body = {"rating": {"stars": 3}, "me": {"note": "x"}}.get(what, {}) if method != "delete" else None
    response = getattr(alice, method)(f"/api/movies/{merged.pk}/{what}", body if method != "get" else None)
    assert (response.status_code, response.headers["Location"]) == (308, f"/api/movies/{survivor.pk}/{what}")
    assert not LibraryEntry.objects.exists()


def test_what_is_not_there_and_drafts_of_others_are_not_found(alice: APIClient, curator: APIClient) -> None:
    author, client = somebody()
    draft = SuggestionFactory.create(suggested_by=author).movie
    for movie_id in (draft.pk, 0, 10**30, "heat-1995"):
        assert alice.put(f"/api/movies/{movie_id}/rating", {"stars": 4}).status_code == 404
        assert alice.get(f"/api/movies/{movie_id}/me").status_code == 404
        assert alice.get(f"/api/movies/{movie_id}/plays").status_code == 404
    assert not LibraryEntry.objects.exists()
    assert client.put(f"/api/movies/{draft.pk}/rating", {"stars": 4}).status_code == 200
    assert curator.put(f"/api/movies/{draft.pk}/status", {"status": "planned"}).status_code == 200


def test_what_is_so_already_changes_nothing(alice: APIClient) -> None:
    path = f"/api/movies/{MovieFactory.create().pk}"
    first = alice.put(f"{path}/rating", {"stars": 4}).json()
    assert alice.put(f"{path}/rating", {"stars": 4}).json() == first


@pytest.mark.parametrize(("what", "statements"), [("me", 1), ("plays", 2)])
def test_statements_of_each_read(what: str, statements: int, django_assert_num_queries: Any) -> None:
    user, client = somebody()
    for _ in range(20):
        LibraryEntryFactory.create(user=user)
    movie = MovieFactory.create()
    with django_assert_num_queries(statements):
        assert client.get(f"/api/movies/{movie.pk}/{what}").status_code == 200


def test_a_draft_of_ones_own_stays_readable_when_it_is_decided(make_user: Any) -> None:
    author = make_user()
    draft = SuggestionFactory.create(suggested_by=author).movie
    client = signed_in(author)
    client.put(f"/api/movies/{draft.pk}/status", {"status": "planned"})
    Movie.objects.filter(pk=draft.pk).update(state=Movie.State.WITHDRAWN)
    assert client.get(f"/api/movies/{draft.pk}/me").json()["status"] == "planned"
