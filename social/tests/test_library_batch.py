"""Up to 500 movies in one call."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from movies.models import Movie, MovieFigures
from movies.services.figures import RECOUNTS
from movies.tests.factories import MovieFactory, SuggestionFactory
from social.models import LibraryEntry, Play
from social.tests.factories import LibraryEntryFactory
from social.tests.people import somebody

pytestmark = pytest.mark.django_db

PATH = "/api/me/library/batch"


def send(client: APIClient, *items: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    response = client.post(PATH, {"items": list(items)})
    assert response.status_code == 200, response.content
    body: dict[str, list[dict[str, Any]]] = response.json()
    assert list(body) == ["added", "updated", "existing", "not_found"]
    return body


def test_each_item_comes_back_under_what_became_of_it() -> None:
    user, client = somebody()
    heat = MovieFactory.create(imdb_id="tt0113277")
    ran = MovieFactory.create(tmdb_id=11645)
    known = LibraryEntryFactory.create(user=user, status="planned").movie
    same = LibraryEntryFactory.create(user=user, favorite=True).movie
    items: list[dict[str, Any]] = [
        {"movie": {"imdb_id": "tt0113277"}, "stars": 4.5, "watched_at": "2024-05-07"},
        {"movie": {"tmdb_id": 11645}, "status": "planned"},
        {"movie": {"id": known.pk}, "status": "dropped"},
        {"movie": {"id": same.pk}, "favorite": True},
        {"movie": {"imdb_id": "tt9999999"}, "stars": 1},
    ]
    body = send(client, *items)
    assert body == {"added": items[:2], "updated": [items[2]], "existing": [items[3]], "not_found": [items[4]]}
    entry = LibraryEntry.objects.get(user=user, movie=heat)
    assert (entry.half_stars, entry.status, entry.plays) == (9, "watched", 1)
    assert Play.objects.get().half_stars == 9
    assert LibraryEntry.objects.get(user=user, movie=ran).status == "planned"
    figures = MovieFigures.objects.get(movie=heat)
    assert (figures.rating_count, figures.rating_sum, figures.plays) == (1, 9, 1)


def test_the_same_call_twice_changes_nothing() -> None:
    user, client = somebody()
    items: list[dict[str, Any]] = [
        {"movie": {"id": MovieFactory.create().pk}, "stars": 3, "watched_at": "2024-05-07T20:00:00Z", "favorite": True},
        {"movie": {"id": MovieFactory.create().pk}, "stars": 3},
        {"movie": {"id": MovieFactory.create().pk}, "status": "watched"},
    ]
    assert send(client, *items)["added"] == items
    revisions = list(LibraryEntry.objects.order_by("pk").values_list("revision", flat=True))
    assert send(client, *items)["existing"] == items
    assert list(LibraryEntry.objects.order_by("pk").values_list("revision", flat=True)) == revisions
    assert Play.objects.count() == 1
    assert user.pk == LibraryEntry.objects.values_list("user", flat=True).distinct().get()


def test_rules_are_those_of_single_acts(alice: APIClient) -> None:
    one = {"id": MovieFactory.create().pk}
    body = send(
        alice,
        {"movie": one, "watched_at": "2024-05-07", "stars": 4},
        {"movie": one, "watched_at": "2023", "stars": 2},
        {"movie": one, "watched_at": "2024-05-07", "stars": 5},
        {"movie": one, "status": "watching", "watched_at": "2025-01-01"},
    )
    assert (len(body["added"]), len(body["updated"])) == (1, 3)
    entry = LibraryEntry.objects.get()
    assert (entry.half_stars, entry.status, entry.status_before, entry.plays) == (10, "watching", "watching", 3)
    assert entry.last_watched_at is not None
    assert entry.last_watched_at.year == 2025
    assert sorted(Play.objects.values_list("half_stars", flat=True), key=str) == [10, 4, None]
    quiet = {"movie": {"id": MovieFactory.create().pk}, "stars": 4, "status": "planned"}
    send(alice, quiet)
    assert LibraryEntry.objects.latest("pk").status == "planned"


def test_merged_movies_are_followed_and_withdrawn_ones_only_for_who_has_them() -> None:
    user, client = somebody()
    survivor = MovieFactory.create()
    middle = MovieFactory.create(state=Movie.State.MERGED, merged_into=survivor)
    MovieFactory.create(state=Movie.State.MERGED, merged_into=middle, imdb_id="tt0000001")
    gone = MovieFactory.create(state=Movie.State.WITHDRAWN)
    mine = LibraryEntryFactory.create(user=user, movie__state=Movie.State.WITHDRAWN, favorite=True).movie
    draft, own = SuggestionFactory.create().movie, SuggestionFactory.create(suggested_by=user).movie
    body = send(
        client,
        {"movie": {"imdb_id": "tt0000001"}, "stars": 4},
        *({"movie": {"id": movie.pk}, "stars": 4} for movie in (gone, mine, draft, own)),
    )
    assert [item["movie"]["id"] for item in body["not_found"]] == [gone.pk, draft.pk]
    assert [item["movie"]["id"] for item in body["updated"]] == [mine.pk]
    assert set(LibraryEntry.objects.values_list("movie", flat=True)) == {survivor.pk, mine.pk, own.pk}


@pytest.mark.parametrize(
    ("items", "status", "pointer"),
    [
        (None, 400, "/items"),
        ([], 400, "/items"),
        ([{"movie": {"id": 1}, "stars": 4}] * 501, 400, "/items"),
        (["heat"], 400, "/items/0"),
        ([{"stars": 4}], 422, "/items/1/movie"),
        ([{"movie": {}, "stars": 4}], 422, "/items/1/movie"),
        ([{"movie": {"id": 1, "tmdb_id": 2}, "stars": 4}], 422, "/items/1/movie"),
        ([{"movie": {"slug": "heat"}, "stars": 4}], 422, "/items/1/movie/slug"),
        ([{"movie": {"id": 1}}], 422, "/items/1"),
        ([{"movie": {"id": 1}, "stars": 4.2}], 422, "/items/1/stars"),
        ([{"movie": {"id": 1}, "watched_at": "2024-02-30"}], 422, "/items/1/watched_at"),
        ([{"movie": {"id": 1}, "status": "seen"}], 422, "/items/1/status"),
        ([{"movie": {"id": 1}, "seen": True}], 422, "/items/1/seen"),
    ],
)
def test_one_wrong_item_and_nothing_is_done(alice: APIClient, items: Any, status: int, pointer: str) -> None:
    good = {"movie": {"id": MovieFactory.create().pk}, "stars": 4}
    sent = [good, *items] if status == 422 else items
    response = alice.post(PATH, {} if sent is None else {"items": sent})
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (status, pointer), response.content
    assert not LibraryEntry.objects.exists()


def test_nobody_in_particular_has_a_library(anyone: APIClient) -> None:
    assert anyone.post(PATH, {"items": []}).status_code == 401


@pytest.mark.parametrize("rows", [1, 50])
def test_many_take_as_many_statements_as_one(rows: int, django_assert_num_queries: Any) -> None:
    user, client = somebody()
    old = [LibraryEntryFactory.create(user=user).movie.pk for _ in range(rows)]
    new = [MovieFactory.create().pk for _ in range(rows)]
    items = [{"movie": {"id": pk}, "stars": 4, "watched_at": "2024-05-07", "favorite": True} for pk in [*old, *new]]
    with django_assert_num_queries(30):
        send(client, *items)
    assert Play.objects.count() == 2 * rows
    assert sum(recount() for recount in RECOUNTS.values()) <= 2  # the catalogue's own, which factories keep not


@pytest.mark.parametrize("said", [{"watched_at": None}, {"precision": "unknown"}])
def test_a_viewing_without_a_date_is_added_once(said: dict[str, Any]) -> None:
    _, client = somebody()
    item = {"movie": {"id": MovieFactory.create().pk}, **said}
    assert send(client, item)["added"] == [item]
    assert send(client, item)["existing"] == [item]
    play = Play.objects.get()
    assert (play.watched_at, play.precision) == (None, "unknown")
    assert LibraryEntry.objects.get().status == "watched"


def test_a_precision_makes_a_moment_coarser_and_needs_one() -> None:
    _, client = somebody()
    movie = {"id": MovieFactory.create().pk}
    send(client, {"movie": movie, "watched_at": "2024-05-07T20:00:00Z", "precision": "month"})
    assert Play.objects.get().precision == "month"
    refused = client.post(PATH, {"items": [{"movie": movie, "precision": "day"}]}, format="json")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/items/0/precision"
