"""How many statements each call of this app takes, authentication not counted, however much there is: a read at most
three, a write the number that stands here.

More is a decision, less a reason to write it down. A route that is not in its table fails the build.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import UserFactory
from movies.tests.factories import MovieFactory
from social.api.urls import urlpatterns
from social.models import Follow
from social.services.likes import like_review
from social.services.list_collaborators import add_collaborator
from social.services.share_links import make_share_link
from social.tests.factories import (
    CommentFactory,
    FollowFactory,
    LibraryEntryFactory,
    ListItemFactory,
    MovieListFactory,
    PlayFactory,
    ReviewFactory,
)
from social.tests.people import somebody

# By method and name of the route: the path, the body, and how many statements.
WRITES: dict[tuple[str, str], tuple[str, Any, int]] = {
    # people
    ("put", "user-follow"): ("users/bob/follow", None, 18),
    ("delete", "user-follow"): ("users/eve/follow", None, 10),
    ("put", "user-block"): ("users/eve/block", None, 25),
    ("delete", "user-block"): ("users/bob/block", None, 4),
    ("delete", "me-follower"): ("me/followers/eve", None, 10),
    ("post", "me-accept"): ("me/follow-requests/{request}/accept", None, 15),
    ("post", "me-decline"): ("me/follow-requests/{request}/decline", None, 10),
    ("post", "me-share-links"): ("me/share-links", {"kind": "list", "object_id": "{list}", "expires_at": "{soon}"}, 5),
    ("post", "shared"): ("shared/{token}", None, 3),
    ("delete", "me-share-link"): ("me/share-links/{link}", None, 4),
    ("post", "me-notifications-read"): ("me/notifications/read", {}, 6),
    # the library
    ("patch", "movie-me"): ("movies/{fresh}/me", {"note": "x"}, 9),
    ("put", "movie-rating"): ("movies/{fresh}/rating", {"stars": 4}, 19),
    ("delete", "movie-rating"): ("movies/{kept}/rating", None, 11),
    ("put", "movie-status"): ("movies/{fresh}/status", {"status": "planned"}, 9),
    ("delete", "movie-status"): ("movies/{kept}/status", None, 6),
    ("put", "movie-favorite"): ("movies/{fresh}/favorite", None, 19),
    ("delete", "movie-favorite"): ("movies/{kept}/favorite", None, 11),
    ("post", "movie-plays"): ("movies/{fresh}/plays", {"watched_at": "2024-05-01", "stars": 4}, 21),
    ("patch", "me-play"): ("me/history/{play}", {"stars": 2}, 23),
    ("delete", "me-play"): ("me/history/{play}", None, 23),
    ("post", "me-library-batch"): (
        "me/library/batch", {"items": [{"movie": {"id": "{fresh}"}, "status": "planned", "stars": 4}]}, 20,
    ),
    # reviews
    ("post", "movie-reviews"): ("movies/{fresh}/reviews", {"body": "Good.", "stars": 4}, 37),
    ("patch", "review-detail"): ("reviews/{mine}", {"body": "Better."}, 9),
    ("delete", "review-detail"): ("reviews/{mine}", None, 34),
    ("put", "review-like"): ("reviews/{review}/like", None, 10),
    ("delete", "review-like"): ("reviews/{liked}/like", None, 9),
    ("post", "review-comments"): ("reviews/{review}/comments", {"body": "So."}, 11),
    ("patch", "comment-detail"): ("comments/{comment}", {"body": "Or so."}, 8),
    ("delete", "comment-detail"): ("comments/{comment}", None, 20),
    ("post", "reports"): ("reports", {"target": {"kind": "review", "id": "{review}"}, "reason": "spam"}, 18),
    # lists
    ("post", "list-list"): ("lists", {"title": "x"}, 14),
    ("patch", "list-detail"): ("lists/{list}", {"title": "y"}, 7),
    ("delete", "list-detail"): ("lists/{list}", None, 20),
    ("post", "list-copy"): ("lists/{list}/copy", {}, 25),
    ("put", "list-collaborator"): ("lists/{list}/collaborators/bob", None, 11),
    ("delete", "list-collaborator"): ("lists/{list}/collaborators/eve", None, 6),
    ("post", "list-items"): ("lists/{list}/items", {"movie_id": "{fresh}"}, 11),
    ("patch", "list-item"): ("lists/{list}/items/{item}", {"position": 1}, 9),
    ("delete", "list-item"): ("lists/{list}/items/{item}", None, 9),
}  # fmt: skip


# By name of the route. What is of one's own lists and reviews besides is in test_review_statements.py.
READS: dict[str, str] = {
    "user-list": "users?search=e", "user-detail": "users/eve", "user-followers": "users/eve/followers",
    "user-following": "users/eve/following", "user-library": "users/eve/library",
    "user-favorites": "users/eve/favorites", "user-history": "users/eve/history",
    "user-statistics": "users/eve/statistics", "user-share": "users/eve/share",
    "user-reviews": "users/eve/reviews", "user-lists": "users/eve/lists",
    "me-follow-requests": "me/follow-requests", "me-suggested-users": "me/suggested-users", "me-blocks": "me/blocks",
    "me-share-links": "me/share-links", "shared": "shared/{token}", "movie-friends": "movies/{kept}/friends",
    "feed": "feed", "me-notifications": "me/notifications", "me-notifications-unread": "me/notifications/unread",
    "search": "search?q=e", "movie-similar": "movies/{kept}/similar", "movie-share": "movies/{kept}/share",
    "movie-me": "movies/{kept}/me", "movie-plays": "movies/{seen}/plays", "me-history": "me/history",
    "me-play": "me/history/{play}", "me-library": "me/library", "me-favorites": "me/favorites",
    "me-changes": "me/changes", "me-last-activities": "me/last-activities",
    "movie-reviews": "movies/{reviewed}/reviews",
    "review-detail": "reviews/{review}", "review-share": "reviews/{review}/share",
    "review-comments": "reviews/{review}/comments", "list-list": "lists", "list-detail": "lists/{list}",
    "list-share": "lists/{list}/share", "list-collaborators": "lists/{list}/collaborators",
    "list-items": "lists/{list}/items",
}  # fmt: skip


def routes() -> set[tuple[str, str]]:
    """Methods and names of all routes."""
    found = set()
    for route in urlpatterns:
        callback: Any = route.callback
        known = getattr(callback, "actions", None) or [
            method for method in ("get", "post", "put", "patch", "delete") if hasattr(callback.view_class, method)
        ]
        found |= {(method, str(route.name)) for method in known if method != "head"}
    return found


def test_every_route_stands_in_its_table() -> None:
    assert set(WRITES) == {(method, name) for method, name in routes() if method != "get"}
    assert set(READS) == {name for method, name in routes() if method == "get"}


def scene(size: int) -> tuple[APIClient, dict[str, Any]]:
    """Somebody's client, and the numbers of things of theirs and of others; of most there are `size`."""
    ann, client = somebody(username="ann")
    bob, eve = UserFactory.create(username="bob"), UserFactory.create(username="eve")
    FollowFactory.create(follower=ann, followed=eve)
    for follower in (bob, eve):
        FollowFactory.create(follower=follower, followed=ann)
    request = FollowFactory.create(followed=ann, state=Follow.State.REQUESTED)
    movie_list = MovieListFactory.create(user=ann, items_count=size)
    items = [ListItemFactory.create(list=movie_list) for _ in range(size)]
    add_collaborator(user_id=ann.pk, list_id=movie_list.pk, username="eve")
    mine, review, liked = (ReviewFactory.create(user=user, comments_count=size + 1) for user in (ann, bob, bob))
    like_review(user_id=ann.pk, review_id=liked.pk)
    kept = LibraryEntryFactory.create(user=ann, status="planned", half_stars=8, favorite=True)
    seen = LibraryEntryFactory.create(user=ann, status="watched", plays=1)
    play = PlayFactory.create(user=ann, movie=seen.movie)
    for _ in range(size):
        CommentFactory.create(review=mine)
        CommentFactory.create(review=review)
        LibraryEntryFactory.create(user=ann)
        LibraryEntryFactory.create(movie=kept.movie)
        FollowFactory.create(follower=ann)
        FollowFactory.create(followed=ann)
    soon = timezone.now() + timedelta(days=1)
    link, token = make_share_link(user_id=ann.pk, kind="list", object_id=movie_list.pk, expires_at=soon)
    names = {
        "request": request.pk, "fresh": MovieFactory.create().pk, "kept": kept.movie_id, "play": play.pk,
        "mine": mine.pk, "review": review.pk, "liked": liked.pk, "list": movie_list.pk, "item": items[-1].pk,
        "comment": CommentFactory.create(review=review, user=ann).pk, "link": link.pk,
        "soon": timezone.now() + timedelta(days=1), "seen": seen.movie_id, "reviewed": review.movie_id,
        "token": token,
    }  # fmt: skip
    return client, names


@pytest.mark.django_db
def test_reads_take_at_most_three_statements_however_much_there_is() -> None:
    def taken(size: int) -> dict[str, int]:
        client, names = scene(size)
        found = {}
        for name, path in READS.items():
            with CaptureQueriesContext(connection) as queries:
                answer = client.get("/api/" + path.format(**names))
            assert answer.status_code == 200, (path, answer.content)
            found[name] = len(queries)
        return found

    one = taken(1)
    User.objects.filter(username__in=["ann", "bob", "eve"]).update(username=Concat("username", Value("-before")))
    assert taken(20) == one
    assert {name: count for name, count in one.items() if count > 3} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 20])
def test_writes_take_these_statements_however_much_there_is(size: int) -> None:
    client, names = scene(size)

    def put_in(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: put_in(each) for key, each in value.items()}
        if isinstance(value, list):
            return [put_in(each) for each in value]
        return names[value[1:-1]] if isinstance(value, str) and value.startswith("{") else value

    found = {}
    for (method, name), (path, body, _) in WRITES.items():
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            answer = getattr(client, method)("/api/" + path.format(**names), put_in(body), format="json")
            transaction.set_rollback(True)  # each finds the same
        assert answer.status_code < 300, (method, path, answer.content)
        found[method, name] = len(queries)
    assert found == {write: statements for write, (_, _, statements) in WRITES.items()}
