"""Reviews over HTTP: written once a movie, changed, liked, deleted; who sees them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Preferences, Profile
from accounts.tests.factories import UserFactory
from movies.models import Movie
from movies.tests.factories import MovieFactory
from social.models import Activity, Comment, LibraryEntry, Notification, Review, ReviewLike, Tombstone
from social.services import review_news
from social.services.review_counts import recount_reviews
from social.services.reviews import write_review
from social.tests.factories import (
    BlockFactory,
    CommentFactory,
    FollowFactory,
    LibraryEntryFactory,
    ListItemFactory,
    MovieListFactory,
    PlayFactory,
    ReviewFactory,
)
from social.tests.jobs import run_jobs
from social.tests.people import somebody

pytestmark = pytest.mark.django_db


def test_a_review_is_written_rendered_rated_and_told() -> None:
    ann, client = somebody(username="ann")
    movie = MovieFactory.create(title="Heat")
    plays = [PlayFactory.create(user=ann, movie=movie).pk for _ in range(2)]
    answer = client.post(
        f"/api/movies/{movie.pk}/reviews", {"body": "It is **good**.", "stars": 4.5, "plays": plays}, format="json"
    )
    assert answer.status_code == 201, answer.content
    review = answer.json()
    assert answer.headers["Location"] == f"/api/reviews/{review['id']}"
    assert answer.headers["ETag"].startswith('"1-')
    assert (review["html"], review["excerpt"]) == ("<p>It is <strong>good</strong>.</p>\n", "It is good.")
    assert (review["words"], review["reading_minutes"], review["stars"]) == (3, 1, 4.5)
    assert (review["user"]["username"], review["movie"]["title"], review["plays"]) == ("ann", "Heat", plays)
    assert (review["visibility"], review["edited_at"], review["moderation"]) == ("public", None, "visible")
    entry = LibraryEntry.objects.get(user=ann, movie=movie)
    assert (entry.half_stars, entry.status) == (9, "watched")
    assert Activity.objects.get(verb="reviewed").object_id == review["id"]
    assert client.get(f"/api/reviews/{review['id']}").json() == review


def test_a_second_review_of_a_movie_names_the_first() -> None:
    _, client = somebody()
    movie = MovieFactory.create()
    first = client.post(f"/api/movies/{movie.pk}/reviews", {"body": "One."}, format="json").json()
    answer = client.post(f"/api/movies/{movie.pk}/reviews", {"body": "Two.", "stars": 1}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "reviewed_already")
    assert f"/api/reviews/{first['id']}" in answer.json()["detail"]
    assert not LibraryEntry.objects.exists()


def test_a_review_has_the_usual_visibility_and_a_first_rating_takes_it() -> None:
    ann, client = somebody()
    Preferences.objects.create(user=ann, default_visibility="followers")
    movie = MovieFactory.create()
    review = client.post(f"/api/movies/{movie.pk}/reviews", {"body": "One.", "stars": 2}, format="json").json()
    assert review["visibility"] == "followers"
    assert LibraryEntry.objects.get().visibility == "followers"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/body"),
        ({"body": " "}, "/body"),
        ({"body": "x" * 20_001}, "/body"),
        ({"body": "x", "stars": 4.3}, "/stars"),
        ({"body": "x", "plays": [1]}, "/plays/0"),
        ({"body": "x", "spoilers": True}, "/spoilers"),
        ({"body": "x", "visibility": "friends"}, "/visibility"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(body: dict[str, Any], pointer: str) -> None:
    _, client = somebody()
    answer = client.post(f"/api/movies/{MovieFactory.create().pk}/reviews", body, format="json")
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert not Review.objects.exists()
    assert not LibraryEntry.objects.exists()


def test_movies_that_are_not_there_take_no_review() -> None:
    _, client = somebody()
    other = MovieFactory.create()
    withdrawn = MovieFactory.create(state=Movie.State.WITHDRAWN)
    merged = MovieFactory.create(state=Movie.State.MERGED, merged_into=other)
    draft = MovieFactory.create(state=Movie.State.DRAFT)
    for pk, status in ((withdrawn.pk, 410), (draft.pk, 404), (10**12, 404), (merged.pk, 308)):
        answer = client.post(f"/api/movies/{pk}/reviews", {"body": "x"}, format="json")
        assert answer.status_code == client.get(f"/api/movies/{pk}/reviews").status_code == status, pk
    assert answer.headers["Location"] == f"/api/movies/{other.pk}/reviews"


def test_changes_are_marked_and_versions_compared() -> None:
    ann, client = somebody()
    review = ReviewFactory.create(user=ann)
    path = f"/api/reviews/{review.pk}"
    tag = client.get(path).headers["ETag"]
    changed = client.patch(path, {"spoiler": True, "stars": 3}, format="json", HTTP_IF_MATCH=tag)
    assert (changed.status_code, changed.headers["ETag"][:3]) == (200, '"2-')
    assert changed.json()["edited_at"] is not None
    assert (changed.json()["excerpt"], changed.json()["body"]) == (None, review.body)
    assert LibraryEntry.objects.get(user=ann).half_stars == 6
    stale = client.patch(path, {"body": "Late."}, format="json", HTTP_IF_MATCH=tag)
    assert stale.status_code == 412
    assert client.delete(path, HTTP_IF_MATCH=tag).status_code == 412
    same = client.patch(path, {"spoiler": True}, format="json")
    assert same.headers["ETag"] == changed.headers["ETag"]
    assert client.patch(path, {"stars": None}, format="json").json()["stars"] is None
    assert LibraryEntry.objects.get(user=ann).half_stars == 6


def test_others_may_read_and_not_write() -> None:
    review = ReviewFactory.create()
    _, client = somebody()
    for call, data in ((client.patch, {"body": "Mine."}), (client.delete, {})):
        assert call(f"/api/reviews/{review.pk}", data, format="json").status_code == 403
    review.visibility = "private"
    review.save()
    assert client.get(f"/api/reviews/{review.pk}").status_code == 404
    for call, data in ((client.patch, {"body": "Mine."}), (client.delete, {})):
        assert call(f"/api/reviews/{review.pk}", data, format="json").status_code == 404
    assert client.put(f"/api/reviews/{review.pk}/like").status_code == 404
    assert not ReviewLike.objects.exists()


def test_who_may_not_see_a_review_finds_it_nowhere(anyone: Any) -> None:
    author, own = somebody(username="ann")
    movie = MovieFactory.create()
    review = ReviewFactory.create(user=author, movie=movie, visibility="followers")
    _, stranger = somebody()
    follower, following = somebody()
    FollowFactory.create(follower=follower, followed=author)
    paths = [f"/api/movies/{movie.pk}/reviews", "/api/users/ann/reviews"]

    def seen(client: Any) -> tuple[int, list[int]]:
        return client.get(f"/api/reviews/{review.pk}").status_code, [client.get(p).json()["count"] for p in paths]

    assert seen(own) == seen(following) == (200, [1, 1])
    assert seen(stranger) == seen(anyone) == (404, [0, 0])
    Profile.objects.create(user=author, profile_visibility="private")
    assert following.get(paths[1]).status_code == 404
    assert following.get(paths[0]).json()["count"] == 0
    Profile.objects.all().delete()
    BlockFactory.create(blocker=author, blocked=follower)
    assert following.get(f"/api/reviews/{review.pk}").status_code == 404
    assert following.get(paths[1]).status_code == 404


def test_reviews_of_movies_that_are_not_published_are_their_authors_alone(anyone: Any) -> None:
    ann, own = somebody()
    review = ReviewFactory.create(user=ann, movie=MovieFactory.create(state=Movie.State.WITHDRAWN))
    assert own.get(f"/api/reviews/{review.pk}").status_code == 200
    assert anyone.get(f"/api/reviews/{review.pk}").status_code == 404


def test_lists_are_ordered_filtered_and_paged(anyone: Any) -> None:
    movie = MovieFactory.create()
    rows = [
        ReviewFactory.create(movie=movie, half_stars=n or None, likes_count=n % 3, spoiler=n == 2) for n in range(4)
    ]
    path = f"/api/movies/{movie.pk}/reviews"

    def ids(query: str) -> list[int]:
        return [rows.index(Review.objects.get(pk=one["id"])) for one in anyone.get(path + query).json()["results"]]

    assert ids("") == [3, 2, 1, 0]
    assert ids("?ordering=likes") == [2, 1, 3, 0]
    assert ids("?ordering=stars") == [3, 2, 1, 0]
    assert ids("?ordering=-stars") == [1, 2, 3, 0]
    assert ids("?spoiler=true") == [2]
    page = anyone.get(path + "?page_size=3").json()
    assert (page["count"], len(page["results"]), page["previous"]) == (4, 3, None)
    assert anyone.get(path + "?order=likes").status_code == 400


def test_likes_are_counted_told_once_and_taken_back() -> None:
    ann, own = somebody()
    bob, client = somebody()
    review = ReviewFactory.create(user=ann)
    path = f"/api/reviews/{review.pk}/like"
    for _ in range(2):
        assert client.put(path).status_code == 204
    run_jobs()
    assert own.get(f"/api/reviews/{review.pk}").json()["likes_count"] == 1
    assert Notification.objects.get(user=ann, kind="like").actor == bob
    assert client.get(f"/api/reviews/{review.pk}?expand=me").json()["me"] == {"liked": True}
    assert own.get(f"/api/reviews/{review.pk}?expand=me").json()["me"] == {"liked": False}
    for _ in range(2):
        assert client.delete(path).status_code == 204
    assert own.get(f"/api/reviews/{review.pk}").json()["likes_count"] == 0
    assert not Notification.objects.exists()


def test_deleting_a_review_takes_what_was_said_and_leaves_tombstones() -> None:
    ann, own = somebody()
    bob, client = somebody()
    review_id = write_review(user_id=ann.pk, movie_id=MovieFactory.create().pk, body="Good.", half_stars=8)
    comment = client.post(f"/api/reviews/{review_id}/comments", {"body": "No."}, format="json").json()
    client.put(f"/api/reviews/{review_id}/like")
    run_jobs()
    assert own.delete(f"/api/reviews/{review_id}").status_code == 204
    assert not Review.objects.exists()
    assert not Comment.objects.exists()
    assert not Activity.objects.filter(verb="reviewed").exists()
    assert not Notification.objects.exists()
    assert LibraryEntry.objects.get(user=ann).half_stars == 8
    gone = set(Tombstone.objects.values_list("user", "kind", "object_id"))
    assert gone == {(ann.pk, "review", review_id), (bob.pk, "comment", comment["id"])}
    revisions = [row["revision"] for row in client.get("/api/me/changes").json()["results"]]
    assert revisions == sorted(set(revisions))


def test_friends_with_the_film_on_their_list_are_told_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_news, "AT_ONCE", 2)
    ann, _ = somebody()
    movie = MovieFactory.create()
    friends = [somebody()[0] for _ in range(5)]
    for at, friend in enumerate(friends):
        FollowFactory.create(follower=friend, followed=ann)
        LibraryEntryFactory.create(user=friend, movie=movie, status="planned" if at != 1 else "watched")
    review_id = write_review(user_id=ann.pk, movie_id=movie.pk, body="Good.")
    run_jobs()
    review_news.tell_friends(review_id=review_id)
    told = Notification.objects.filter(kind="friend_review").values_list("user", flat=True)
    assert sorted(told) == [friend.pk for at, friend in enumerate(friends) if at != 1]


def test_a_review_that_becomes_narrower_leaves_the_inboxes_of_those_who_lose_sight_of_it() -> None:
    ann, anns = somebody()
    follower, stranger = UserFactory.create(), UserFactory.create()
    FollowFactory.create(follower=follower, followed=ann)
    movie = MovieFactory.create()
    LibraryEntryFactory.create(user=follower, movie=movie, status="planned")
    body = f"@{follower.username} and @{stranger.username}"
    review_id = write_review(user_id=ann.pk, movie_id=movie.pk, body=body)
    run_jobs()

    def told() -> list[tuple[int, str]]:
        run_jobs()
        return sorted(Notification.objects.values_list("user", "kind"))

    both = [(follower.pk, "friend_review"), (follower.pk, "mention")]
    assert told() == [*both, (stranger.pk, "mention")]
    anns.patch(f"/api/reviews/{review_id}", {"visibility": "followers"}, format="json")
    assert told() == both
    anns.patch(f"/api/reviews/{review_id}", {"visibility": "private"}, format="json")
    assert told() == []


def test_mentions_reach_whom_the_review_does() -> None:
    _, own = somebody(username="ann")
    bob, _ = somebody(username="bob")
    movie = MovieFactory.create()
    own.post(f"/api/movies/{movie.pk}/reviews", {"body": "@bob @nobody @ann", "visibility": "private"}, format="json")
    run_jobs()
    assert not Notification.objects.exists()
    own.patch(f"/api/reviews/{Review.objects.get().pk}", {"visibility": "public"}, format="json")
    run_jobs()
    assert [(line.user, line.kind) for line in Notification.objects.all()] == [(bob, "mention")]


def test_a_play_that_is_deleted_leaves_its_review_with_a_new_revision() -> None:
    ann, own = somebody()
    play = PlayFactory.create(user=ann)
    LibraryEntryFactory.create(user=ann, movie=play.movie, plays=1, status="watched")
    review = ReviewFactory.create(user=ann, movie=play.movie, revision=1)
    review.plays.add(play)
    own.get("/api/me/changes")
    assert own.delete(f"/api/me/history/{play.pk}").status_code == 204
    changed = {row["kind"]: row for row in own.get("/api/me/changes").json()["results"]}
    assert changed["review"]["data"]["plays"] == []
    assert changed["review"]["revision"] > 1


def test_a_recount_mends_what_is_off() -> None:
    review = ReviewFactory.create(likes_count=3, comments_count=1)
    top = CommentFactory.create(review=review)
    CommentFactory.create(review=review, parent=top)
    CommentFactory.create(review=review, moderation="held")
    assert (recount_reviews(), recount_reviews()) == (1, 0)
    review.refresh_from_db()
    assert (review.likes_count, review.comments_count) == (0, 2)


def test_a_review_is_shared_without_its_secret(anyone: Any) -> None:
    review = ReviewFactory.create(spoiler=True)
    card = anyone.get(f"/api/reviews/{review.pk}/share").json()["card"]
    assert (card["og:type"], card["og:description"]) == ("article", None)
    review.visibility = "private"
    review.save()
    assert anyone.get(f"/api/reviews/{review.pk}/share").status_code == 404


@pytest.mark.parametrize("kind", ["review", "list"])
def test_a_link_opens_one_private_thing_and_not_what_is_held(kind: str, anyone: Any) -> None:
    ann, own = somebody()
    item = ListItemFactory.create(list=MovieListFactory.create(user=ann, visibility="private"))
    thing = ReviewFactory.create(user=ann, visibility="private") if kind == "review" else item.list
    expires = (timezone.now() + timedelta(days=1)).isoformat()
    body = {"kind": kind, "object_id": thing.pk, "expires_at": expires}
    assert somebody()[1].post("/api/me/share-links", body, format="json").status_code == 400
    url = own.post("/api/me/share-links", body, format="json").json()["url"]
    opened = anyone.get(url).json()["thing"]
    assert opened["id"] == thing.pk
    if kind == "list":
        assert [movie["id"] for movie in opened["movies"]] == [item.movie_id]
    thing.moderation = "held"
    thing.save()
    assert anyone.get(url).status_code == 404
