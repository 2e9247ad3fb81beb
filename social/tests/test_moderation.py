"""Reports and what follows: three hold, moderators decide, authors see why, nobody else sees the thing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import UserFactory
from social.models import Activity, Block, Comment, ModerationCase, Notification, Report, Review
from social.services.comments import add_comment
from social.services.lists import make_list
from social.services.moderation import hide, hold, release, uphold_user
from social.services.review_counts import recount_reviews
from social.services.reviews import write_review
from social.tests.factories import CommentFactory, MovieFactory, MovieListFactory, ReviewFactory
from social.tests.jobs import run_jobs
from social.tests.people import signed_in, somebody
from watchly.common.errors import Conflict, Forbidden, NotFound, RuleViolation
from watchly.common.models import AuditEvent

pytestmark = pytest.mark.django_db


def report(client: Any, kind: str, pk: int, **given: Any) -> Any:
    return client.post("/api/reports", {"target": {"kind": kind, "id": pk}, "reason": "spam", **given}, format="json")


def trusted_user(**given: Any) -> tuple[User, Any]:
    days_ago = timezone.now() - timedelta(days=4)
    return somebody(**{"email_verified_at": days_ago, "date_joined": days_ago} | given)


def reported(kind: str, pk: int, times: int = 1) -> ModerationCase:
    """Reports by users who are trusted: verified, and some days old."""
    for _ in range(times):
        assert report(trusted_user()[1], kind, pk).status_code == 201
    return ModerationCase.objects.get(kind=kind, object_id=pk, state="open")


@pytest.fixture
def moderator() -> User:
    return UserFactory.create(role="moderator")


def test_a_report_is_taken_once() -> None:
    _, client = somebody()
    review = ReviewFactory.create()
    first = report(client, "review", review.pk, note="Look.")
    assert first.status_code == 201
    assert first.json()["target"] == {"kind": "review", "id": review.pk}
    again = report(client, "review", review.pk, reason="hate")
    assert (again.status_code, again.json()) == (200, first.json())
    assert (ModerationCase.objects.get().reports_count, Report.objects.count()) == (1, 1)


@pytest.mark.parametrize("kind", ["review", "comment", "list", "user"])
def test_what_is_ones_own_or_not_seen_cannot_be_reported(kind: str) -> None:
    ann, anns = somebody()
    _, bobs = somebody()
    made = {
        "review": lambda: ReviewFactory.create(user=ann, visibility="private"),
        "comment": lambda: CommentFactory.create(user=ann, review=ReviewFactory.create(visibility="private")),
        "list": lambda: MovieListFactory.create(user=ann, visibility="private"),
        "user": lambda: ann,
    }[kind]()
    if kind == "user":
        Block.objects.create(blocker=ann, blocked=User.objects.exclude(pk=ann.pk).latest("pk"))
    assert report(bobs, kind, made.pk).status_code == 400
    if kind != "comment":
        assert report(anns, kind, made.pk).status_code == 400
    assert report(bobs, kind, 10**9).status_code == 400
    assert not ModerationCase.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {"target": {"kind": "movie", "id": 1}, "reason": "spam"},
        {"target": {"kind": "review"}, "reason": "spam"},
        {"target": {"kind": "review", "id": 1}, "reason": "boring"},
        {"reason": "spam"},
    ],
)
def test_reports_that_say_nothing_are_refused(body: dict[str, Any]) -> None:
    assert somebody()[1].post("/api/reports", body, format="json").status_code == 400


def test_three_people_in_a_day_hold_a_thing_back_from_all_but_its_author(anyone: Any) -> None:
    ann, own = somebody()
    review_id = write_review(user_id=ann.pk, movie_id=MovieFactory.create().pk, body="Buy this.")
    path = f"/api/reviews/{review_id}"
    reported("review", review_id, 2)
    assert anyone.get(path).status_code == 200
    case = reported("review", review_id)
    assert case.held
    assert anyone.get(path).status_code == 404
    mine = own.get(path).json()
    assert mine["moderation"] == "held"
    assert "moderator" in mine["moderation_reason"]
    assert not Activity.objects.get(verb="reviewed").shown
    run_jobs()
    assert Notification.objects.get(user=ann).kind == "moderation"
    line = AuditEvent.objects.get(event="moderation_held")
    assert (line.subject_id, line.actor_id, line.details["automatic"]) == (ann.pk, None, True)


@pytest.mark.parametrize(
    "given", [{"email_verified_at": None}, {"date_joined": timezone.now()}, {"erase_after": timezone.now()}]
)
def test_reports_of_new_or_unverified_accounts_hold_nothing_back(given: dict[str, Any]) -> None:
    movie_list = MovieListFactory.create()
    reported("list", movie_list.pk, 2)
    for _ in range(3):
        assert report(trusted_user(**given)[1], "list", movie_list.pk).status_code == 201
    case = ModerationCase.objects.get()
    assert (case.held, case.reports_count) == (False, 5)
    assert reported("list", movie_list.pk).held


def test_reports_of_another_day_do_not_add_up() -> None:
    review = ReviewFactory.create()
    reported("review", review.pk, 2)
    Report.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert not reported("review", review.pk).held


def test_what_a_moderator_found_right_is_held_again_only_when_it_has_changed(moderator: User) -> None:
    review = ReviewFactory.create()
    release(case_id=reported("review", review.pk, 3).pk, moderator_id=moderator.pk)
    assert not reported("review", review.pk, 3).held
    signed_in(review.user).patch(f"/api/reviews/{review.pk}", {"body": "Worse."}, format="json")
    assert reported("review", review.pk).held


def test_a_moderator_holds_hides_and_releases(moderator: User, anyone: Any) -> None:
    ann, own = somebody()
    review_id = write_review(user_id=ann.pk, movie_id=MovieFactory.create().pk, body="So.")
    case = reported("review", review_id)
    path = f"/api/reviews/{review_id}"
    hold(case_id=case.pk, moderator_id=moderator.pk, reason="We look at it.", note="Second time.")
    assert own.get(path).json()["moderation_reason"] == "We look at it."
    hide(case_id=case.pk, moderator_id=moderator.pk, reason="It is an advertisement.")
    case.refresh_from_db()
    assert (case.state, case.held, case.note, case.decided_by) == ("upheld", False, "Second time.", moderator)
    assert (anyone.get(path).status_code, own.get(path).json()["moderation"]) == (404, "hidden")
    with pytest.raises(Conflict):
        hold(case_id=case.pk, moderator_id=moderator.pk, reason="Again.")
    release(case_id=case.pk, moderator_id=moderator.pk)
    assert anyone.get(path).status_code == 200
    assert own.get(path).json()["moderation_reason"] is None
    assert Activity.objects.get(verb="reviewed").shown
    events = AuditEvent.objects.order_by("pk").values_list("event", "actor_id", "subject_id")
    assert list(events) == [(f"moderation_{what}", moderator.pk, ann.pk) for what in ("held", "hidden", "released")]
    run_jobs()
    assert Notification.objects.get(user=ann, kind="moderation").events == 3


def test_a_moderator_does_not_decide_about_themselves(moderator: User) -> None:
    review = ReviewFactory.create(user=moderator)
    about_words = reported("review", review.pk)
    about_them = reported("user", moderator.pk)
    for act in (
        lambda: hold(case_id=about_words.pk, moderator_id=moderator.pk, reason="x"),
        lambda: hide(case_id=about_words.pk, moderator_id=moderator.pk, reason="x"),
        lambda: release(case_id=about_words.pk, moderator_id=moderator.pk),
        lambda: release(case_id=about_them.pk, moderator_id=moderator.pk),
        lambda: uphold_user(case_id=about_them.pk, moderator_id=moderator.pk),
    ):
        with pytest.raises(Forbidden):
            act()
    assert not AuditEvent.objects.filter(event__startswith="moderation").exists()
    assert set(ModerationCase.objects.values_list("state", flat=True)) == {"open"}


def test_people_are_neither_held_nor_hidden(moderator: User) -> None:
    case = reported("user", somebody()[0].pk, 4)
    assert not case.held
    with pytest.raises(RuleViolation):
        hide(case_id=case.pk, moderator_id=moderator.pk, reason="x")
    uphold_user(case_id=case.pk, moderator_id=moderator.pk, note="Told an administrator.")
    case.refresh_from_db()
    assert (case.state, case.note) == ("upheld", "Told an administrator.")
    with pytest.raises(RuleViolation):
        uphold_user(case_id=reported("review", ReviewFactory.create().pk).pk, moderator_id=moderator.pk)


def test_answers_below_a_hidden_comment_do_not_count(moderator: User, anyone: Any) -> None:
    review = ReviewFactory.create()
    comment = add_comment(user_id=UserFactory.create().pk, review_id=review.pk, body="So.")
    add_comment(user_id=UserFactory.create().pk, review_id=review.pk, body="No.", parent_id=comment)
    path = f"/api/reviews/{review.pk}/comments"

    def counted() -> int:
        review.refresh_from_db()
        assert len(anyone.get(path).json()["results"]) == review.comments_count
        assert recount_reviews() == 0
        return int(review.comments_count)

    assert counted() == 2
    case = reported("comment", comment)
    hide(case_id=case.pk, moderator_id=moderator.pk, reason="Rude.")
    assert counted() == 0
    author = Comment.objects.get(pk=comment).user_id or 0
    add_comment(user_id=author, review_id=review.pk, body="Why?", parent_id=comment)
    assert counted() == 0
    release(case_id=case.pk, moderator_id=moderator.pk)
    assert counted() == 3


def test_a_held_comment_is_not_counted_and_not_told(moderator: User, anyone: Any) -> None:
    ann, _ = somebody()
    bob, bobs = somebody()
    review = ReviewFactory.create(user=ann)
    comment_id = add_comment(user_id=bob.pk, review_id=review.pk, body="Spam.")
    run_jobs()
    case = reported("comment", comment_id)
    path = f"/api/reviews/{review.pk}/comments"
    for act, count in (
        (lambda: hold(case_id=case.pk, moderator_id=moderator.pk, reason="x"), 0),
        (lambda: hide(case_id=case.pk, moderator_id=moderator.pk, reason="x"), 0),
        (lambda: release(case_id=case.pk, moderator_id=moderator.pk), 1),
    ):
        act()
        review.refresh_from_db()
        assert (review.comments_count, len(anyone.get(path).json()["results"])) == (count, count)
        assert len(bobs.get(path).json()["results"]) == 1
    assert not Notification.objects.filter(user=ann).exists()


def test_a_held_list_is_its_owners_alone(moderator: User, anyone: Any) -> None:
    ann, own = somebody()
    list_id = make_list(user_id=ann.pk, title="Bad")
    hide(case_id=reported("list", list_id).pk, moderator_id=moderator.pk, reason="Its title.")
    assert anyone.get(f"/api/lists/{list_id}").status_code == 404
    assert anyone.get(f"/api/lists/{list_id}/items").status_code == 404
    assert own.get(f"/api/lists/{list_id}").json()["moderation_reason"] == "Its title."
    assert not Activity.objects.get(verb="listed").shown


def test_what_is_deleted_closes_its_case(moderator: User) -> None:
    review = ReviewFactory.create()
    case = reported("review", review.pk)
    signed_in(review.user).delete(f"/api/reviews/{review.pk}")
    case.refresh_from_db()
    assert (case.state, case.note) == ("dismissed", "It was deleted.")
    with pytest.raises(NotFound):
        hide(case_id=case.pk, moderator_id=moderator.pk, reason="x")
    release(case_id=case.pk, moderator_id=moderator.pk)


def test_a_reason_is_given(moderator: User) -> None:
    case = reported("review", ReviewFactory.create().pk)
    with pytest.raises(RuleViolation):
        hide(case_id=case.pk, moderator_id=moderator.pk, reason=" ")
    assert Review.objects.get().moderation == "visible"
