"""Lines of the feed and the inbox hold what is needed to draw them, and no words that their reader may not see."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from accounts.tests.factories import UserFactory
from movies.tests.factories import MovieFactory
from social.api.serializers.notification import NOTIFICATION, NotificationSerializer
from social.models import Notification, Review
from social.services.lists import make_list
from social.services.notifications import put
from social.services.people import follow_user
from social.services.reviews import write_review
from social.tests.factories import CommentFactory, FollowFactory, MovieListFactory, ReviewFactory
from social.tests.test_library_documents import both
from social.tests.test_people_api import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    return UserFactory.create(username="reader")


@pytest.fixture
def friend(reader: User) -> User:
    friend = UserFactory.create(username="friend")
    FollowFactory.create(follower=reader, followed=friend)
    return friend


def fed(reader: User) -> dict[str, Any]:
    groups = client_of(reader).get("/api/feed").json()["results"]
    return {group["verb"]: group["items"][0]["target"] for group in groups}


def test_a_feed_item_names_its_list_and_quotes_its_review(reader: User, friend: User) -> None:
    body = "A duel in a diner."
    review = write_review(user_id=friend.pk, movie_id=MovieFactory.create().pk, body=body, half_stars=8)
    movie_list = make_list(user_id=friend.pk, title="Heists")
    followed = UserFactory.create(username="other")
    follow_user(follower_id=friend.pk, username="other")
    found = fed(reader)
    assert found["reviewed"] == {"kind": "review", "id": review, "title": None, "excerpt": body, "spoiler": False}
    assert found["listed"] == {"kind": "list", "id": movie_list, "title": "Heists", "excerpt": None, "spoiler": None}
    assert (found["followed"]["kind"], found["followed"]["id"]) == ("user", followed.pk)
    assert found["rated"] is None


@pytest.mark.parametrize("change", [{"spoiler": True}, {"visibility": "private"}, {"moderation": "held"}])
def test_a_feed_item_quotes_no_spoiler_and_nothing_hidden(reader: User, friend: User, change: dict[str, Any]) -> None:
    review = write_review(user_id=friend.pk, movie_id=MovieFactory.create().pk, body="He did it.")
    Review.objects.filter(pk=review).update(**change)
    target = fed(reader)["reviewed"]
    assert (target["excerpt"], target["spoiler"]) == (None, "spoiler" in change)


def lines(reader: User) -> dict[str, Any]:
    found = client_of(reader).get("/api/me/notifications").json()["results"]
    return {f"{line['kind']} {(line['target'] or {}).get('id')}": line["target"] for line in found}


def test_a_notification_says_what_it_is_about(reader: User) -> None:
    own = ReviewFactory.create(user=reader, visibility="private", excerpt="Mine.", spoiler=False)
    open_one = ReviewFactory.create(excerpt="Open.", spoiler=False)
    closed = ReviewFactory.create(excerpt="Closed.", visibility="followers", spoiler=False)
    spoiling = ReviewFactory.create(excerpt="He did it.", spoiler=True)
    movie_list = MovieListFactory.create(user=reader, title="Heists", visibility="private")
    comment = CommentFactory.create(user=reader, body="Well said.")
    told = [("mention", f"review:{review.pk}") for review in (own, open_one, closed, spoiling)]
    told += [("moderation", f"list:{movie_list.pk}"), ("moderation", f"comment:{comment.pk}"), ("new_follower", "")]
    for kind, about in told:
        put(kind=kind, user_ids=[reader.pk], event=f"{kind} {about}", actor_id=None, about=about)
    found = lines(reader)
    excerpts = [found[f"mention {review.pk}"]["excerpt"] for review in (own, open_one, closed, spoiling)]
    assert excerpts == ["Mine.", "Open.", None, None]
    assert found[f"mention {spoiling.pk}"]["spoiler"] is True
    assert found[f"moderation {movie_list.pk}"]["title"] == "Heists"
    assert found[f"moderation {comment.pk}"]["excerpt"] == "Well said."
    assert found["new_follower None"] is None
    for line in Notification.objects.all():
        sql, rendered = both(NOTIFICATION, line)
        assert sql == rendered
    assert "about" not in NotificationSerializer.Meta.fields
