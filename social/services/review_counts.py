"""How many like a review and how many comments it has: kept by whoever writes, counted anew by `manage.py recount`."""

from __future__ import annotations

from django.db import connection, transaction

_AT_ONCE = 500
# Counted is what is the same for every reader: not held or hidden comments, places of deleted ones, or answers below a
# held or hidden comment, which are hidden with it. Comments that some readers do not see (a block, a closed profile)
# count, or each reader would need a count of their own.
_COUNTED = """
SELECT r.id, (SELECT count(*) FROM social_reviewlike l WHERE l.review_id = r.id) AS likes,
       (SELECT count(*) FROM social_comment c WHERE c.review_id = r.id AND c.deleted_at IS NULL
        AND c.moderation = 'visible' AND NOT EXISTS (SELECT FROM social_comment p WHERE p.id = c.parent_id
                                                     AND p.moderation <> 'visible')) AS comments
FROM social_review r
"""
_OFF = f"""
SELECT c.id FROM ({_COUNTED}) c JOIN social_review r ON r.id = c.id
WHERE r.merged_into_id IS NULL AND (r.likes_count, r.comments_count) <> (c.likes, c.comments) ORDER BY c.id
"""
_LOCK = "SELECT id FROM social_review WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
_MEND = f"""
UPDATE social_review r SET likes_count = c.likes, comments_count = c.comments
FROM ({_COUNTED} WHERE r.id = ANY(%s)) c
WHERE r.id = c.id AND (r.likes_count, r.comments_count) <> (c.likes, c.comments)
"""


def lock_reviews(review_ids: list[int]) -> None:
    """Whoever likes or comments waits until the transaction ends. After revisions, in the order of the ids."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [sorted(set(review_ids))])


@transaction.atomic
def mend_reviews(review_ids: list[int]) -> int:
    """Counts these reviews' likes and comments anew while nobody adds any; returns how many were off."""
    lock_reviews(review_ids)
    with connection.cursor() as cursor:
        cursor.execute(_MEND, [review_ids])
        return cursor.rowcount


def recount_reviews() -> int:
    """Counts the likes and comments of every review anew; returns how many reviews were off."""
    with connection.cursor() as cursor:
        cursor.execute(_OFF)
        ids = [pk for (pk,) in cursor.fetchall()]
    return sum(mend_reviews(ids[at : at + _AT_ONCE]) for at in range(0, len(ids), _AT_ONCE))
