"""Links that open one private thing: as often and as long as was said, and nothing else."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import UserFactory
from movies.tests.factories import MovieFactory
from social.models import Review, ShareLink
from social.services.share_links import find_share_link, make_share_link, use_share_link
from social.tests.factories import LibraryEntryFactory, PlayFactory, ReviewFactory
from social.tests.test_people_api import client_of
from watchly.common.errors import NotFound


@pytest.fixture
def ann(db: None) -> User:
    return UserFactory.create(username="ann")


def body(**more: Any) -> dict[str, Any]:
    return {"expires_at": (timezone.now() + timedelta(days=1)).isoformat(), **more}


def test_a_link_opens_a_private_play_to_whoever_holds_it(ann: User) -> None:
    play = PlayFactory.create(user=ann, visibility="private", note="For me alone.")
    made = client_of(ann).post("/api/me/share-links", body(kind="play", object_id=play.pk, most_uses=2))
    assert made.status_code == 201, made.content
    assert made.headers["Cache-Control"] == "no-store"
    path = made.json()["url"].removeprefix("http://testserver")
    opened = APIClient().post(path)
    assert (opened.json()["user"]["username"], opened.json()["thing"]["id"]) == ("ann", play.pk)
    assert "For me alone" not in opened.content.decode()
    assert (opened.headers["Cache-Control"], opened.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert APIClient().post(path).status_code == 200
    assert APIClient().post(path).status_code == APIClient().get(path).status_code == 404
    (listed,) = client_of(ann).get("/api/me/share-links").json()["results"]
    assert (listed["uses"], "url" in listed) == (2, False)
    assert path.rsplit("/", 1)[1] not in str(ShareLink.objects.values_list("digest", flat=True)[0])


def test_an_entry_is_named_by_its_movie(ann: User) -> None:
    movie = MovieFactory.create()
    LibraryEntryFactory.create(user=ann, movie=movie, half_stars=7, visibility="private")
    made = client_of(ann).post("/api/me/share-links", body(kind="entry", object_id=movie.pk))
    thing = APIClient().get(made.json()["url"]).json()["thing"]
    assert (thing["movie"]["id"], thing["stars"]) == (movie.pk, 3.5)


def test_it_is_taken_back(ann: User) -> None:
    play = PlayFactory.create(user=ann)
    made = client_of(ann).post("/api/me/share-links", body(kind="play", object_id=play.pk)).json()
    stranger = client_of(UserFactory.create())
    assert stranger.delete(f"/api/me/share-links/{made['id']}").status_code == 404
    assert client_of(ann).delete(f"/api/me/share-links/{made['id']}").status_code == 204
    assert APIClient().get(made["url"]).status_code == 404


@pytest.mark.parametrize("method", ["head", "get"])
def test_previews_of_a_limited_link_spend_nothing_and_show_nothing(ann: User, method: str) -> None:
    play = PlayFactory.create(user=ann, visibility="private")
    made = client_of(ann).post("/api/me/share-links", body(kind="play", object_id=play.pk, most_uses=1)).json()
    for _ in range(3):
        preview = getattr(APIClient(), method)(made["url"])
        assert preview.status_code == 200
        if method == "get":
            assert (preview.json()["kind"], preview.json()["thing"]) == ("play", None)
    assert ShareLink.objects.get().uses == 0
    assert APIClient().post(made["url"]).json()["thing"]["id"] == play.pk
    assert APIClient().post(made["url"]).status_code == 404


@pytest.mark.parametrize("field", ["expires_at", "is_active", "erase_after", "gone"])
def test_what_is_over_is_not_found(ann: User, field: str) -> None:
    play = PlayFactory.create(user=ann)
    url = client_of(ann).post("/api/me/share-links", body(kind="play", object_id=play.pk)).json()["url"]
    if field == "expires_at":
        ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif field == "is_active":
        User.objects.filter(pk=ann.pk).update(is_active=False)
    elif field == "erase_after":
        User.objects.filter(pk=ann.pk).update(erase_after=timezone.now() + timedelta(days=14))
    else:
        play.delete()
    assert APIClient().get(url).status_code == APIClient().post(url).status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"expires_at": "2001-01-01T00:00:00Z"}, 400, "/expires_at"),
        ({"expires_at": "2101-01-01T00:00:00Z"}, 400, "/expires_at"),
        ({"most_uses": 0}, 400, "/most_uses"),
        ({"kind": "diary"}, 400, "/kind"),
        ({"object_id": 10**9}, 400, "/object_id"),
    ],
)
def test_what_cannot_be_shared_is_refused(ann: User, change: dict[str, Any], status: int, pointer: str | None) -> None:
    answer = client_of(ann).post(
        "/api/me/share-links", body(kind="play", object_id=PlayFactory.create(user=ann).pk) | change
    )
    assert answer.status_code == status
    assert pointer is None or answer.json()["errors"][0]["pointer"] == pointer
    assert not ShareLink.objects.exists()


def test_nobody_shares_what_is_anothers(ann: User) -> None:
    answer = client_of(ann).post("/api/me/share-links", body(kind="play", object_id=PlayFactory.create().pk))
    assert answer.status_code == 400


@pytest.mark.django_db(transaction=True)
def test_many_at_once_do_not_use_it_more_often_than_was_said() -> None:
    ann = UserFactory.create()
    play = PlayFactory.create(user=ann)
    _, token = make_share_link(
        user_id=ann.pk, kind="play", object_id=play.pk, expires_at=timezone.now() + timedelta(days=1), most_uses=3
    )
    opened: list[bool] = []

    def look() -> None:
        try:
            use_share_link(link=find_share_link(token=token))
            opened.append(True)
        except NotFound:
            opened.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(opened) == [False] * 7 + [True] * 3


def test_a_reader_who_was_overtaken_gets_nothing(db: None) -> None:
    play = PlayFactory.create()
    _, token = make_share_link(
        user_id=play.user_id, kind="play", object_id=play.pk, expires_at=timezone.now() + timedelta(days=1), most_uses=1
    )
    one, other = find_share_link(token=token), find_share_link(token=token)
    use_share_link(link=one)
    with pytest.raises(NotFound):
        use_share_link(link=other)
    assert ShareLink.objects.get().uses == 1


def test_what_is_held_back_takes_no_use(db: None) -> None:
    review = ReviewFactory.create()
    tomorrow = timezone.now() + timedelta(days=1)
    link, token = make_share_link(user_id=review.user_id, kind="review", object_id=review.pk, expires_at=tomorrow)
    for moderation, status, uses in (("held", 404, 0), ("visible", 200, 1)):
        Review.objects.update(moderation=moderation)
        assert APIClient().post(f"/api/shared/{token}").status_code == status
        link.refresh_from_db()
        assert link.uses == uses
