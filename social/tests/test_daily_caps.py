"""How much of what others see one account may make in a day: little until its e-mail address is verified."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.utils import timezone

from accounts.tests.factories import UserFactory
from movies.tests.factories import MovieFactory
from social.models import Comment, Follow, MovieList, Notification, NotificationEvent
from social.services import daily_caps
from social.services.daily_caps import CAPS, check_cap
from social.services.people import follow_user, unfollow_user
from social.services.review_news import tell_of_comment
from social.tests.factories import (
    CommentFactory,
    FollowFactory,
    MovieListFactory,
    ReviewFactory,
)
from social.tests.jobs import run_jobs
from social.tests.people import somebody
from watchly.common.errors import RateLimited

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Two of each for unverified accounts, four for others."""
    settings.RATE_SCALE = 1
    caches["limits"].clear()
    capped = {name: daily_caps.Cap(name, 2, 4, cap.made_by) for name, cap in CAPS.items()}
    monkeypatch.setattr(daily_caps, "CAPS", capped)


def calls(name: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Three calls that each make one of a kind."""
    if name == "lists":
        return [("post", "lists", {"title": "x"}) for _ in range(3)]
    if name == "follows":
        return [("put", f"users/{UserFactory.create().username}/follow", {}) for _ in range(3)]
    if name == "reviews":
        return [("post", f"movies/{MovieFactory.create().pk}/reviews", {"body": "Good."}) for _ in range(3)]
    reviews = [ReviewFactory.create().pk for _ in range(3)]
    if name == "likes":
        return [("put", f"reviews/{pk}/like", {}) for pk in reviews]
    if name == "comments":
        return [("post", f"reviews/{pk}/comments", {"body": "So."}) for pk in reviews]
    return [("post", "reports", {"target": {"kind": "review", "id": pk}, "reason": "spam"}) for pk in reviews]


@pytest.mark.parametrize("name", ["comments", "follows", "likes", "lists", "reports", "reviews"])
def test_an_unverified_account_makes_few_in_a_day(name: str) -> None:
    user, client = somebody()

    def call(at: int) -> Any:
        method, path, body = made[at]
        return getattr(client, method)(f"/api/{path}", body, format="json")

    made = calls(name)
    assert all(call(at).status_code < 300 for at in (0, 1))
    refused = call(2)
    assert (refused.status_code, refused.json()["code"]) == (429, "daily_limit")
    assert f"2 {name} in 24 hours" in refused.json()["detail"]
    assert "Verify your e-mail address" in refused.json()["detail"]
    assert 86_000 < int(refused.headers["Retry-After"]) <= 86_400
    if name in ("follows", "likes", "reports"):  # what is there already is not refused
        assert call(1).status_code < 300
    user.email_verified_at = timezone.now()
    user.save()
    assert call(2).status_code < 300


def test_a_verified_account_has_a_cap_too_and_the_window_moves_on() -> None:
    user = UserFactory.create(email_verified_at=timezone.now())
    lists = [MovieListFactory.create(user=user) for _ in range(4)]
    with pytest.raises(RateLimited, match=r"Limit: 4 lists in 24 hours\.$") as refusal:
        check_cap(user_id=user.pk, name="lists")
    MovieList.objects.filter(pk=lists[0].pk).update(created_at=timezone.now() - timedelta(hours=23))
    with pytest.raises(RateLimited) as later:
        check_cap(user_id=user.pk, name="lists")
    assert later.value.retry_after <= 3_600 < refusal.value.retry_after
    MovieList.objects.filter(pk=lists[0].pk).update(created_at=timezone.now() - timedelta(hours=25))
    check_cap(user_id=user.pk, name="lists")


def test_the_scale_multiplies_daily_caps(settings: Any) -> None:
    user = UserFactory.create()
    MovieListFactory.create_batch(2, user=user)
    settings.RATE_SCALE = 2
    check_cap(user_id=user.pk, name="lists")


def test_ten_comments_in_a_minute_are_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    caches["limits"].clear()
    _, client = somebody()
    path = f"/api/reviews/{ReviewFactory.create().pk}/comments"
    answers = [client.post(path, {"body": "So."}, format="json").status_code for _ in range(11)]
    assert answers == [201] * 10 + [429]


def test_mentions_of_one_author_notify_few_in_a_day() -> None:
    names = [UserFactory.create().username for _ in range(5)]
    comment = CommentFactory.create(body=" ".join(f"@{name}" for name in names))
    for _ in range(2):
        tell_of_comment(comment_id=comment.pk)
    other = CommentFactory.create(user=comment.user, body=f"@{names[4]}")
    tell_of_comment(comment_id=other.pk)
    assert Notification.objects.filter(kind="mention").count() == 2
    assert Comment.objects.count() == 2


def test_following_in_turn_leaves_one_notification() -> None:
    ann, bob = UserFactory.create(), UserFactory.create()
    for _ in range(3):
        follow_user(follower_id=ann.pk, username=bob.username)
        run_jobs()
        assert NotificationEvent.objects.filter(user=bob).count() == 1
        unfollow_user(follower_id=ann.pk, username=bob.username)
    assert not Notification.objects.filter(user=bob).exists()
    assert not Follow.objects.exists()
    FollowFactory.create_batch(2, follower=ann)
    with pytest.raises(RateLimited):
        follow_user(follower_id=ann.pk, username=bob.username)
