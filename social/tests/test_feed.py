"""The feed: what those whom one follows did, grouped, seen by who may, paged without gaps."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Profile, User
from accounts.tests.factories import UserFactory
from benchmarks import feed as feed_benchmark
from movies.models import Movie
from movies.tests.factories import MovieFactory
from social.models import Activity, ActivityGroup
from social.services.activities import LARGEST_GROUP, record_activity, show_activities
from social.services.entries import rate_movie, set_favorite, unrate_movie
from social.services.plays import add_play, delete_play
from social.services.zones import moment
from social.tests.factories import BlockFactory, FollowFactory
from social.tests.test_people_api import client_of


@pytest.fixture
def reader(db: None) -> User:
    return UserFactory.create(username="reader")


@pytest.fixture
def friend(reader: User) -> User:
    friend = UserFactory.create(username="friend")
    FollowFactory.create(follower=reader, followed=friend)
    return friend


def feed(reader: User, query: str = "") -> dict[str, Any]:
    answer = client_of(reader).get(f"/api/feed{query}")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def told(reader: User) -> list[tuple[str, str, int]]:
    return [(group["user"]["username"], group["verb"], group["count"]) for group in feed(reader)["results"]]


def rate(user: User, visibility: str = "public", half_stars: int = 8) -> Movie:
    movie = MovieFactory.create()
    rate_movie(user_id=user.pk, movie_id=movie.pk, half_stars=half_stars, visibility=visibility)
    return movie


def test_what_friends_do_is_told_in_groups(reader: User, friend: User) -> None:
    rated = [rate(friend) for _ in range(7)]
    set_favorite(user_id=friend.pk, movie_id=rated[0].pk, favorite=True)
    add_play(user_id=friend.pk, movie_id=rated[1].pk, when=moment(timezone.now().isoformat(), zone=UTC))
    assert told(reader) == [("friend", "watched", 1), ("friend", "favorited", 1), ("friend", "rated", 7)]
    group = feed(reader)["results"][2]
    assert [item["movie"]["id"] for item in group["items"]] == [movie.pk for movie in reversed(rated[2:])]
    assert {item["stars"] for item in group["items"]} == {4.0}


def test_what_strangers_do_is_not(reader: User) -> None:
    rate(UserFactory.create())
    rate(reader)
    assert told(reader) == []


def test_private_things_are_told_to_nobody_and_what_becomes_private_is_taken_back(reader: User, friend: User) -> None:
    movie = rate(friend, "followers")
    rate(friend, "private")
    assert told(reader) == [("friend", "rated", 1)]
    rate_movie(user_id=friend.pk, movie_id=movie.pk, half_stars=8, visibility="private")
    assert told(reader) == []
    assert not Activity.objects.exists()


def test_what_is_taken_back_is_told_no_more(reader: User, friend: User) -> None:
    movie = rate(friend)
    play, _ = add_play(
        user_id=friend.pk,
        movie_id=movie.pk,
        when=moment(timezone.now().isoformat(), zone=UTC),
    )
    unrate_movie(user_id=friend.pk, movie_id=movie.pk)
    delete_play(user_id=friend.pk, play_id=play)
    assert told(reader) == []


def test_a_viewing_of_long_ago_is_no_news(reader: User, friend: User) -> None:
    add_play(user_id=friend.pk, movie_id=MovieFactory.create().pk, when=moment("1999", zone=UTC))
    add_play(user_id=friend.pk, movie_id=MovieFactory.create().pk)
    assert told(reader) == []


def test_the_same_again_is_told_once_while_the_group_is_open(reader: User, friend: User) -> None:
    movie = rate(friend, half_stars=4)
    rate_movie(user_id=friend.pk, movie_id=movie.pk, half_stars=10)
    (group,) = feed(reader)["results"]
    assert (group["count"], group["items"][0]["stars"]) == (1, 5.0)


def test_a_group_closes_after_six_hours_and_what_happens_again_is_told_anew(reader: User, friend: User) -> None:
    movie = rate(friend)
    rate(friend)
    ActivityGroup.objects.update(opened_at=timezone.now() - timedelta(hours=7))
    rate_movie(user_id=friend.pk, movie_id=movie.pk, half_stars=2)
    assert told(reader) == [("friend", "rated", 1), ("friend", "rated", 1)]


def test_a_group_that_is_full_makes_room_for_another(reader: User, friend: User) -> None:
    for _ in range(LARGEST_GROUP + 1):
        record_activity(
            actor_id=friend.pk, verb="rated", visibility="public", movie_id=MovieFactory.create().pk, half_stars=2
        )
    assert told(reader) == [("friend", "rated", 1), ("friend", "rated", LARGEST_GROUP)]


@pytest.mark.parametrize("visibility", ["public", "followers", "private"])
def test_a_profile_closes_what_hangs_on_it(reader: User, friend: User, visibility: str) -> None:
    rate(friend)
    Profile.objects.create(user=friend, profile_visibility=visibility)
    assert bool(told(reader)) is (visibility != "private")


@pytest.mark.parametrize(
    ("section", "closed"),
    [("history", {"watched"}), ("library", {"rated", "favorited"}), ("lists", {"listed"}), ("statistics", set())],
)
def test_a_section_closes_what_was_done_with_it_and_the_rest_is_told(
    reader: User, friend: User, section: str, closed: set[str]
) -> None:
    verbs = ["watched", "rated", "favorited", "listed", "reviewed"]
    for verb in verbs:
        record_activity(actor_id=friend.pk, verb=verb, visibility="public", movie_id=MovieFactory.create().pk)
    for verb in sorted(closed):  # more than a page of what is not shown stands before the rest
        groups = ActivityGroup.objects.bulk_create(
            ActivityGroup(actor=friend, verb=verb, shown=1, opened_at=timezone.now()) for _ in range(30)
        )
        Activity.objects.bulk_create(
            Activity(
                group=group, actor=friend, verb=verb, object_id=1000 + group.pk, visibility="public",
                movie=MovieFactory.create(), created_at=timezone.now(),
            )
            for group in groups
        )  # fmt: skip
    Profile.objects.create(user=friend, **{f"{section}_visibility": "private"})
    page = feed(reader, "?limit=3")
    met = [group["verb"] for group in page["results"]]
    while page["next"]:
        page = client_of(reader).get(page["next"]).json()
        met += [group["verb"] for group in page["results"]]
    assert met == [verb for verb in reversed(verbs) if verb not in closed]
    while page["previous"]:
        page = client_of(reader).get(page["previous"]).json()
        assert closed.isdisjoint(group["verb"] for group in page["results"])
    Profile.objects.update(**{f"{section}_visibility": "followers"})
    assert len(told(reader)) == min(20, 5 + 30 * len(closed))


def test_who_is_gone_or_blocked_is_not_told_of(reader: User, friend: User) -> None:
    other = UserFactory.create(username="other")
    client_of(friend).put("/api/users/other/follow")
    assert told(reader) == [("friend", "followed", 1)]
    BlockFactory.create(blocker=other, blocked=reader)
    assert told(reader) == []
    rate(friend)
    User.objects.filter(pk=friend.pk).update(is_active=False)
    assert told(reader) == []


def test_what_is_held_back_comes_back(reader: User, friend: User) -> None:
    movie = MovieFactory.create()
    record_activity(actor_id=friend.pk, verb="reviewed", visibility="public", movie_id=movie.pk, object_id=5)
    show_activities(verb="reviewed", object_id=5, shown=False)
    assert told(reader) == []
    show_activities(verb="reviewed", object_id=5, shown=True)
    assert told(reader) == [("friend", "reviewed", 1)]


def test_withdrawn_movies_are_left_out_and_merged_ones_are_told_as_what_they_became(reader: User, friend: User) -> None:
    gone, merged, survivor = rate(friend), rate(friend), MovieFactory.create()
    Movie.objects.filter(pk=gone.pk).update(state="withdrawn")
    Movie.objects.filter(pk=merged.pk).update(state="merged", merged_into=survivor)
    (group,) = feed(reader)["results"]
    assert (group["count"], [item["movie"]["id"] for item in group["items"]]) == (1, [survivor.pk])


def test_pages_hold_each_group_once_both_ways_while_more_comes(reader: User) -> None:
    people = [UserFactory.create() for _ in range(5)]
    movie = MovieFactory.create()
    for friend in people:
        FollowFactory.create(follower=reader, followed=friend)
    made = []
    for turn in range(4):
        for friend in people[: 5 - turn]:
            record_activity(actor_id=friend.pk, verb="rated", visibility="public", movie_id=movie.pk, object_id=turn)
            made.append(ActivityGroup.objects.order_by("-pk").values_list("pk", flat=True)[0])
            ActivityGroup.objects.update(opened_at=timezone.now() - timedelta(hours=7))
    met: list[int] = []
    page = feed(reader, "?limit=3")
    while True:
        met += [group["id"] for group in page["results"]]
        record_activity(actor_id=people[0].pk, verb="followed", visibility="public", target_id=people[1].pk)
        if page["next"] is None:
            break
        page = client_of(reader).get(page["next"]).json()
    assert met == sorted(made, reverse=True)
    back: list[int] = []
    while page["previous"] is not None:
        page = client_of(reader).get(page["previous"]).json()
        back = [group["id"] for group in page["results"]] + back
    assert back == [ActivityGroup.objects.get(verb="followed").pk, *met[: len(back) - 1]]


def test_a_cursor_that_is_none_is_refused(reader: User) -> None:
    answer = client_of(reader).get("/api/feed?cursor=abc")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/cursor")
    assert APIClient().get("/api/feed").status_code == 401


def test_the_feed_takes_two_statements_however_much_there_is(reader: User, friend: User) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            feed(reader)
        return len(found)

    rate(friend)
    few = statements()
    for _ in range(20):
        other = UserFactory.create()
        FollowFactory.create(follower=reader, followed=other)
        rate(other)
    assert statements() == few == 2


def test_the_benchmark_makes_what_it_measures(db: None) -> None:
    active, quiet = feed_benchmark.fill(2_000, people=100, follows=50, films=100)
    assert feed_benchmark.first_page(active) == feed_benchmark.first_page(quiet) == feed_benchmark.PAGE
