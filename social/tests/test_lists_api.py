"""Lists over HTTP: by hand, together, copied, smart; and their places."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Profile
from movies.models import Movie
from movies.tests.factories import GenreFactory, MovieFactory
from social.models import Activity, ListItem, MovieList, Tombstone
from social.services.list_items import move_item, recount_lists
from social.services.lists import make_list
from social.tests.factories import (
    BlockFactory,
    FollowFactory,
    LibraryEntryFactory,
    ListItemFactory,
    MovieListFactory,
)
from social.tests.people import signed_in, somebody

pytestmark = pytest.mark.django_db


def filled(count: int, **given: Any) -> tuple[MovieList, list[ListItem]]:
    movie_list = MovieListFactory.create(items_count=count, **given)
    return movie_list, [ListItemFactory.create(list=movie_list) for _ in range(count)]


def order(client: Any, list_id: int) -> list[tuple[int, int]]:
    rows = client.get(f"/api/lists/{list_id}/items?page_size=100").json()["results"]
    return [(row["position"], row["movie"]["id"]) for row in rows]


def test_a_list_is_made_filled_and_read(anyone: Any) -> None:
    _, client = somebody(username="ann")
    made = client.post("/api/lists", {"title": "Rain", "description": "*Wet*", "ranked": True}, format="json")
    assert made.status_code == 201, made.content
    assert (made.json()["description_html"], made.json()["items_count"]) == ("<p><em>Wet</em></p>\n", 0)
    assert made.headers["Location"] == f"/api/lists/{made.json()['id']}"
    path = f"/api/lists/{made.json()['id']}/items"
    first, second = (MovieFactory.create().pk for _ in range(2))
    Movie.objects.filter(pk=first).update(poster_path="x/y.webp")
    assert client.post(path, {"movie_id": first, "note": "Wettest."}, format="json").status_code == 201
    item = client.post(path, {"movie_id": second, "position": 1}, format="json")
    assert item.headers["Location"] == f"{path}/{item.json()['id']}"
    assert (item.json()["position"], item.json()["added_by"]["username"]) == (1, "ann")
    assert order(anyone, made.json()["id"]) == [(1, second), (2, first)]
    read = anyone.get(f"/api/lists/{made.json()['id']}").json()
    assert (read["items_count"], read["cover_url"]) == (2, "http://testserver/media/x/y.webp")
    assert [row["added_by"] for row in anyone.get(path).json()["results"]] == [None, None]
    assert Activity.objects.get(verb="listed").object_id == made.json()["id"]
    assert client.get("/api/lists").json()["count"] == anyone.get("/api/users/ann/lists").json()["count"] == 1


def test_a_movie_stands_in_a_list_once(anyone: Any) -> None:
    movie_list, (item,) = filled(1)
    _, other = somebody()
    client = signed_in(movie_list.user)
    path = f"/api/lists/{movie_list.pk}/items"
    answer = client.post(path, {"movie_id": item.movie_id}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "in_list_already")
    assert str(item.pk) in answer.json()["detail"]
    withdrawn = MovieFactory.create(state=Movie.State.WITHDRAWN).pk
    assert client.post(path, {"movie_id": withdrawn}, format="json").status_code == 409
    assert client.post(path, {"movie_id": 10**9}, format="json").status_code == 400
    assert other.post(path, {"movie_id": MovieFactory.create().pk}, format="json").status_code == 403
    assert anyone.post(path, {"movie_id": 1}, format="json").status_code == 401
    assert ListItem.objects.count() == 1


@pytest.mark.parametrize(
    ("start", "position", "expected"),
    [(0, 1, "ABCD"), (0, 2, "BACD"), (0, 4, "BCDA"), (0, 99, "BCDA"), (3, 1, "DABC"), (2, 2, "ACBD"), (1, 3, "ACBD")],
)
def test_a_move_puts_an_item_at_its_place_among_the_others(start: int, position: int, expected: str) -> None:
    movie_list, items = filled(4)
    client = signed_in(movie_list.user)
    path = f"/api/lists/{movie_list.pk}/items/{items[start].pk}"
    answer = client.patch(path, {"position": position}, format="json")
    assert answer.json()["position"] == expected.index("ABCD"[start]) + 1
    names = {item.movie_id: name for item, name in zip(items, "ABCD", strict=True)}
    assert "".join(names[movie] for _, movie in order(client, movie_list.pk)) == expected


def test_a_move_is_one_statement_and_one_row() -> None:
    movie_list, items = filled(5)
    before = dict(ListItem.objects.values_list("pk", "rank"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        move_item(owner_id=movie_list.user_id, list_id=movie_list.pk, item_id=items[4].pk, position=2)
    assert [query["sql"].split()[0] for query in queries] == ["INSERT", "UPDATE"]  # the revision, and the move
    changed = {pk for pk, rank in ListItem.objects.values_list("pk", "rank") if rank != before[pk]}
    assert changed == {items[4].pk}


def test_moves_into_one_gap_never_run_out_of_room() -> None:
    movie_list, items = filled(4)
    for at in range(251):
        move_item(owner_id=movie_list.user_id, list_id=movie_list.pk, item_id=items[2 + at % 2].pk, position=2)
    ids = list(ListItem.objects.order_by("rank").values_list("pk", flat=True))
    assert ids == [items[at].pk for at in (0, 2, 3, 1)]


def test_removing_an_item_leaves_a_tombstone_and_the_others() -> None:
    movie_list, items = filled(3)
    client = signed_in(movie_list.user)
    assert client.delete(f"/api/lists/{movie_list.pk}/items/{items[0].pk}").status_code == 204
    assert client.delete(f"/api/lists/{movie_list.pk}/items/{items[0].pk}").status_code == 404
    assert order(client, movie_list.pk) == [(1, items[1].movie_id), (2, items[2].movie_id)]
    assert client.get(f"/api/lists/{movie_list.pk}").json()["items_count"] == 2
    assert Tombstone.objects.get().object_id == items[0].pk


def test_versions_are_compared_and_words_marked() -> None:
    ann, client = somebody()
    movie_list, _ = filled(1, user=ann)
    path = f"/api/lists/{movie_list.pk}"
    tag = client.get(path).headers["ETag"]
    changed = client.patch(path, {"title": "Sun", "visibility": "private"}, format="json", HTTP_IF_MATCH=tag)
    assert (changed.status_code, changed.json()["edited_at"] is not None) == (200, True)
    assert client.patch(path, {"title": "Moon"}, format="json", HTTP_IF_MATCH=tag).status_code == 412
    assert client.delete(path, HTTP_IF_MATCH=tag).status_code == 412
    assert client.delete(path, HTTP_IF_MATCH=changed.headers["ETag"]).status_code == 204
    assert set(Tombstone.objects.values_list("kind", flat=True)) == {"list", "list_item"}


def test_who_may_not_see_a_list_finds_it_nowhere(anyone: Any) -> None:
    ann, own = somebody(username="ann")
    movie_list, _ = filled(1, user=ann, visibility="followers")
    friend, friends = somebody()
    _, strangers = somebody()
    FollowFactory.create(follower=friend, followed=ann)
    paths = [f"/api/lists/{movie_list.pk}{rest}" for rest in ("", "/items", "/share", "/collaborators")]

    def answers(client: Any) -> set[int]:
        return {client.get(path).status_code for path in paths}

    assert answers(own) == answers(friends) == {200}
    assert answers(strangers) == answers(anyone) == {404}
    assert strangers.post(paths[0] + "/copy", {}, format="json").status_code == 404
    assert friends.get("/api/users/ann/lists").json()["count"] == 1
    assert anyone.get("/api/users/ann/lists").json()["count"] == 0
    Profile.objects.create(user=ann, lists_visibility="private")
    assert answers(friends) == {404}
    assert friends.get("/api/users/ann/lists").status_code == 404
    assert answers(own) == {200}


def test_people_keep_a_list_together() -> None:
    ann, anns = somebody(username="ann")
    bob, bobs = somebody(username="bob")
    _, eves = somebody(username="eve")
    movie_list, (item,) = filled(1, user=ann, visibility="private")
    path = f"/api/lists/{movie_list.pk}"
    assert anns.put(f"{path}/collaborators/bob").status_code == 400
    FollowFactory.create(follower=bob, followed=ann)
    assert eves.put(f"{path}/collaborators/bob").status_code == 404
    for _ in range(2):
        assert anns.put(f"{path}/collaborators/bob").status_code == 204
    assert [one["username"] for one in bobs.get(f"{path}/collaborators").json()["results"]] == ["bob"]
    added = bobs.post(f"{path}/items", {"movie_id": MovieFactory.create().pk}, format="json")
    assert (added.status_code, added.json()["added_by"]["username"]) == (201, "bob")
    assert bobs.patch(f"{path}/items/{item.pk}", {"position": 2}, format="json").status_code == 200
    assert bobs.patch(path, {"title": "Mine"}, format="json").status_code == 403
    assert bobs.put(f"{path}/collaborators/eve").status_code == 403
    assert bobs.get("/api/lists").json()["count"] == 1
    kinds = {row["kind"] for row in anns.get("/api/me/changes").json()["results"]}
    assert kinds == {"list", "list_item"}
    BlockFactory.create(blocker=ann, blocked=bob)
    assert bobs.get(path).status_code == 404
    assert bobs.delete(f"{path}/items/{item.pk}").status_code == 404
    assert anns.get(f"{path}/collaborators").json()["results"] == []


def test_one_leaves_a_list_and_nobody_else() -> None:
    ann, anns = somebody(username="ann")
    bob, bobs = somebody(username="bob")
    eve, eves = somebody(username="eve")
    movie_list, _ = filled(1, user=ann)
    for user in (bob, eve):
        FollowFactory.create(follower=user, followed=ann)
        anns.put(f"/api/lists/{movie_list.pk}/collaborators/{user.username}")
    assert bobs.delete(f"/api/lists/{movie_list.pk}/collaborators/eve").status_code == 403
    assert bobs.delete(f"/api/lists/{movie_list.pk}/collaborators/bob").status_code == 204
    assert bobs.post(f"/api/lists/{movie_list.pk}/items", {"movie_id": 1}, format="json").status_code == 403
    assert anns.delete(f"/api/lists/{movie_list.pk}/collaborators/eve").status_code == 204
    assert eves.get(f"/api/lists/{movie_list.pk}/collaborators").json()["results"] == []


def test_a_copy_is_ones_own_and_takes_no_others_words() -> None:
    movie_list, items = filled(3, description="Secret.", ranked=True)
    ListItem.objects.update(note="Mine.")
    Movie.objects.filter(pk=items[1].movie_id).update(state=Movie.State.WITHDRAWN)
    _, client = somebody()
    copy = client.post(f"/api/lists/{movie_list.pk}/copy", {"visibility": "private"}, format="json")
    assert copy.status_code == 201, copy.content
    made = copy.json()
    assert (made["items_count"], made["copied_from_id"], made["ranked"]) == (2, movie_list.pk, True)
    assert (made["title"], made["description"], made["visibility"]) == (movie_list.title, None, "private")
    assert [movie for _, movie in order(client, made["id"])] == [items[0].movie_id, items[2].movie_id]
    assert set(ListItem.objects.filter(list=made["id"]).values_list("note", flat=True)) == {None}
    changes = client.get("/api/me/changes").json()["results"]
    assert len({row["revision"] for row in changes}) == len(changes) == 3


def test_a_smart_list_fills_itself_from_the_catalogue(anyone: Any) -> None:
    _, client = somebody()
    old = MovieFactory.create(year=1950)
    MovieFactory.create(year=1990)
    rules = {"query": {"year_max": 1960}, "ordering": "year"}
    made = client.post("/api/lists", {"title": "Old", "rules": rules}, format="json")
    assert made.status_code == 201, made.content
    assert made.json()["rules"] == {"source": "catalogue", "query": {"year_max": ["1960"]}, "ordering": "year"}
    assert made.json()["items_count"] is None
    path = f"/api/lists/{made.json()['id']}/items"
    assert [row["movie"]["id"] for row in anyone.get(path).json()["results"]] == [old.pk]
    older = MovieFactory.create(year=1940)
    assert [row["movie"]["id"] for row in anyone.get(path).json()["results"]] == [older.pk, old.pk]
    assert client.get(path + "?expand=me").json()["results"][0]["me"]["movie_id"] == older.pk
    added = client.post(path, {"movie_id": old.pk}, format="json")
    assert (added.status_code, added.json()["code"]) == (409, "smart_list")


def test_a_smart_list_of_a_library_shows_what_its_owner_shows(anyone: Any) -> None:
    ann, client = somebody()
    shown = LibraryEntryFactory.create(user=ann, half_stars=9)
    LibraryEntryFactory.create(user=ann, half_stars=10, visibility="private")
    LibraryEntryFactory.create(user=ann, half_stars=2)
    LibraryEntryFactory.create(half_stars=9)
    rules = {"source": "library", "query": {"stars_min": 4}, "ordering": "stars"}
    made = client.post("/api/lists", {"title": "Best", "rules": rules}, format="json").json()
    path = f"/api/lists/{made['id']}/items"
    assert client.get(path).json()["count"] == 2
    assert [row["movie"]["id"] for row in anyone.get(path).json()["results"]] == [shown.movie_id]


@pytest.mark.parametrize(
    ("rules", "pointer"),
    [
        ({"query": {"yeer": 1990}}, "/rules/query/yeer"),
        ({"query": {"year": "soon"}}, "/rules/query/year"),
        ({"query": {"status": "planned"}}, "/rules/query/status"),
        ({"query": {"year": [1990, 1991]}}, "/rules/query/year"),
        ({"query": {"year": {"gt": 1}}}, "/rules/query/year"),
        ({"query": {}, "ordering": "best"}, "/rules/ordering"),
        ({"source": "web", "query": {}}, "/rules/source"),
        ({}, "/rules/query"),
    ],
)
def test_rules_are_checked_when_they_are_saved(rules: dict[str, Any], pointer: str) -> None:
    _, client = somebody()
    answer = client.post("/api/lists", {"title": "x", "rules": rules}, format="json")
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert not MovieList.objects.exists()


def test_a_genre_of_a_smart_list_may_be_repeated(anyone: Any) -> None:
    ann, _ = somebody()
    GenreFactory.create(slug="crime")
    list_id = make_list(
        user_id=ann.pk, title="x", rules={"source": "catalogue", "query": {"genre": ["crime"]}, "ordering": None}
    )
    assert anyone.get(f"/api/lists/{list_id}/items").json()["count"] == 0


def test_a_list_is_smart_from_its_beginning_or_never() -> None:
    ann, client = somebody()
    movie_list, _ = filled(1, user=ann)
    answer = client.patch(f"/api/lists/{movie_list.pk}", {"rules": {"query": {}}}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_smart")


def test_what_was_withdrawn_is_seen_by_those_who_keep_the_list(anyone: Any) -> None:
    ann, own = somebody()
    movie_list, items = filled(2, user=ann)
    Movie.objects.filter(pk=items[0].movie_id).update(state=Movie.State.WITHDRAWN)
    assert order(anyone, movie_list.pk) == [(2, items[1].movie_id)]
    assert len(order(own, movie_list.pk)) == 2


def test_a_recount_mends_what_is_off() -> None:
    movie_list, _ = filled(2)
    MovieList.objects.update(items_count=7)
    assert (recount_lists(), recount_lists()) == (1, 0)
    movie_list.refresh_from_db()
    assert movie_list.items_count == 2


def test_a_search_finds_the_lists_that_the_reader_sees(anyone: Any) -> None:
    ann, own = somebody()
    seen = MovieListFactory.create(user=ann, title="Heists: 100 %")
    hidden = MovieListFactory.create(user=ann, title="heists, private", visibility="private")
    MovieListFactory.create(title="Other")

    def found(client: Any, text: str = "heists") -> list[int]:
        return [row["id"] for row in client.get("/api/search", {"q": text}).json()["lists"]]

    assert found(anyone) == [seen.pk]
    assert found(own) == [hidden.pk, seen.pk]
    assert found(anyone, "Heists: 100 %") == [seen.pk]
    assert found(anyone, "%") == []
