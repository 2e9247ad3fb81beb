"""Comments over HTTP: in threads one level deep, told, marked, deleted; and only to whom they may be said."""

from __future__ import annotations

from typing import Any

import pytest

from social.models import Comment, Notification, Review, Tombstone
from social.tests.factories import BlockFactory, CommentFactory, ReviewFactory
from social.tests.jobs import run_jobs
from social.tests.people import somebody

pytestmark = pytest.mark.django_db


def say(client: Any, review: Review, body: str, **given: Any) -> Any:
    return client.post(f"/api/reviews/{review.pk}/comments", {"body": body, **given}, format="json")


def thread(client: Any, review: Review) -> list[str]:
    rows = client.get(f"/api/reviews/{review.pk}/comments").json()["results"]
    return [f"{'  ' if row['parent_id'] else ''}{'(deleted)' if row['deleted'] else row['body']}" for row in rows]


def test_answers_stand_below_what_they_answer() -> None:
    _, client = somebody()
    review = ReviewFactory.create()
    first = say(client, review, "First *one*.").json()
    say(client, review, "Second.")
    answer = say(client, review, "To the first.", parent_id=first["id"])
    assert (answer.status_code, answer.json()["parent_id"]) == (201, first["id"])
    assert answer.headers["Location"] == f"/api/comments/{answer.json()['id']}"
    assert first["html"] == "<p>First <em>one</em>.</p>\n"
    assert thread(client, review) == ["First *one*.", "  To the first.", "Second."]
    review.refresh_from_db()
    assert review.comments_count == 3


def test_pages_of_a_thread_neither_skip_nor_repeat(anyone: Any) -> None:
    review = ReviewFactory.create()
    tops = [CommentFactory.create(review=review) for _ in range(3)]
    for top in tops:
        CommentFactory.create(review=review, parent=top)
    path, found = f"/api/reviews/{review.pk}/comments?limit=2", []
    while path:
        page = anyone.get(path).json()
        found += [row["id"] for row in page["results"]]
        path = page["next"]
    assert found == list(Comment.objects.order_by("thread", "pk").values_list("pk", flat=True))


def test_answers_to_answers_and_to_elsewhere_are_refused() -> None:
    _, client = somebody()
    review = ReviewFactory.create()
    top = CommentFactory.create(review=review)
    answer = CommentFactory.create(review=review, parent=top)
    deep = say(client, review, "x", parent_id=answer.pk)
    assert (deep.status_code, deep.json()["errors"][0]["code"]) == (400, "too_deep")
    assert str(top.pk) in deep.json()["errors"][0]["detail"]
    assert say(client, review, "x", parent_id=CommentFactory.create().pk).status_code == 400
    assert say(client, review, " ").status_code == 400
    review.refresh_from_db()
    assert review.comments_count == 0


def test_each_hears_once_and_what_concerns_them_most() -> None:
    ann, _ = somebody(username="ann")
    bob, bobs = somebody(username="bob")
    eve, eves = somebody(username="eve")
    review = ReviewFactory.create(user=ann)
    top = say(bobs, review, "@ann look").json()
    run_jobs()
    say(eves, review, "@bob @ann @eve yes", parent_id=top["id"])
    run_jobs()
    told = Notification.objects.order_by("pk").values_list("user", "kind", "actor", "events")
    assert list(told) == [(ann.pk, "comment", eve.pk, 2), (bob.pk, "reply", eve.pk, 1)]


def test_a_change_is_marked_and_another_may_not_make_it() -> None:
    ann, client = somebody()
    _, other = somebody()
    comment = CommentFactory.create(user=ann)
    path = f"/api/comments/{comment.pk}"
    assert other.patch(path, {"body": "x"}, format="json").status_code == 403
    assert other.delete(path).status_code == 403
    assert client.patch(path, {"body": comment.body}, format="json").json()["edited_at"] is None
    changed = client.patch(path, {"body": "Not **so**."}, format="json").json()
    assert (changed["html"], changed["edited_at"] is not None) == ("<p>Not <strong>so</strong>.</p>\n", True)
    assert client.patch("/api/comments/999999", {"body": "x"}, format="json").status_code == 404


def test_what_has_answers_leaves_its_place_until_they_are_gone() -> None:
    ann, anns = somebody()
    _, bobs = somebody()
    review = ReviewFactory.create()
    top = say(anns, review, "Top.").json()["id"]
    answer = say(bobs, review, "Below.", parent_id=top).json()["id"]
    assert anns.delete(f"/api/comments/{top}").status_code == 204
    assert thread(bobs, review) == ["(deleted)", "  Below."]
    (place, _) = bobs.get(f"/api/reviews/{review.pk}/comments").json()["results"]
    assert (place["user"], place["body"], place["html"]) == (None, "", "")
    assert anns.delete(f"/api/comments/{top}").status_code == 404
    assert say(bobs, review, "Again.", parent_id=top).status_code == 400
    review.refresh_from_db()
    assert review.comments_count == 1
    assert Tombstone.objects.get(user=ann).object_id == top
    assert bobs.delete(f"/api/comments/{answer}").status_code == 204
    assert not Comment.objects.exists()
    review.refresh_from_db()
    assert review.comments_count == 0


def test_a_block_holds_in_threads() -> None:
    ann, anns = somebody()
    bob, bobs = somebody()
    _, eves = somebody()
    review = ReviewFactory.create()
    top = say(bobs, review, "Bob says.").json()["id"]
    say(eves, review, "Eve answers.", parent_id=top)
    BlockFactory.create(blocker=ann, blocked=bob)
    assert thread(anns, review) == []
    assert thread(eves, review) == ["Bob says.", "  Eve answers."]
    assert say(anns, review, "x", parent_id=top).status_code == 400
    assert anns.patch(f"/api/comments/{top}", {"body": "x"}, format="json").status_code == 404
    BlockFactory.create(blocker=review.user, blocked=bob)
    assert bobs.get(f"/api/reviews/{review.pk}/comments").status_code == 404
    assert say(bobs, review, "x").status_code == 404
    # What is one's own can always be taken away.
    assert bobs.delete(f"/api/comments/{top}").status_code == 204


def test_comments_are_among_ones_changes() -> None:
    _, client = somebody()
    review = ReviewFactory.create()
    made = say(client, review, "One.").json()
    (change,) = client.get("/api/me/changes").json()["results"]
    assert (change["kind"], change["id"], change["data"]) == ("comment", made["id"], made)
