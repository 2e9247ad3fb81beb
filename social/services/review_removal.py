"""Taking reviews away: with what others said about them, which is theirs and leaves its tombstones with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import connection, transaction

from social.models import Activity, Comment, Follow, NotificationEvent, Review, Verb
from social.services.activities import forget_activity
from social.services.moderation_cases import close_cases
from social.services.notifications import forget_events
from social.services.review_counts import lock_reviews
from social.services.revisions import bury, raise_revisions
from watchly.common.errors import Conflict
from watchly.common.visibility import Visibility

_ATTEMPTS = 5
_BURY_COMMENTS = """
WITH gone AS (
    SELECT id, user_id, row_number() OVER (PARTITION BY user_id ORDER BY id) AS place FROM social_comment
    WHERE review_id = ANY(%s) AND user_id IS NOT NULL
), raised AS (
    UPDATE social_userrevision r SET revision = r.revision + c.comments
    FROM (SELECT user_id, count(*) AS comments FROM gone GROUP BY user_id) c
    WHERE r.user_id = c.user_id RETURNING r.user_id, r.revision - c.comments AS before
)
INSERT INTO social_tombstone AS t (user_id, kind, object_id, revision, created_at)
SELECT g.user_id, 'comment', g.id, b.before + g.place, now() FROM gone g JOIN raised b USING (user_id)
ON CONFLICT (user_id, kind, object_id) DO UPDATE SET revision = excluded.revision, created_at = excluded.created_at
"""


class _SomebodyCommentedError(Exception):
    """Between the look at who had commented and the lock."""


def remove_reviews(
    *, user_id: int, review_ids: Iterable[int], check: Callable[[list[Review]], None] | None = None
) -> None:
    """Removes reviews of one user. `check` sees them locked and may raise. Call it inside a transaction.

    The revisions of all whose comments go are held first. Who comments meanwhile is met by trying again.
    """
    ids = sorted(set(review_ids))
    for _ in range(_ATTEMPTS):
        people = _commenters(ids)
        try:
            with transaction.atomic():
                raise_revisions(user_ids={user_id, *people})
                lock_reviews(ids)
                if not _commenters(ids) <= people:
                    raise _SomebodyCommentedError
                _remove(user_id, ids, check)
        except _SomebodyCommentedError:
            continue
        return
    raise Conflict("So many are commenting on it at this moment that it could not be removed: try again.")


def _commenters(review_ids: list[int]) -> set[int]:
    comments = Comment.objects.standing().filter(review__in=review_ids)
    return set(comments.order_by().distinct().values_list("user_id", flat=True))


def _remove(user_id: int, ids: list[int], check: Callable[[list[Review]], None] | None) -> None:
    reviews = list(Review.objects.filter(pk__in=ids, user=user_id).order_by("pk"))
    if check is not None:
        check(reviews)
    ids = [review.pk for review in reviews]
    if not ids:
        return
    forget_told(reviews)
    for review in reviews:
        forget_news(review)
    close_cases(kind="review", object_ids=ids)
    close_cases(kind="comment", object_ids=list(Comment.objects.filter(review__in=ids).values_list("pk", flat=True)))
    with connection.cursor() as cursor:
        cursor.execute(_BURY_COMMENTS, [ids])
    bury(user_id=user_id, kind="review", object_ids=[review.pk for review in reviews if review.merged_into_id is None])
    Review.objects.filter(pk__in=ids).delete()


def forget_told(reviews: list[Review]) -> None:
    """Takes out of inboxes what was told of these reviews, of one user, and what was said about them."""
    ids = [review.pk for review in reviews]
    people = {review.user_id for review in reviews} | _commenters(ids)
    about = [f"review:{pk}" for pk in ids]
    forget_events(events=NotificationEvent.objects.filter(user__in=people, notification__about__in=about))
    names = [f"{name}:{pk}" for pk in ids for name in ("friend_review", "mention:review")]
    forget_events(events=NotificationEvent.objects.filter(actor=reviews[0].user_id, event__in=names))


def forget_unseen(review: Review) -> None:
    """Takes out of the inboxes of users who do not see a review any more that it was written, or mentions them."""
    names = [f"{name}:{review.pk}" for name in ("friend_review", "mention:review")]
    events = NotificationEvent.objects.filter(actor=review.user_id, event__in=names)
    if review.visibility == Visibility.FOLLOWERS:
        followers = Follow.objects.filter(followed=review.user_id, state=Follow.State.ACCEPTED)
        events = events.exclude(user__in=followers.values("follower"))
    forget_events(events=events)


def forget_news(review: Review) -> None:
    """Takes back what followers were told of a review, whichever movie it was of then."""
    told = Activity.objects.filter(verb=Verb.REVIEWED, object_id=review.pk, actor=review.user_id)
    for movie_id in list(told.values_list("movie_id", flat=True)):
        forget_activity(actor_id=review.user_id, verb=Verb.REVIEWED, movie_id=movie_id, object_id=review.pk)
