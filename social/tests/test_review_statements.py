"""Reads of reviews and lists take at most three statements, however long the page; and their counts stay right when
many write at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import UserFactory
from movies.tests.factories import MovieFactory
from social.models import Comment, ListItem, Review, ReviewLike, Tombstone
from social.services.comments import add_comment, delete_comment
from social.services.likes import like_review, unlike_review
from social.services.list_items import add_item, change_item, recount_lists
from social.services.lists import make_list
from social.services.review_counts import recount_reviews
from social.services.reviews import delete_review, write_review
from social.tests.factories import (
    CommentFactory,
    FollowFactory,
    LibraryEntryFactory,
    ListItemFactory,
    MovieListFactory,
    ReviewFactory,
)
from social.tests.people import somebody
from watchly.common.errors import Conflict, NotFound

READS = (
    "movies/{movie}/reviews", "users/ann/reviews", "users/ann/lists", "reviews/{review}", "reviews/{review}/comments",
    "reviews/{review}/share", "lists", "lists/{list}", "lists/{list}/items", "lists/{list}/items?expand=me",
    "lists/{smart}/items", "lists/{own}/items", "lists/{list}/collaborators", "lists/{list}/share",
)  # fmt: skip


@pytest.mark.django_db
def test_reads_take_at_most_three_statements_however_long_the_page() -> None:
    reader, client = somebody()
    ann = UserFactory.create(username="ann")
    FollowFactory.create(follower=reader, followed=ann)
    movie = MovieFactory.create()
    review, movie_list = ReviewFactory.create(user=ann, movie=movie), MovieListFactory.create(user=ann)
    rules: dict[str, Any] = {"source": "catalogue", "query": {}, "ordering": None}
    smart = MovieListFactory.create(user=ann, rules=rules)
    own = MovieListFactory.create(user=ann, rules={**rules, "source": "library"})
    names = {"movie": movie.pk, "review": review.pk, "list": movie_list.pk, "smart": smart.pk, "own": own.pk}

    def taken() -> dict[str, int]:
        found = {}
        for path in READS:
            with CaptureQueriesContext(connection) as queries:
                assert client.get("/api/" + path.format(**names)).status_code == 200, path
            found[path] = len(queries)
        return found

    def more() -> None:
        ReviewFactory.create(user=ann)
        ReviewFactory.create(movie=movie)
        CommentFactory.create(review=review)
        ListItemFactory.create(list=movie_list)
        MovieListFactory.create(user=ann)
        MovieListFactory.create(user=reader)
        LibraryEntryFactory.create(user=ann)

    more()
    one = taken()
    for _ in range(19):
        more()
    assert taken() == one
    assert {path: count for path, count in one.items() if count > 3} == {}


def at_once(*acts: Any) -> None:
    """Runs these in threads of their own, and raises what one raised."""

    def run(act: Any) -> None:
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=6) as pool:
        for done in [pool.submit(run, act) for act in acts]:
            done.result()


@pytest.mark.django_db(transaction=True)
def test_counts_stay_right_when_many_write_at_once() -> None:
    people = [UserFactory.create() for _ in range(6)]
    review_id = write_review(user_id=people[0].pk, movie_id=MovieFactory.create().pk, body="Good.")

    def busy(user_id: int) -> None:
        for _ in range(4):
            like_review(user_id=user_id, review_id=review_id)
            comment = add_comment(user_id=user_id, review_id=review_id, body="x")
            unlike_review(user_id=user_id, review_id=review_id)
            like_review(user_id=user_id, review_id=review_id)
            delete_comment(user_id=user_id, comment_id=comment)
        add_comment(user_id=user_id, review_id=review_id, body="x")

    at_once(*(lambda pk=user.pk: busy(pk) for user in people))
    review = Review.objects.get()
    assert (review.likes_count, review.comments_count) == (6, 6)
    assert recount_reviews() == 0


@pytest.mark.django_db(transaction=True)
def test_one_person_at_twenty_doors_likes_once_and_reviews_once() -> None:
    ann = UserFactory.create()
    review = ReviewFactory.create()
    movie = MovieFactory.create()

    def again() -> None:
        like_review(user_id=ann.pk, review_id=review.pk)
        with suppress(Conflict):
            write_review(user_id=ann.pk, movie_id=movie.pk, body="x")

    at_once(*[again] * 12)
    assert ReviewLike.objects.count() == Review.objects.get(pk=review.pk).likes_count == 1
    assert Review.objects.filter(user=ann).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_list_that_several_move_things_in_keeps_every_item_at_a_place_of_its_own() -> None:
    ann = UserFactory.create()
    list_id = make_list(user_id=ann.pk, title="x")
    items = [add_item(user_id=ann.pk, list_id=list_id, movie_id=MovieFactory.create().pk) for _ in range(6)]

    def shuffle(item: int) -> None:
        for position in (1, 3, 6, 2):
            change_item(user_id=ann.pk, list_id=list_id, item_id=item, values={"position": position})

    at_once(*(lambda pk=item: shuffle(pk) for item in items))
    assert sorted(ListItem.objects.values_list("pk", flat=True)) == items
    assert len(set(ListItem.objects.values_list("rank", flat=True))) == 6
    revisions = list(ListItem.objects.values_list("revision", flat=True))
    assert len(set(revisions)) == 6
    assert recount_lists() == 0


@pytest.mark.django_db(transaction=True)
def test_a_review_that_goes_while_others_comment_leaves_each_comment_its_tombstone() -> None:
    ann, *people = [UserFactory.create() for _ in range(5)]
    review_id = write_review(user_id=ann.pk, movie_id=MovieFactory.create().pk, body="x")
    made: list[tuple[int, int]] = []

    def talk(user_id: int) -> None:
        with suppress(NotFound):
            for _ in range(6):
                comment = add_comment(user_id=user_id, review_id=review_id, body="x")
                made.append((user_id, comment))

    def leave() -> None:
        deleted = False
        while not deleted:  # refused as often as somebody was faster
            with suppress(Conflict):
                delete_review(user_id=ann.pk, review_id=review_id)
                deleted = True

    at_once(*(lambda pk=user.pk: talk(pk) for user in people), leave)
    assert not Comment.objects.exists()
    buried = set(Tombstone.objects.filter(kind="comment").values_list("user", "object_id"))
    assert buried == set(made)
    for user in people:
        revisions = list(Tombstone.objects.filter(user=user).values_list("revision", flat=True))
        assert len(revisions) == len(set(revisions))
