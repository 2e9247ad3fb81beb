"""Revisions: each change of a user's things takes the next one, in the transaction that changes them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from social.models import Tombstone

_NEXT = """
INSERT INTO social_userrevision AS r (user_id, revision) VALUES (%s, %s)
ON CONFLICT (user_id) DO UPDATE SET revision = r.revision + excluded.revision RETURNING r.revision
"""
_RAISE = """
INSERT INTO social_userrevision AS r (user_id, revision) SELECT u.id, 1 FROM unnest(%s::bigint[]) AS u(id) ORDER BY u.id
ON CONFLICT (user_id) DO UPDATE SET revision = r.revision + 1
"""
_BURY = """
INSERT INTO social_tombstone AS t (user_id, kind, object_id, revision, created_at)
SELECT %s, %s, g.object_id, %s + g.place - 1, now() FROM unnest(%s::bigint[]) WITH ORDINALITY AS g(object_id, place)
ON CONFLICT (user_id, kind, object_id) DO UPDATE SET revision = excluded.revision, created_at = excluded.created_at
"""


def next_revision(*, user_id: int, count: int = 1) -> int:
    """Takes `count` revisions and returns the first. Another writer of the same user waits until this one commits."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [user_id, count])
        return int(cursor.fetchone()[0]) - count + 1


def bury(*, user_id: int, kind: str, object_ids: Iterable[int]) -> None:
    """Leaves a tombstone for each of these things of a user's, with revisions of their own."""
    ids = list(object_ids)
    if not ids:
        return
    first = next_revision(user_id=user_id, count=len(ids))
    with connection.cursor() as cursor:
        cursor.execute(_BURY, [user_id, kind, first, ids])


def unearth(*, user_id: int, kind: str, object_ids: Iterable[int]) -> None:
    """Takes tombstones away of what is there again."""
    Tombstone.objects.filter(user=user_id, kind=kind, object_id__in=list(object_ids)).delete()


def raise_revisions(*, user_ids: Iterable[int]) -> None:
    """Holds the revisions of several users, in the one order in which nobody waits for another in a circle."""
    with connection.cursor() as cursor:
        cursor.execute(_RAISE, [sorted(set(user_ids))])
