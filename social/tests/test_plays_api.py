"""Viewings over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.tests.factories import UserFactory
from movies.tests.factories import MovieFactory
from social.models import LibraryEntry, Play, Tombstone
from social.tests.factories import BlockFactory, FollowFactory, PlayFactory
from social.tests.people import somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def path() -> str:
    return f"/api/movies/{MovieFactory.create(title='Heat').pk}/plays"


@pytest.mark.parametrize(
    ("sent", "watched_at", "watched_on", "precision"),
    [
        ({}, None, None, "unknown"),
        ({"watched_at": None}, None, None, "unknown"),
        ({"watched_at": "2024"}, "2024-01-01T12:00:00.000000Z", "2024-01-01", "year"),
        ({"watched_at": "2024-05"}, "2024-05-01T12:00:00.000000Z", "2024-05-01", "month"),
        ({"watched_at": "2024-05-07"}, "2024-05-07T12:00:00.000000Z", "2024-05-07", "day"),
        ({"watched_at": "2024-05-07T21:30:00+09:00"}, "2024-05-07T12:30:00.000000Z", "2024-05-07", "exact"),
        # Late in Tokyo it is the day before in UTC, early there the day before too; the day of Tokyo stays.
        ({"watched_at": "2024-05-07T01:30:00+09:00"}, "2024-05-06T16:30:00.000000Z", "2024-05-07", "exact"),
        ({"watched_at": "2024-05-07T01:30:00Z"}, "2024-05-07T01:30:00.000000Z", "2024-05-07", "exact"),
        ({"watched_at": "2024-05-07T01:30"}, "2024-05-07T01:30:00.000000Z", "2024-05-07", "exact"),
        ({"watched_at": "2024-05-07T01:30:00+09:00", "precision": "day"}, "2024-05-07T12:00:00.000000Z", "2024-05-07",
         "day"),
        ({"watched_at": "2024-05-07t01:30:00.1234567z"}, "2024-05-07T01:30:00.123456Z", "2024-05-07", "exact"),
        ({"watched_at": "2016-12-31T23:59:60Z"}, "2016-12-31T23:59:59.999999Z", "2016-12-31", "exact"),
        ({"watched_at": "2024-05-07", "precision": "year"}, "2024-01-01T12:00:00.000000Z", "2024-01-01", "year"),
        ({"watched_at": "2024-05-07", "precision": "unknown"}, None, None, "unknown"),
    ],
)  # fmt: skip
def test_a_moment_is_as_exact_as_it_was_said(
    alice: APIClient, path: str, sent: Any, watched_at: str | None, watched_on: str | None, precision: str
) -> None:
    response = alice.post(path, sent)
    assert response.status_code == 201, response.content
    body = response.json()
    assert (body["watched_at"], body["watched_on"], body["precision"]) == (watched_at, watched_on, precision)
    assert response.headers["Location"] == f"/api/me/history/{body['id']}"
    assert alice.get(response.headers["Location"]).json() == body


def test_both_ways_to_write_utc_give_the_day_of_the_users_zone(alice: APIClient, path: str) -> None:
    alice.patch("/api/me/preferences", {"time_zone": "Asia/Tokyo"})
    written = ("2024-05-07T20:00:00Z", "2024-05-07T20:01:00+00:00", "2024-05-07T20:02:00-00:00", "2024-05-08T05:03:00")

    days = {alice.post(path, {"watched_at": text}).json()["watched_on"] for text in written}

    assert days == {"2024-05-08"}


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"watched_at": "yesterday"}, "/watched_at"),
        ({"watched_at": "2024-13-01"}, "/watched_at"),
        ({"watched_at": "2024-02-30"}, "/watched_at"),
        ({"watched_at": "2024-05-07T25:00:00Z"}, "/watched_at"),
        ({"watched_at": "2024-05-07T12:00:60Z"}, "/watched_at"),
        ({"watched_at": "2024-05-07T12:00:00+24:00"}, "/watched_at"),
        ({"watched_at": "1066-10-14"}, "/watched_at"),
        ({"watched_at": "0000"}, "/watched_at"),
        ({"watched_at": "9999-12-31T23:59:59-14:00"}, "/watched_at"),
        ({"watched_at": "2124-05-07"}, "/watched_at"),
        ({"watched_at": 2024}, "/watched_at"),
        ({"watched_at": "2024", "precision": "day"}, "/watched_at"),
        ({"precision": "day", "watched_at": None}, "/precision"),
        ({"precision": "day"}, "/precision"),
        ({"stars": 0.25}, "/stars"),
        ({"place": "x" * 201}, "/place"),
        ({"source": "My Server"}, "/source"),
        ({"companions": ["nobody-at-all"]}, "/companions/0"),
        ({"rewatch": True}, "/rewatch"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(alice: APIClient, path: str, sent: Any, pointer: str) -> None:
    response = alice.post(path, sent)
    assert response.status_code == 400, response.content
    assert response.json()["errors"][0]["pointer"] == pointer
    assert not Play.objects.exists()
    assert not LibraryEntry.objects.exists()


def test_a_play_has_all_that_was_said(path: str) -> None:
    user, client = somebody()
    bob = UserFactory.create(username="Bob")
    FollowFactory.create(follower=user, followed=bob)
    body = client.post(
        path, {"stars": 4, "note": "Late show.", "place": "Nuart", "companions": ["bob"], "visibility": "private"}
    ).json()
    assert body["companions"] == [{"id": bob.pk, "username": "Bob"}]
    assert (body["stars"], body["note"], body["place"], body["visibility"]) == (4, "Late show.", "Nuart", "private")
    assert (body["movie"]["title"], body["rewatch"], body["source"]) == ("Heat", False, "api")
    assert LibraryEntry.objects.get().visibility == "private"
    assert client.post(path, {}).json()["visibility"] == "private"
    BlockFactory.create(blocker=bob, blocked=user)
    assert client.get(f"/api/me/history/{body['id']}").json()["companions"] == []


def test_companions_are_people_whom_one_follows_and_who_do_not_mind(path: str) -> None:
    user, client = somebody()
    asked, blocker = UserFactory.create(username="asked"), UserFactory.create(username="blocker")
    FollowFactory.create(follower=user, followed=asked, state="requested")
    FollowFactory.create(follower=user, followed=blocker)
    BlockFactory.create(blocker=blocker, blocked=user)
    UserFactory.create(username="stranger")
    response = client.post(path, {"companions": ["asked", "blocker", "stranger"]})
    assert [each["pointer"] for each in response.json()["errors"]] == [f"/companions/{n}" for n in range(3)]
    assert not Play.objects.exists()


def test_the_same_key_of_the_same_source_is_one_play(alice: APIClient, path: str) -> None:
    sent = {"source": "plex", "source_key": "1:2", "watched_at": "2024-05-07"}
    first, second = alice.post(path, sent), alice.post(path, {**sent, "watched_at": "2024-05-08"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert alice.post(path, {**sent, "source": "kodi"}).status_code == 201
    _, other = somebody()
    assert other.post(path, sent).status_code == 201
    assert Play.objects.count() == 3


def test_a_retry_gets_the_first_answer(alice: APIClient, path: str) -> None:
    first, second = (alice.post(path, {}, headers={"Idempotency-Key": "a"}) for _ in range(2))
    assert first.json() == second.json()
    assert Play.objects.count() == 1


def test_a_play_is_changed_in_what_is_sent(path: str) -> None:
    user, client = somebody()
    bob = UserFactory.create(username="bob")
    FollowFactory.create(follower=user, followed=bob)
    play = client.post(path, {"watched_at": "2024-05-07T20:00:00Z", "stars": 4, "note": "x"}).json()
    own = f"/api/me/history/{play['id']}"
    changed = client.patch(own, {"stars": 3, "place": "Home", "companions": ["bob"], "precision": "day"}).json()
    assert (changed["stars"], changed["place"], changed["note"]) == (3, "Home", "x")
    assert (changed["watched_at"], changed["precision"]) == ("2024-05-07T12:00:00.000000Z", "day")
    assert [each["username"] for each in changed["companions"]] == ["bob"]
    assert changed["revision"] > play["revision"]
    assert client.patch(own, {"place": "Home"}).json()["revision"] == changed["revision"]
    assert client.patch(own, {"companions": []}).json()["companions"] == []
    for wrong in ({"precision": "exact"}, {"source": "plex"}, {"movie": 3}, {"watched_at": "x"}):
        assert client.patch(own, wrong).status_code == 400
    assert client.patch(own, {"watched_at": None}).json()["precision"] == "unknown"
    assert LibraryEntry.objects.get().last_watched_at is None


def test_another_s_play_is_not_there(alice: APIClient) -> None:
    play = PlayFactory.create()
    own = f"/api/me/history/{play.pk}"
    assert [alice.get(own).status_code, alice.patch(own, {"note": "x"}).status_code, alice.delete(own).status_code,
            alice.patch(own, {"precision": "unknown"}).status_code] == [404] * 4  # fmt: skip
    assert Play.objects.get().note is None


def test_a_deleted_play_leaves_a_tombstone_and_a_status(alice: APIClient, path: str) -> None:
    play = alice.post(path, {}).json()
    own = f"/api/me/history/{play['id']}"
    assert alice.delete(f"{own}?status=seen").status_code == 400
    assert alice.delete(f"{own}?state=planned").status_code == 400
    assert alice.delete(f"{own}?status=planned").status_code == 204
    assert LibraryEntry.objects.get().status == "planned"
    assert Tombstone.objects.get().object_id == play["id"]
    assert alice.delete(own).status_code == 404


def test_the_history_has_the_last_seen_first_and_goes_on_where_it_was(alice: APIClient) -> None:
    said = ["2024-05-07", None, "2024-05", "2023", "2024-05-07T23:00:00Z"]
    made = {when: alice.post(f"/api/movies/{MovieFactory.create().pk}/plays", {"watched_at": when}).json()["id"]
            for when in said}  # fmt: skip
    PlayFactory.create()
    wanted = [made[when] for when in ("2024-05-07T23:00:00Z", "2024-05-07", "2024-05", "2023", None)]
    found: list[int] = []
    address = "/api/me/history?limit=2&expand=me"
    while address:
        body = alice.get(address).json()
        assert list(body) == ["next", "previous", "results"]
        found += [play["id"] for play in body["results"]]
        assert all(play["me"]["plays_count"] == 1 for play in body["results"])
        address = body["next"]
    assert found == wanted


def test_a_play_after_another_is_a_rewatch(alice: APIClient, path: str) -> None:
    for when in ("2024-05-07", None, "2020"):
        alice.post(path, {"watched_at": when})
    results = alice.get(path).json()["results"]
    assert [(play["watched_on"], play["rewatch"]) for play in results] == [
        ("2024-05-07", True), ("2020-01-01", True), (None, False),
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [1, 20])
def test_a_history_of_many_takes_as_many_statements_as_one_of_one(rows: int, django_assert_num_queries: Any) -> None:
    user, client = somebody()
    for _ in range(rows):
        PlayFactory.create(user=user).companions.set([UserFactory.create()])
    with django_assert_num_queries(1):
        assert len(client.get("/api/me/history").json()["results"]) == rows


def test_a_source_key_of_another_movie_is_refused(alice: APIClient) -> None:
    sent = {"source": "plex", "source_key": "1:2"}
    first, other = (f"/api/movies/{MovieFactory.create().pk}/plays" for _ in range(2))
    play_id = alice.post(first, sent, format="json").json()["id"]
    refused = alice.post(other, sent, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "source_key_used")
    assert refused.json()["errors"][0]["pointer"] == "/source_key"
    assert alice.post(first, sent, format="json").json()["id"] == play_id
    assert Play.objects.count() == 1
