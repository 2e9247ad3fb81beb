"""Liking reviews. The review is held first, so that its count and its likes cannot part."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from social.models import NotificationEvent, Review, ReviewLike
from social.services.daily_caps import check_cap
from social.services.notifications import forget_events, notify
from social.services.review_counts import lock_reviews
from social.services.reviews import seen_review


@transaction.atomic
def like_review(*, user_id: int, review_id: int) -> None:
    """Likes a review, and tells its author. Twice changes nothing. Raises NotFound for one that the user does not
    see, RateLimited past the daily cap."""
    lock_reviews([review_id])
    review = seen_review(user_id=user_id, review_id=review_id)
    if ReviewLike.objects.filter(review=review, user=user_id).exists():
        return
    check_cap(user_id=user_id, name="likes")
    like = ReviewLike.objects.create(review=review, user_id=user_id)
    Review.objects.filter(pk=review_id).update(likes_count=F("likes_count") + 1)
    notify(
        kind="like",
        user_id=review.user_id,
        actor_id=user_id,
        event=f"like:{like.pk}",
        about=f"review:{review_id}",
        movie_id=review.movie_id,
    )


@transaction.atomic
def unlike_review(*, user_id: int, review_id: int) -> None:
    """Takes a like back, and what its author was told. Without one nothing happens. Raises NotFound."""
    lock_reviews([review_id])
    review = seen_review(user_id=user_id, review_id=review_id)
    like = ReviewLike.objects.filter(review=review_id, user=user_id).first()
    if like is None:
        return
    forget_events(events=NotificationEvent.objects.filter(user=review.user_id, event=f"like:{like.pk}"))
    like.delete()
    Review.objects.filter(pk=review_id).update(likes_count=F("likes_count") - 1)
