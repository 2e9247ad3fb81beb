"""What others see of a library, a history and statistics, and what friends say of a movie."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Profile, User
from accounts.tests.factories import UserFactory
from movies.tests.factories import MovieFactory
from social.models import Follow, LibraryEntry
from social.services.entries import describe_entry, set_status
from social.services.plays import add_play
from social.services.zones import moment
from social.tests.factories import (
    BlockFactory,
    FollowFactory,
    LibraryEntryFactory,
    MovieListFactory,
    PlayFactory,
)
from social.tests.people import somebody
from social.tests.test_people_api import client_of

PATHS = ("library", "favorites", "history", "statistics")


@pytest.fixture
def ann(db: None) -> User:
    """Somebody with a movie, a favourite and a viewing of each visibility."""
    ann = UserFactory.create(username="ann")
    when = datetime(2024, 5, 1, 12, tzinfo=UTC)
    for stars, visibility in ((2, "public"), (6, "followers"), (10, "private")):
        movie = MovieFactory.create(runtime=100)
        LibraryEntryFactory.create(
            user=ann, movie=movie, half_stars=stars, status="watched", favorite=True, favorited_at=when, tags=["mine"],
            note="My note.", visibility=visibility,
        )  # fmt: skip
        PlayFactory.create(
            user=ann, movie=movie, visibility=visibility, watched_at=when, watched_on=when.date(), precision="day",
            note="My note.", place="At home.",
        )  # fmt: skip
    return ann


def count(client: APIClient, path: str) -> int:
    answer = client.get(f"/api/users/ann/{path}")
    assert answer.status_code == 200, answer.content
    found = answer.json()
    return int(found["movies"]) if path == "statistics" else len(found["results"])


@pytest.mark.parametrize("path", PATHS)
def test_each_sees_what_they_may(ann: User, path: str) -> None:
    follower = UserFactory.create()
    FollowFactory.create(follower=follower, followed=ann)
    assert count(APIClient(), path) == count(client_of(UserFactory.create()), path) == 1
    assert count(client_of(follower), path) == 2
    assert count(client_of(ann), path) == 3


@pytest.mark.parametrize("path", PATHS)
def test_the_owners_own_words_are_never_shown(ann: User, path: str) -> None:
    text = client_of(ann).get(f"/api/users/ann/{path}").content.decode()
    for word in ("My note", "At home", "mine"):
        assert word not in text


@pytest.mark.parametrize("path", PATHS)
def test_a_section_that_is_closed_is_not_there(ann: User, path: str) -> None:
    section = {"favorites": "library"}.get(path, path)
    follower = UserFactory.create()
    FollowFactory.create(follower=follower, followed=ann)
    Profile.objects.create(user=ann, **{f"{section}_visibility": "followers"})
    assert APIClient().get(f"/api/users/ann/{path}").status_code == 404
    assert client_of(follower).get(f"/api/users/ann/{path}").status_code == 200
    Profile.objects.update(**{f"{section}_visibility": "private"})
    assert client_of(follower).get(f"/api/users/ann/{path}").status_code == 404
    assert client_of(ann).get(f"/api/users/ann/{path}").status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_who_is_blocked_finds_nobody(ann: User, path: str) -> None:
    blocked = UserFactory.create()
    BlockFactory.create(blocker=ann, blocked=blocked)
    assert client_of(blocked).get(f"/api/users/ann/{path}").status_code == 404


def test_a_library_is_narrowed_and_ordered_but_not_by_what_is_private(ann: User) -> None:
    client = client_of(ann)
    stars = [row["stars"] for row in client.get("/api/users/ann/library?ordering=stars").json()["results"]]
    assert stars == [5.0, 3.0, 1.0]
    assert client.get("/api/users/ann/library?stars_min=4").json()["count"] == 1
    for query in ("my_tag=mine", "ordering=watched"):
        assert client.get(f"/api/users/ann/library?{query}").status_code == 400


def test_statistics_add_up(ann: User) -> None:
    assert client_of(ann).get("/api/users/ann/statistics").json() == {
        "movies": 3, "by_status": {"watched": 3}, "favorites": 3, "rated": 3, "average": 3.0,
        "by_stars": {"1": 1, "3": 1, "5": 1}, "plays": 3, "minutes": 300, "by_year": {"2024": 3},
    }  # fmt: skip


def test_statistics_are_open_by_themselves(ann: User) -> None:
    Profile.objects.create(user=ann, library_visibility="private", history_visibility="private")
    assert count(APIClient(), "statistics") == 1
    for path in ("library", "favorites", "history"):
        assert APIClient().get(f"/api/users/ann/{path}").status_code == 404


def test_a_closed_library_is_found_nowhere(ann: User) -> None:
    follower = UserFactory.create()
    FollowFactory.create(follower=follower, followed=ann)
    movie = LibraryEntry.objects.get(user=ann, visibility="public").movie
    LibraryEntryFactory.create(user=follower, movie=movie, favorite=True)
    smart = MovieListFactory.create(user=ann, rules={"source": "library", "query": {}, "ordering": None})
    stranger = UserFactory.create()
    LibraryEntryFactory.create(user=stranger, movie=movie, favorite=True, favorited_at=timezone.now())

    def found() -> list[int]:
        friends = client_of(follower).get(f"/api/movies/{movie.pk}/friends").json()["results"]
        items = client_of(follower).get(f"/api/lists/{smart.pk}/items").json()["results"]
        known = client_of(stranger).get("/api/me/suggested-users").json()["results"]
        return [len(friends), len(items), sum(row["user"]["username"] == "ann" for row in known)]

    assert found() == [1, 2, 1]
    Profile.objects.create(user=ann, library_visibility="private")
    assert found() == [0, 0, 0]


def test_friends_are_told_of_a_movie(ann: User) -> None:
    reader, stranger = UserFactory.create(), UserFactory.create()
    FollowFactory.create(follower=reader, followed=ann)
    movie = MovieFactory.create()
    for user, visibility in ((ann, "followers"), (stranger, "public")):
        LibraryEntryFactory.create(user=user, movie=movie, half_stars=9, visibility=visibility)

    def said(user: User) -> list[Any]:
        results = client_of(user).get(f"/api/movies/{movie.pk}/friends").json()["results"]
        return [(row["user"]["username"], row["stars"]) for row in results]

    assert said(reader) == [("ann", 4.5)]
    assert said(stranger) == []
    assert APIClient().get(f"/api/movies/{movie.pk}/friends").status_code == 401


def test_people_one_may_know(ann: User) -> None:
    reader, friend, other = UserFactory.create(), UserFactory.create(), UserFactory.create(username="other")
    FollowFactory.create(follower=reader, followed=friend)
    FollowFactory.create(follower=friend, followed=ann)
    movie = MovieFactory.create()
    for user in (reader, other):
        LibraryEntryFactory.create(user=user, movie=movie, favorite=True, favorited_at=datetime(2024, 1, 1, tzinfo=UTC))
    results = client_of(reader).get("/api/me/suggested-users").json()["results"]
    assert [(row["user"]["username"], row["friends_count"], row["movies_count"]) for row in results] == [
        ("ann", 1, 0),
        ("other", 0, 1),
    ]
    # Nothing is learned from whom a friend follows unless the friend's profile shows it to the reader.
    profile = Profile.objects.create(user=friend)
    for change in ("requested", "closed", "leaving"):
        Follow.objects.filter(follower=reader).update(state="requested" if change == "requested" else "accepted")
        profile.profile_visibility = "private" if change == "closed" else "followers"
        profile.save()
        User.objects.filter(pk=friend.pk).update(erase_after=timezone.now() if change == "leaving" else None)
        results = client_of(reader).get("/api/me/suggested-users").json()["results"]
        assert [row["user"]["username"] for row in results] == ["other"], change
    User.objects.filter(pk=friend.pk).update(erase_after=None)
    BlockFactory.create(blocker=ann, blocked=reader)
    assert "ann" not in str(client_of(reader).get("/api/me/suggested-users").json())


@pytest.mark.django_db
def test_a_private_play_is_not_found_by_any_read_of_a_public_entry() -> None:
    ann, ann_client = somebody(username="ann")
    follower, reader = somebody()
    FollowFactory.create(follower=follower, followed=ann)
    movie, noted = MovieFactory.create(), MovieFactory.create()
    set_status(user_id=ann.pk, movie_id=movie.pk, status="planned")
    when = moment(timezone.now().date().isoformat(), zone=UTC)
    add_play(user_id=ann.pk, movie_id=movie.pk, when=when, half_stars=10, visibility="private")
    describe_entry(user_id=ann.pk, movie_id=noted.pk, note="For me alone.", tags=["mine"])
    lists = {}
    queries: dict[str, dict[str, Any]] = {"stars": {"stars_min": 0.5}, "seen": {"status": "watched"}, "all": {}}
    for name, query in queries.items():
        rules = {"source": "library", "query": query, "ordering": "watched"}
        lists[name] = ann_client.post("/api/lists", {"title": name, "rules": rules}, format="json").json()["id"]

    for client in (APIClient(), reader):

        def results(path: str, client: APIClient = client) -> list[Any]:
            answer = client.get(f"/api/{path}")
            assert answer.status_code == 200, answer.content
            found: list[Any] = answer.json()["results"]
            return found

        (row,) = results("users/ann/library")
        assert (row["status"], row["stars"], row["rated_at"]) == ("planned", None, None)
        for hidden in ("stars_min=0.5", "rated=true", "status=watched"):
            assert results(f"users/ann/library?{hidden}") == []
        for shown in ("rated=false", "status=planned", "ordering=rated", "ordering=-stars"):
            assert len(results(f"users/ann/library?{shown}")) == 1
        statistics = client.get("/api/users/ann/statistics").json()
        assert (statistics["movies"], statistics["by_status"], statistics["rated"]) == (1, {"planned": 1}, 0)
        assert results(f"lists/{lists['stars']}/items") == results(f"lists/{lists['seen']}/items") == []
        assert [row["movie"]["id"] for row in results(f"lists/{lists['all']}/items")] == [movie.pk]
        assert client.get(f"/api/movies/{movie.pk}").json()["rating_count"] == 0
    (said,) = reader.get(f"/api/movies/{movie.pk}/friends").json()["results"]
    assert (said["status"], said["stars"], said["rated_at"]) == ("planned", None, None)
    assert {group["verb"] for group in reader.get("/api/feed").json()["results"]} <= {"listed"}
    # The owner sees it all.
    assert ann_client.get(f"/api/movies/{movie.pk}/me").json()["stars"] == 5
    assert len(ann_client.get("/api/me/library?stars_min=5").json()["results"]) == 1
    assert ann_client.get("/api/users/ann/statistics").json()["rated"] == 1
    assert len(ann_client.get(f"/api/lists/{lists['stars']}/items").json()["results"]) == 1
