"""Following, asking, blocking, and the profile that others see."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Profile, User
from accounts.tests.factories import UserFactory
from social.models import Activity, Block, Follow, Tombstone
from social.services.people import follow_user
from social.tests.factories import BlockFactory, FollowFactory


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def ann(db: None) -> User:
    return UserFactory.create(username="ann")


@pytest.fixture
def bob(db: None) -> User:
    return UserFactory.create(username="bob")


def test_a_public_profile_is_followed_at_once(ann: User, bob: User) -> None:
    answer = client_of(bob).put("/api/users/ANN/follow")
    assert (answer.status_code, answer.json()) == (200, {"state": "accepted"})
    assert client_of(bob).put("/api/users/ann/follow").json() == {"state": "accepted"}
    assert Follow.objects.filter(follower=bob, followed=ann, state="accepted").count() == 1
    followers = client_of(ann).get("/api/users/ann/followers").json()
    assert [row["user"]["username"] for row in followers["results"]] == ["bob"]
    assert (followers["next"], followers["previous"]) == (None, None)
    profile = client_of(bob).get("/api/users/ann").json()
    assert (profile["followers_count"], profile["relation"]) == (1, {"following": "accepted", "followed_by": False})


@pytest.mark.parametrize("visibility", ["followers", "private"])
def test_another_profile_is_asked_and_decides(ann: User, bob: User, visibility: str) -> None:
    Profile.objects.create(user=ann, bio="My films.", profile_visibility=visibility)
    assert client_of(bob).put("/api/users/ann/follow").json() == {"state": "requested"}
    closed = client_of(bob).get("/api/users/ann").json()
    assert (closed["open"], closed["bio"], closed["followers_count"]) == (False, None, None)
    assert client_of(bob).get("/api/users/ann/followers").status_code == 404
    assert not Activity.objects.exists()

    (request,) = client_of(ann).get("/api/me/follow-requests").json()["results"]
    assert request["user"]["username"] == "bob"
    assert client_of(bob).post(f"/api/me/follow-requests/{request['id']}/accept").status_code == 404
    assert client_of(ann).post(f"/api/me/follow-requests/{request['id']}/accept").status_code == 200
    opened = client_of(bob).get("/api/users/ann").json()
    assert opened["open"] is (visibility == "followers")
    assert opened["relation"]["following"] == "accepted"


def test_a_request_that_is_declined_or_taken_back_is_gone(ann: User, bob: User) -> None:
    Profile.objects.create(user=ann, profile_visibility="private")
    client_of(bob).put("/api/users/ann/follow")
    request = Follow.objects.get()
    assert client_of(ann).post(f"/api/me/follow-requests/{request.pk}/decline").status_code == 204
    assert client_of(ann).post(f"/api/me/follow-requests/{request.pk}/decline").status_code == 404
    assert Tombstone.objects.get(user=bob, kind="follow").object_id == ann.pk
    client_of(bob).put("/api/users/ann/follow")
    assert client_of(bob).delete("/api/users/ann/follow").status_code == 204
    assert not Follow.objects.exists()


def test_a_block_ends_what_was_between_the_two_and_hides_each_from_the_other(ann: User, bob: User) -> None:
    client_of(ann).put("/api/users/bob/follow")
    client_of(bob).put("/api/users/ann/follow")
    assert client_of(ann).put("/api/users/bob/block").status_code == 204
    assert not Follow.objects.exists()
    assert not Activity.objects.exists()
    for reader, other in ((ann, "bob"), (bob, "ann")):
        assert client_of(reader).get(f"/api/users/{other}").status_code == 404
        assert client_of(reader).put(f"/api/users/{other}/follow").status_code == 404
        assert client_of(reader).get(f"/api/users/{other}/followers").status_code == 404
        assert other not in str(client_of(reader).get("/api/users").json())
        assert other not in str(client_of(reader).get(f"/api/search?q={other}").json()["users"])
    assert APIClient().get("/api/users/bob").status_code == 200
    assert [row["user"]["username"] for row in client_of(ann).get("/api/me/blocks").json()["results"]] == ["bob"]
    assert client_of(bob).get("/api/me/blocks").json()["results"] == []
    assert client_of(ann).delete("/api/users/bob/block").status_code == 204
    assert client_of(ann).get("/api/users/bob").status_code == 200


def test_two_may_block_each_other(ann: User, bob: User) -> None:
    for one, other in ((ann, "bob"), (bob, "ann")):
        assert client_of(one).put(f"/api/users/{other}/block").status_code == 204
        assert client_of(one).put(f"/api/users/{other}/block").status_code == 204
    assert Block.objects.count() == 2


@pytest.mark.parametrize("act", ["follow", "block"])
def test_nobody_follows_or_blocks_themselves(ann: User, act: str) -> None:
    answer = client_of(ann).put(f"/api/users/ann/{act}")
    assert (answer.status_code, answer.json()["code"]) == (400, "oneself")


@pytest.mark.parametrize("name", ["nobody", "bad\x00name"])
def test_who_is_not_there_is_not_found(ann: User, name: str) -> None:
    for act in ("follow", "block"):
        assert client_of(ann).put(f"/api/users/{name}/{act}").status_code == 404
    assert client_of(ann).get(f"/api/users/{name}").status_code == 404


def test_a_follower_can_be_sent_away(ann: User, bob: User) -> None:
    FollowFactory.create(follower=bob, followed=ann)
    assert client_of(ann).delete("/api/me/followers/bob").status_code == 204
    assert not Follow.objects.exists()


def test_accounts_that_are_closed_are_not_there(ann: User, bob: User) -> None:
    FollowFactory.create(follower=bob, followed=ann)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert APIClient().get("/api/users/bob").status_code == 404
    assert APIClient().get("/api/users/ann/followers").json()["results"] == []
    assert APIClient().get("/api/users/ann").json()["followers_count"] == 0
    assert APIClient().get("/api/users?search=bo").json()["count"] == 0


def test_users_are_found_by_name(ann: User, bob: User) -> None:
    Profile.objects.create(user=bob, display_name="Roberta Example")
    found = [row["username"] for row in APIClient().get("/api/users?search=an").json()["results"]]
    assert found == ["ann"]
    assert APIClient().get("/api/users?search=example").json()["results"][0]["display_name"] == "Roberta Example"
    across = APIClient().get("/api/search?q=bo").json()
    assert [row["username"] for row in across["users"]] == ["bob"]
    assert APIClient().get("/api/search").json()["errors"][0]["pointer"] == "/q"


def test_what_is_told_where_a_profile_is_shared(ann: User) -> None:
    Profile.objects.create(user=ann, display_name="Ann", bio="My films. " * 60, avatar_path="avatars/a.webp")
    shared = APIClient().get("/api/users/ann/share").json()
    assert shared["url"] == "http://testserver/users/ann"
    assert shared["card"]["og:image"] == "http://testserver/media/avatars/a.webp"
    assert len(shared["card"]["og:description"]) <= 200
    Profile.objects.update(profile_visibility="followers")
    assert APIClient().get("/api/users/ann/share").json()["card"]["og:description"] is None


@pytest.mark.parametrize(
    "path", ["/api/users", "/api/users/ann/followers", "/api/users/ann", "/api/me/blocks", "/api/me/follow-requests"]
)
def test_reads_take_few_statements_however_many_there_are(ann: User, path: str) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client_of(ann).get(path).status_code == 200
        return len(found)

    def more(count: int) -> None:
        for _ in range(count):
            FollowFactory.create(followed=ann)
            FollowFactory.create(followed=ann, state="requested")
            BlockFactory.create(blocker=ann)

    more(1)
    few = statements()
    more(19)
    assert statements() == few <= 3


@pytest.mark.parametrize("path", ["", "/library", "/favorites", "/history", "/statistics", "/followers", "/following"])
def test_a_readers_look_at_somebody_takes_three_statements(ann: User, bob: User, path: str) -> None:
    Profile.objects.create(user=ann, profile_visibility="followers")
    FollowFactory.create(follower=bob, followed=ann)
    with CaptureQueriesContext(connection) as found:
        assert client_of(bob).get(f"/api/users/ann{path}").status_code == 200
    assert len(found) <= 3, [each["sql"][:80] for each in found]


def test_anonymous_reads_and_does_not_write(ann: User) -> None:
    for path in ("/api/users", "/api/users/ann", "/api/users/ann/followers", "/api/users/ann/following"):
        assert APIClient().get(path).status_code == 200
    calls: list[tuple[str, str]] = [
        ("put", "/api/users/ann/follow"), ("delete", "/api/users/ann/follow"), ("put", "/api/users/ann/block"),
        ("get", "/api/me/blocks"), ("get", "/api/me/follow-requests"), ("get", "/api/feed"),
        ("get", "/api/me/notifications"), ("delete", "/api/me/followers/ann"),
    ]  # fmt: skip
    for method, path in calls:
        answer: Any = getattr(APIClient(), method)(path)
        assert answer.status_code == 401, path


@pytest.mark.django_db
def test_whom_a_closed_profile_follows_is_not_told_by_the_other_side() -> None:
    ann, closed, open_ = (UserFactory.create(username=name) for name in ("ann", "closed", "opened"))
    Profile.objects.create(user=closed, profile_visibility="private")
    for other in (closed, open_):
        FollowFactory.create(follower=other, followed=ann, accepted_at=timezone.now())
        FollowFactory.create(follower=ann, followed=other, accepted_at=timezone.now())
    friend = UserFactory.create()
    FollowFactory.create(follower=friend, followed=closed, accepted_at=timezone.now())
    FollowFactory.create(follower=friend, followed=ann, accepted_at=timezone.now())

    def names(client: APIClient, side: str) -> set[str]:
        return {row["user"]["username"] for row in client.get(f"/api/users/ann/{side}").json()["results"]}

    for side in ("followers", "following"):
        for client in (APIClient(), client_of(open_), client_of(friend)):
            assert "opened" in names(client, side)
            assert "closed" not in names(client, side)
        for client in (client_of(ann), client_of(closed)):
            assert {"opened", "closed"} <= names(client, side)
        Profile.objects.update(profile_visibility="followers")
        assert "closed" in names(client_of(friend), side)
        assert "closed" not in names(client_of(open_), side)
        Profile.objects.update(profile_visibility="private")


@pytest.mark.django_db
def test_the_feed_stops_telling_who_follows_a_profile_that_has_closed() -> None:
    ann, eve, reader = (UserFactory.create() for _ in range(3))
    follow_user(follower_id=reader.pk, username=ann.username)
    follow_user(follower_id=ann.pk, username=eve.username)
    assert len(client_of(reader).get("/api/feed").json()["results"]) == 1
    Profile.objects.create(user=eve, profile_visibility="followers")
    assert client_of(reader).get("/api/feed").json()["results"] == []
