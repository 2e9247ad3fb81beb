"""A client that replays the changes holds the same library."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from accounts.models import Profile, User
from accounts.signals import user_erased
from accounts.tests.factories import UserFactory
from movies.models import Merge
from movies.tests.factories import MovieFactory
from social.models import Follow, LibraryEntry, Play, Tombstone, TopFilm, UserRevision
from social.services import entries
from social.services.changes import ChangeKind, clear_tombstones, kinds, register_kind
from social.services.people import accept_request, block_user, follow_user, unfollow_user
from social.services.plays import add_play, change_play, delete_play
from social.services.revisions import bury
from social.services.top_films import set_top_films
from social.services.zones import UNKNOWN, moment, zone_of
from social.tasks import clear_tombstones as nightly
from social.tests.factories import LibraryEntryFactory, PlayFactory
from social.tests.merging import merge, unmerge
from social.tests.people import signed_in, somebody

Held = dict[tuple[str, int], dict[str, Any]]


class Replica:
    """A client that holds what it was told."""

    def __init__(self, client: APIClient) -> None:
        self.client, self.held, self.cursor = client, Held(), ""
        self.revisions: list[int] = []

    def page(self, limit: int) -> bool:
        """Takes one page; whether there is more."""
        query: dict[str, Any] = {"limit": limit, **({"cursor": self.cursor} if self.cursor else {})}
        response = self.client.get("/api/me/changes", query)
        assert response.status_code == 200, response.content
        body = response.json()
        for change in body["results"]:
            key = change["kind"], change["id"]
            self.revisions.append(change["revision"])
            if change["deleted"]:
                self.held.pop(key, None)
            else:
                self.held[key] = change["data"]
        self.cursor = body["cursor"]
        return body["next"] is not None

    def catch_up(self, limit: int = 7) -> Held:
        while self.page(limit):
            pass
        return {key: without_movie(data) if "movie" in data else data for key, data in self.held.items()}


def without_movie(data: dict[str, Any]) -> dict[str, Any]:
    """Whose movie's own facts change without it."""
    return {**data, "movie": data["movie"]["id"]}


def library(client: APIClient, user: User) -> Held:
    """What the library is."""
    held = {}
    for entry in client.get("/api/me/library?page_size=100").json()["results"]:
        held["entry", entry["movie"]["id"]] = without_movie(entry)
    for play in client.get("/api/me/history?limit=100").json()["results"]:
        held["play", play["id"]] = without_movie(play)
    for film in TopFilm.objects.filter(user=user):
        held["top_film", film.position] = {"position": film.position, "movie": film.movie_id}
    return held


ACTS = (
    "status", "clear", "rate", "unrate", "favorite", "describe", "play", "replay", "unplay", "top", "merge", "unmerge",
    "poll", "begin",
)  # fmt: skip


class World:
    """Somebody, four movies, whatever is done to them, and two clients that look on now and then."""

    def __init__(self) -> None:
        self.user = UserFactory.create()
        self.client = signed_in(self.user)
        self.all = [MovieFactory.create().pk for _ in range(4)]
        self.merges: list[Merge] = []
        self.replicas = [Replica(self.client)]

    def do(self, act: str, which: int, more: int) -> None:
        gone = {made.merged_id for made in self.merges}
        there = [movie_id for movie_id in self.all if movie_id not in gone]
        movie_id = there[which % len(there)]
        who: dict[str, Any] = {"user_id": self.user.pk, "movie_id": movie_id}
        plays = list(Play.objects.filter(user=self.user).order_by("pk"))
        play = plays[which % len(plays)].pk if plays else None
        match act:
            case "status":
                entries.set_status(**who, status=LibraryEntry.Status.values[more % 5])
            case "clear":
                entries.clear_status(**who)
            case "rate":
                entries.rate_movie(**who, half_stars=more + 1, mark_watched=bool(more % 2))
            case "unrate":
                entries.unrate_movie(**who)
            case "favorite":
                entries.set_favorite(**who, favorite=bool(more % 2))
            case "describe":
                entries.describe_entry(**who, tags=["a", "b"][: more % 3], note="x" if more % 2 else None)
            case "play":
                when = moment(f"2024-0{more + 1}", zone=zone_of(self.user)) if more < 8 else UNKNOWN
                add_play(**who, when=when, half_stars=more + 1 if more % 2 else None)
            case "replay" if play:
                change_play(user_id=self.user.pk, play_id=play, values={"half_stars": more + 1, "place": str(more)})
            case "unplay" if play:
                delete_play(user_id=self.user.pk, play_id=play, status="paused" if more % 2 else None)
            case "top":
                set_top_films(user_id=self.user.pk, movie_ids=there[: more % 4])
            case "merge" if len(there) > 2:
                self.merges.append(merge(movie_id, next(other for other in there if other != movie_id)))
            case "unmerge" if self.merges:
                unmerge(self.merges.pop())
            case "poll":
                self.replicas[which % len(self.replicas)].page(more + 1)
            case "begin" if len(self.replicas) < 4:
                self.replicas.append(Replica(self.client))


@pytest.mark.django_db
@settings(
    max_examples=15, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 3), st.integers(0, 9)), min_size=5, max_size=25))
def test_who_replays_all_changes_holds_the_same_library(acts: list[tuple[str, int, int]]) -> None:
    world = World()
    for act in acts:
        world.do(*act)
    now = library(world.client, world.user)
    late = Replica(world.client)
    for replica in (*world.replicas, late):
        assert replica.catch_up() == now
    # Each change has a revision of its own, told in their order.
    assert late.revisions == sorted(set(late.revisions))


@pytest.mark.django_db(transaction=True)
def test_two_writers_and_a_poller_at_once() -> None:
    user, client = somebody()
    shared = [MovieFactory.create().pk for _ in range(3)]
    failed: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for turn in range(12):
                who: dict[str, Any] = {"user_id": user.pk, "movie_id": shared[(turn + number) % 3]}
                entries.rate_movie(**who, half_stars=turn % 10 + 1)
                play_id, _ = add_play(**who)
                entries.set_favorite(**who, favorite=turn % 2 == 0)
                if turn % 3:
                    delete_play(user_id=user.pk, play_id=play_id)
                if turn % 4 == 3:
                    entries.unrate_movie(**who)
                    entries.clear_status(**who)
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            connection.close()

    replica = Replica(client)
    writers = [threading.Thread(target=write, args=[number]) for number in range(2)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        replica.page(3)
    for writer in writers:
        writer.join()
    assert not failed
    assert replica.catch_up() == library(client, user)
    assert Replica(client).catch_up() == library(client, user)


# --- cursors ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_change_has_the_thing_whole(alice: APIClient) -> None:
    movie = MovieFactory.create()
    alice.put(f"/api/movies/{movie.pk}/rating", {"stars": 4})
    body = alice.get("/api/me/changes").json()
    assert (body["next"], body["previous"]) == (None, None)
    (change,) = body["results"]
    assert {name: change[name] for name in ("kind", "id", "deleted")} == {
        "kind": "entry", "id": movie.pk, "deleted": False,
    }  # fmt: skip
    assert change["data"] == alice.get("/api/me/library").json()["results"][0]
    alice.delete(f"/api/movies/{movie.pk}/rating")
    alice.delete(f"/api/movies/{movie.pk}/status")
    (gone,) = alice.get("/api/me/changes", {"cursor": body["cursor"]}).json()["results"]
    assert (gone["kind"], gone["id"], gone["deleted"], gone["data"]) == ("entry", movie.pk, True, None)


@pytest.mark.django_db
def test_who_was_told_too_long_ago_begins_anew() -> None:
    user, client = somebody()
    for _ in range(3):
        LibraryEntryFactory.create(user=user)
    UserRevision.objects.create(user=user, revision=1000)
    old = client.get("/api/me/changes?limit=1").json()["cursor"]
    bury(user_id=user.pk, kind="play", object_ids=[1, 2])
    told = Replica(client)
    told.catch_up()
    Tombstone.objects.filter(object_id=1).update(created_at=timezone.now() - timedelta(days=91))
    assert clear_tombstones() == 1
    assert list(Tombstone.objects.values_list("object_id", flat=True)) == [2]
    response = client.get("/api/me/changes", {"cursor": old})
    assert (response.status_code, response.json()["code"]) == (410, "resync_required")
    assert told.page(5) is False
    # Who begins now goes on over what was cleared before.
    fresh = Replica(client)
    assert fresh.page(1)
    assert set(fresh.catch_up()) == {("entry", entry.movie_id) for entry in LibraryEntry.objects.all()}
    nightly()
    assert Tombstone.objects.count() == 1


@pytest.mark.django_db
def test_a_cursor_is_one_s_own(alice: APIClient) -> None:
    _, bob = somebody()
    cursor = bob.get("/api/me/changes").json()["cursor"]
    for text in (cursor, "x", "", cursor + "x"):
        assert alice.get("/api/me/changes", {"cursor": text}).status_code == 400
    assert alice.get("/api/me/changes?limit=101").status_code == 400


@pytest.mark.django_db
def test_the_last_activities_say_what_is_new() -> None:
    user, client = somebody()
    empty = {"changed_at": None, "removed_at": None}
    nothing = client.get("/api/me/last-activities").json()
    assert nothing["revision"] == 0
    assert nothing["kinds"]["entry"] == nothing["kinds"]["play"] == empty
    path = f"/api/movies/{MovieFactory.create().pk}"
    play = client.post(f"{path}/plays", {}).json()
    first = client.get("/api/me/last-activities").json()
    assert first["kinds"]["play"]["changed_at"] == play["updated_at"]
    client.delete(f"/api/me/history/{play['id']}")
    second = client.get("/api/me/last-activities").json()
    assert second["revision"] > first["revision"]
    assert second["kinds"]["play"]["changed_at"] is None
    assert second["kinds"]["play"]["removed_at"] is not None
    assert user.pk


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 20])
def test_many_changes_take_as_many_statements_as_one(rows: int, django_assert_num_queries: Any) -> None:
    user, client = somebody()
    for _ in range(rows):
        LibraryEntryFactory.create(user=user)
        PlayFactory.create(user=user)
    for path in ("/api/me/changes", "/api/me/last-activities"):
        with django_assert_num_queries(1):
            assert client.get(path).status_code == 200


def test_a_second_kind_of_one_name_is_refused() -> None:
    with pytest.raises(ValueError, match="another kind"):
        register_kind(ChangeKind("entry", "social_play", lambda: kinds()[0].document()))


def test_every_model_with_a_revision_is_a_kind_of_change() -> None:
    """The counter and the tombstones are what the changes are made of."""
    tables = {
        model._meta.db_table
        for model in apps.get_models()
        if any(field.name == "revision" for field in model._meta.concrete_fields)
    }
    assert {kind.table for kind in kinds()} == tables - {"social_userrevision", "social_tombstone"}


@pytest.mark.django_db
def test_follows_come_and_go_in_the_changes() -> None:
    ann, client = somebody()
    replica = Replica(client)
    bob, eve, joe = (UserFactory.create() for _ in range(3))
    Profile.objects.create(user=eve, profile_visibility="followers")
    for other in (bob, eve, joe):
        follow_user(follower_id=ann.pk, username=other.username)
    held = replica.catch_up()
    assert {key: data["state"] for key, data in held.items()} == {
        ("follow", bob.pk): "accepted", ("follow", eve.pk): "requested", ("follow", joe.pk): "accepted",
    }  # fmt: skip
    assert held["follow", bob.pk]["user"]["username"] == bob.username
    accept_request(user_id=eve.pk, request_id=Follow.objects.get(followed=eve).pk)
    assert replica.page(7) is False
    assert replica.held["follow", eve.pk]["state"] == "accepted"
    block_user(blocker_id=bob.pk, username=ann.username)
    with transaction.atomic():
        user_erased.send(sender=type(joe), user_id=joe.pk)
    replica.page(7)
    assert set(replica.held) == {("follow", eve.pk)}
    unfollow_user(follower_id=ann.pk, username=eve.username)
    replica.page(7)
    assert not replica.held
