"""How much of what others see one account may make in 24 hours, counted in the database.

Accounts are cheap to register, so one whose e-mail address is not verified has a low cap. WATCHLY_RATE_SCALE multiplies
all caps. The numbers are documented in docs/community.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import User
from social.models import Comment, Follow, MovieList, NotificationEvent, Report, Review, ReviewLike
from watchly.common.errors import RateLimited

WINDOW = timedelta(hours=24)
# The age from which reports of a verified account can hold a thing back.
TRUSTED_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cap:
    """How many of a kind an account may make in 24 hours, and the rows that count."""

    name: str
    unverified: int
    verified: int
    made_by: Callable[[int], models.QuerySet[Any]]


CAPS: Final = {
    cap.name: cap
    for cap in (
        Cap("reports", 5, 50, lambda user_id: Report.objects.filter(reporter=user_id)),
        Cap("follows", 30, 400, lambda user_id: Follow.objects.filter(follower=user_id)),
        Cap("reviews", 20, 500, lambda user_id: Review.objects.filter(user=user_id)),
        Cap("comments", 20, 300, lambda user_id: Comment.objects.filter(user=user_id)),
        Cap("likes", 60, 2_000, lambda user_id: ReviewLike.objects.filter(user=user_id)),
        Cap("lists", 10, 100, lambda user_id: MovieList.objects.filter(user=user_id)),
        Cap(
            "mentions", 5, 100,
            lambda user_id: NotificationEvent.objects.filter(actor=user_id, notification__kind="mention"),
        ),
    )
}  # fmt: skip


def check_cap(*, user_id: int, name: str) -> None:
    """Raises RateLimited if the account has made as many of these in the last 24 hours as it may.

    Call it with the user's revision held, so that calls at once are counted one after the other.
    """
    cap, now = CAPS[name], timezone.now()
    full_since = _full_since(cap, user_id, cap.unverified, now)
    if full_since is None:
        return
    verified = _is_verified(user_id)
    if verified:
        full_since = _full_since(cap, user_id, cap.verified, now)
        if full_since is None:
            return
    most = _scaled(cap.verified if verified else cap.unverified)
    advice = "" if verified else f" Verify your e-mail address to raise the limit to {_scaled(cap.verified)}."
    raise RateLimited(
        f"Limit: {most} {name} in 24 hours.{advice}",
        retry_after=max(1, math.ceil((full_since + WINDOW - now).total_seconds())),
        code="daily_limit",
    )


def room_left(*, user_id: int, name: str) -> int:
    """How many more of these the account may make now."""
    cap = CAPS[name]
    made = cap.made_by(user_id).filter(created_at__gt=timezone.now() - WINDOW).count()
    return max(0, _scaled(cap.verified if _is_verified(user_id) else cap.unverified) - made)


def trusted() -> models.QuerySet[User]:
    """Accounts in use whose e-mail address is verified and that are at least a day old."""
    return User.objects.shown().filter(email_verified_at__isnull=False, date_joined__lte=timezone.now() - TRUSTED_AFTER)


def _full_since(cap: Cap, user_id: int, most: int, now: datetime) -> datetime | None:
    """When the oldest of the last `most` rows was made, if there are as many in the window."""
    made = cap.made_by(user_id).filter(created_at__gt=now - WINDOW).order_by("-created_at")
    at = _scaled(most) - 1
    return made.values_list("created_at", flat=True)[at : at + 1].first()


def _scaled(most: int) -> int:
    return max(1, math.floor(most * settings.RATE_SCALE))


def _is_verified(user_id: int) -> bool:
    return User.objects.filter(pk=user_id, email_verified_at__isnull=False).exists()
