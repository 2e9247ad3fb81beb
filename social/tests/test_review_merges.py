"""Two movies become one and two again: what becomes of reviews and lists; and what an erased account leaves."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from accounts.signals import user_erased
from movies.tests.factories import MovieFactory
from social.models import (
    Activity,
    Comment,
    ListItem,
    ListMerge,
    MovieList,
    Review,
    ReviewLike,
    ReviewMerge,
    Tombstone,
)
from social.services.comments import add_comment
from social.services.likes import like_review, unlike_review
from social.services.list_items import add_item, remove_item
from social.services.lists import make_list
from social.services.review_counts import recount_reviews
from social.services.reviews import change_review, write_review
from social.tests.merging import merge, unmerge
from social.tests.people import somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def movies() -> tuple[int, int]:
    """The survivor and the one that is merged into it."""
    return MovieFactory.create().pk, MovieFactory.create().pk


def facts(pk: int) -> dict[str, Any]:
    """All of a review that a reader may see, and who likes and comments."""
    review = Review.objects.get(pk=pk)
    names = (
        "movie_id",
        "body",
        "html",
        "words",
        "spoiler",
        "half_stars",
        "visibility",
        "likes_count",
        "comments_count",
    )
    return {
        **{name: getattr(review, name) for name in names},
        "likes": sorted(review.likes.values_list("user", flat=True)),
        "comments": sorted(review.comments.values_list("pk", flat=True)),
    }


def test_a_review_moves_and_comes_back(movies: tuple[int, int]) -> None:
    ann, client = somebody()
    pk = write_review(user_id=ann.pk, movie_id=movies[1], body="One.")
    before = facts(pk)
    made = merge(*movies)
    assert facts(pk) == {**before, "movie_id": movies[0]}
    assert Activity.objects.get(verb="reviewed").movie_id == movies[0]
    assert client.get(f"/api/movies/{movies[0]}/reviews").json()["count"] == 1
    change_review(user_id=ann.pk, review_id=pk, values={"body": "Two."})
    unmerge(made)
    assert (facts(pk)["movie_id"], facts(pk)["body"]) == (movies[1], "Two.")
    assert not ReviewMerge.objects.exists()


def test_two_reviews_stand_together_and_part_again(movies: tuple[int, int]) -> None:
    ann, client = somebody()
    bob, eve = somebody()[0], somebody()[0]
    kept = write_review(user_id=ann.pk, movie_id=movies[0], body="Kept.", half_stars=6)
    other = write_review(user_id=ann.pk, movie_id=movies[1], body="Other.", spoiler=True, visibility="followers")
    Review.objects.filter(pk=other).update(visibility="public")
    for user, pk in ((bob, kept), (bob, other), (eve, other)):
        like_review(user_id=user.pk, review_id=pk)
    add_comment(user_id=bob.pk, review_id=kept, body="x")
    moved = add_comment(user_id=eve.pk, review_id=other, body="y")
    Review.objects.filter(pk=other).update(visibility="followers")
    before = facts(kept), facts(other)

    made = merge(*movies)
    both = facts(kept)
    assert both["body"] == "Kept.\n\n---\n\nOther."
    assert (both["spoiler"], both["half_stars"], both["visibility"]) == (True, 6, "followers")
    assert (both["likes"], both["likes_count"], both["comments_count"]) == (sorted([bob.pk, eve.pk]), 2, 2)
    assert client.get(f"/api/reviews/{other}").status_code == 404
    assert client.get(f"/api/movies/{movies[0]}/reviews").json()["count"] == 1
    assert Tombstone.objects.filter(user=ann, kind="review", object_id=other).exists()
    assert [row["id"] for row in client.get("/api/me/changes").json()["results"] if row["kind"] == "review"][:1]
    assert Activity.objects.get(verb="reviewed").object_id == kept
    changed = somebody()[1]  # a stranger sees nothing of either
    assert changed.get(f"/api/reviews/{kept}").status_code == 404

    unmerge(made)
    assert (facts(kept), facts(other)) == before
    assert not Tombstone.objects.filter(kind="review").exists()
    assert Comment.objects.get(pk=moved).review_id == other
    assert recount_reviews() == 0


def test_what_came_since_stays_and_what_went_since_stays_away(movies: tuple[int, int]) -> None:
    ann, _ = somebody()
    bob = somebody()[0]
    kept = write_review(user_id=ann.pk, movie_id=movies[0], body="Kept.")
    other = write_review(user_id=ann.pk, movie_id=movies[1], body="Other.")
    for pk in (kept, other):
        like_review(user_id=bob.pk, review_id=pk)
    made = merge(*movies)
    late = add_comment(user_id=bob.pk, review_id=kept, body="Late.")
    unlike_review(user_id=bob.pk, review_id=kept)
    change_review(user_id=ann.pk, review_id=kept, values={"body": "Mine now."})
    unmerge(made)
    assert (facts(kept)["body"], facts(kept)["comments"]) == ("Mine now.", [late])
    assert (facts(other)["body"], facts(other)["likes_count"]) == ("Other.", 0)
    assert not ReviewLike.objects.exists()


def test_merges_upon_merges_are_undone_in_either_order(movies: tuple[int, int]) -> None:
    ann, _ = somebody()
    last = MovieFactory.create().pk
    pks = [write_review(user_id=ann.pk, movie_id=pk, body=f"Of {at}.") for at, pk in enumerate((last, *movies))]
    before = [facts(pk) for pk in pks]
    first = merge(*movies)
    second = merge(last, movies[0])
    assert facts(pks[0])["body"] == "Of 0.\n\n---\n\nOf 1.\n\n---\n\nOf 2."
    unmerge(second)
    unmerge(first)
    assert [facts(pk) for pk in pks] == before
    assert recount_reviews() == 0


def test_a_list_holds_the_survivor_where_the_merged_one_stood(movies: tuple[int, int]) -> None:
    ann, _ = somebody()
    lone = make_list(user_id=ann.pk, title="Lone", cover_movie_id=movies[1])
    both = make_list(user_id=ann.pk, title="Both")
    add_item(user_id=ann.pk, list_id=lone, movie_id=movies[1])
    add_item(user_id=ann.pk, list_id=both, movie_id=movies[0])
    add_item(user_id=ann.pk, list_id=both, movie_id=MovieFactory.create().pk)
    add_item(user_id=ann.pk, list_id=both, movie_id=movies[1], note="Good.", position=1)

    def stored() -> tuple[Any, Any]:
        rows = ListItem.objects.order_by("pk").values_list("pk", "list", "movie", "rank", "note")
        return list(rows), list(MovieList.objects.order_by("pk").values_list("pk", "items_count", "cover_movie"))

    before = stored()
    made = merge(*movies)
    assert list(ListItem.objects.filter(list=lone).values_list("movie", flat=True)) == [movies[0]]
    assert ListItem.objects.get(list=both, movie=movies[0]).note == "Good."
    assert list(MovieList.objects.order_by("pk").values_list("items_count", "cover_movie")) == [
        (1, movies[0]),
        (2, None),
    ]
    unmerge(made)
    assert stored() == before
    assert not ListMerge.objects.exists()
    assert not Tombstone.objects.exists()


def test_both_notes_of_a_list_stay_when_its_two_movies_become_one(movies: tuple[int, int]) -> None:
    ann, _ = somebody()
    list_id = make_list(user_id=ann.pk, title="Both")
    for movie_id, note in zip(movies, ("Good.", "x" * 2_000), strict=True):
        add_item(user_id=ann.pk, list_id=list_id, movie_id=movie_id, note=note)
    made = merge(*movies)
    joined = ListItem.objects.get().note or ""
    assert joined.startswith("Good.\n\nxxx")
    assert len(joined) == 2_000
    unmerge(made)
    assert list(ListItem.objects.order_by("pk").values_list("note", flat=True)) == ["Good.", "x" * 2_000]


def test_a_movie_that_was_taken_out_since_does_not_come_back(movies: tuple[int, int]) -> None:
    ann, _ = somebody()
    list_id = make_list(user_id=ann.pk, title="Both")
    kept = add_item(user_id=ann.pk, list_id=list_id, movie_id=movies[0])
    add_item(user_id=ann.pk, list_id=list_id, movie_id=movies[1])
    made = merge(*movies)
    remove_item(user_id=ann.pk, list_id=list_id, item_id=kept)
    unmerge(made)
    assert not ListItem.objects.exists()
    assert MovieList.objects.get().items_count == 0


def test_an_erased_account_leaves_empty_places_and_right_counts(movies: tuple[int, int]) -> None:
    ann, _ = somebody()
    bob, bobs = somebody()
    of_ann = write_review(user_id=ann.pk, movie_id=movies[0], body="Ann's.")
    of_bob = write_review(user_id=bob.pk, movie_id=movies[0], body="Bob's.")
    add_comment(user_id=bob.pk, review_id=of_ann, body="On Ann's.")
    place = add_comment(user_id=ann.pk, review_id=of_bob, body="Ann says.")
    add_comment(user_id=ann.pk, review_id=of_bob, body="Ann says more.")
    answer = add_comment(user_id=bob.pk, review_id=of_bob, body="To Ann.", parent_id=place)
    like_review(user_id=ann.pk, review_id=of_bob)
    with transaction.atomic():
        user_erased.send(sender=None, user_id=ann.pk)
    assert list(Review.objects.values_list("pk", "likes_count", "comments_count")) == [(of_bob, 0, 1)]
    rows = bobs.get(f"/api/reviews/{of_bob}/comments").json()["results"]
    assert [(row["id"], row["user"] and row["user"]["id"], row["deleted"]) for row in rows] == [
        (place, None, True),
        (answer, bob.pk, False),
    ]
    assert not Comment.objects.filter(user=ann).exists()
    assert recount_reviews() == 0
