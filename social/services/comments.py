"""Comments on reviews: one level deep, edits marked, mentions told."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from social.models import Comment, Moderation, NotificationEvent, Review
from social.services.daily_caps import check_cap
from social.services.moderation_cases import close_cases
from social.services.notifications import forget_events
from social.services.prose import render
from social.services.review_counts import lock_reviews, mend_reviews
from social.services.review_news import tell_of_comment
from social.services.reviews import seen_review
from social.services.revisions import bury, next_revision
from watchly.common.errors import FieldError, Forbidden, NotFound, RuleViolation

COMMENT = "comment"  # its kind among tombstones and changes


@transaction.atomic
def add_comment(*, user_id: int, review_id: int, body: str, parent_id: int | None = None) -> int:
    """Comments on a review, or answers a comment on it; returns the id.

    Raises NotFound for a review that the user does not see, RuleViolation for a comment that cannot be answered,
    RateLimited past the daily cap.
    """
    revision = next_revision(user_id=user_id)
    check_cap(user_id=user_id, name="comments")
    lock_reviews([review_id])
    seen_review(user_id=user_id, review_id=review_id)
    if parent_id is not None:
        _check_parent(user_id, review_id, parent_id)
    comment = Comment.objects.create(
        review_id=review_id,
        user_id=user_id,
        parent_id=parent_id,
        body=body,
        html=render(body).html,
        revision=revision,
    )
    if parent_id is None or Comment.objects.filter(pk=parent_id, moderation=Moderation.VISIBLE).exists():
        Review.objects.filter(pk=review_id).update(comments_count=F("comments_count") + 1)
    tell_of_comment.enqueue(comment_id=comment.pk)
    return comment.pk


@transaction.atomic
def change_comment(*, user_id: int, comment_id: int, body: str) -> None:
    """Changes the words of a comment of one's own. Raises NotFound, Forbidden for another's."""
    own_comment(user_id=user_id, comment_id=comment_id)
    revision = next_revision(user_id=user_id)
    comment = own_comment(user_id=user_id, comment_id=comment_id)
    if comment.body == body:
        return
    comment.body, comment.html = body, render(body).html
    comment.edited_at, comment.revision = timezone.now(), revision
    comment.save(update_fields=["body", "html", "edited_at", "revision", "updated_at"])
    tell_of_comment.enqueue(comment_id=comment.pk)


@transaction.atomic
def delete_comment(*, user_id: int, comment_id: int) -> None:
    """Deletes a comment of one's own. One that has answers leaves an empty place above them, without a name.

    Raises NotFound, Forbidden for another's.
    """
    review_id = own_comment(user_id=user_id, comment_id=comment_id).review_id
    next_revision(user_id=user_id)
    lock_reviews([review_id])
    remove_comment(own_comment(user_id=user_id, comment_id=comment_id))


def remove_comment(comment: Comment) -> None:
    """The same for one whose author's revision, and whose review, are held."""
    user_id: Any = comment.user_id
    bury(user_id=user_id, kind=COMMENT, object_ids=[comment.pk])
    forget_events(events=NotificationEvent.objects.filter(actor=user_id, event=f"comment:{comment.pk}"))
    close_cases(kind="comment", object_ids=[comment.pk])
    _remove(comment)
    mend_reviews([comment.review_id])


def _remove(comment: Comment) -> None:
    """Deletes a comment, or leaves an empty place for its answers, which are shown there also where it was hidden."""
    if comment.answers.exists():
        Comment.objects.filter(pk=comment.pk).update(
            user=None,
            body="",
            html="",
            moderation=Moderation.VISIBLE,
            moderation_reason=None,
            deleted_at=timezone.now(),
        )
        return
    Comment.objects.filter(pk=comment.pk).delete()
    if comment.parent_id is not None:  # an empty place that nothing stands below any more
        Comment.objects.filter(pk=comment.parent_id, deleted_at__isnull=False, answers__isnull=True).delete()


def own_comment(*, user_id: int, comment_id: int) -> Comment:
    """A comment that this user may change. Raises Forbidden for one that they only see, NotFound for any other."""
    comment = Comment.objects.standing().filter(pk=comment_id).first()
    if comment is not None and comment.user_id == user_id:
        return comment
    viewer = User.objects.get(pk=user_id)
    if comment is None or not Comment.objects.visible_to(viewer).filter(pk=comment_id).exists():
        raise NotFound(f"There is no comment {comment_id}.")
    raise Forbidden("This comment is another's.")


def _check_parent(user_id: int, review_id: int, parent_id: int) -> None:
    viewer = User.objects.get(pk=user_id)
    found = Comment.objects.standing().visible_to(viewer).filter(pk=parent_id, review=review_id).first()
    if found is None:
        detail = f"There is no comment {parent_id} on this review to answer."
        raise RuleViolation(errors=[FieldError("/parent_id", "not_found", detail)])
    if found.parent_id is not None:
        detail = f"Answers are one level deep: answer comment {found.parent_id}."
        raise RuleViolation(errors=[FieldError("/parent_id", "too_deep", detail)])
