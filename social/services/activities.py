"""Activities: what followers are told. Recorded and forgotten in the transaction of what they are about.

A group of one person and verb is open for six hours or 50 activities, and keeps its place in every feed, so that a
reader who pages meets it once. What happens again within the same group is told once.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from social.models import Activity, ActivityGroup
from watchly.common.visibility import Visibility

OPEN_FOR = timedelta(hours=6)
LARGEST_GROUP = 50
_LAST = """
INSERT INTO social_actor AS a (user_id, last_group_id) VALUES (%s, %s)
ON CONFLICT (user_id) DO UPDATE SET last_group_id = greatest(a.last_group_id, excluded.last_group_id)
"""
_COUNT = """
UPDATE social_activitygroup g SET shown = c.shown, shown_public = c.public
FROM (SELECT i.id, count(a.id) FILTER (WHERE a.shown) AS shown,
             count(a.id) FILTER (WHERE a.shown AND a.visibility = 'public') AS public
      FROM unnest(%s::bigint[]) AS i(id) LEFT JOIN social_activity a ON a.group_id = i.id GROUP BY i.id) c
WHERE g.id = c.id AND (g.shown, g.shown_public) IS DISTINCT FROM (c.shown, c.public)
"""


def record_activity(
    *,
    actor_id: int,
    verb: str,
    visibility: str,
    movie_id: int | None = None,
    target_id: int | None = None,
    object_id: int = 0,
    half_stars: int | None = None,
) -> None:
    """Tells followers of it, or (private) takes back what was told. The caller holds the actor's revision row.

    What was told before and stands in a closed group is told anew in an open one.
    """
    things = {"actor_id": actor_id, "verb": verb, "movie_id": movie_id, "target_id": target_id, "object_id": object_id}
    if visibility == Visibility.PRIVATE:
        forget_activity(**things)  # type: ignore[arg-type]
        return
    now = timezone.now()
    known = Activity.objects.filter(**things).select_related("group").first()
    if known is not None and now - known.group.opened_at < OPEN_FOR:
        known.half_stars, known.visibility = half_stars, visibility
        known.save(update_fields=["half_stars", "visibility"])
        recount_groups([known.group_id])
        return
    if known is not None:
        known.delete()
        recount_groups([known.group_id])
    group = _open_group(actor_id, verb)
    Activity.objects.create(**things, group=group, half_stars=half_stars, visibility=visibility, created_at=now)
    recount_groups([group.pk])
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [actor_id, group.pk])


def forget_activity(
    *, actor_id: int, verb: str, movie_id: int | None = None, target_id: int | None = None, object_id: int = 0
) -> None:
    """Takes back what followers were told."""
    found = Activity.objects.filter(
        actor_id=actor_id, verb=verb, movie_id=movie_id, target_id=target_id, object_id=object_id
    )
    groups = list(found.values_list("group_id", flat=True))
    if groups:
        found.delete()
        recount_groups(groups)


def show_activities(*, verb: str, object_id: int, shown: bool) -> None:
    """Holds back, or shows again, what was told of a review or a list."""
    found = Activity.objects.filter(verb=verb, object_id=object_id).exclude(shown=shown)
    groups = list(found.values_list("group_id", flat=True))
    if groups:
        found.update(shown=shown)
        recount_groups(groups)


def recount_groups(group_ids: list[int]) -> int:
    """Brings the kept counts of these groups in line with their activities; returns how many were off."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [sorted(set(group_ids))])
        return cursor.rowcount


def _open_group(actor_id: int, verb: str) -> ActivityGroup:
    last = ActivityGroup.objects.filter(actor_id=actor_id, verb=verb).order_by("-pk").first()
    now = timezone.now()
    if last is not None and now - last.opened_at < OPEN_FOR and last.shown < LARGEST_GROUP:
        return last
    return ActivityGroup.objects.create(actor_id=actor_id, verb=verb, opened_at=now)
