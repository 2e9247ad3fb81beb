"""Activities: what followers are told. Recorded and forgotten in the transaction of what they are about.

A group of one person and verb is open for six hours or 50 activities, and keeps its place in every feed, so that a
reader who pages meets it once. What happens again within the same group is told once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q
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


@dataclass(frozen=True, slots=True)
class Thing:
    """What somebody did something with: a movie, a person, a play, review or list; and who may know of it."""

    visibility: str
    movie_id: int | None = None
    target_id: int | None = None
    object_id: int = 0
    half_stars: int | None = None

    @property
    def key(self) -> tuple[int | None, int | None, int]:
        """What makes it the same thing."""
        return self.movie_id, self.target_id, self.object_id


def record_activities(*, actor_id: int, verb: str, things: Iterable[Thing]) -> None:
    """Tells followers of these, or (private ones) takes back what was told. The caller holds the actor's revision row.

    What was told before and stands in a group that is closed by now is told anew in an open one.
    """
    wanted = {thing.key: thing for thing in things}
    known = {(one.movie_id, one.target_id, one.object_id): one for one in _told(actor_id, verb, wanted.values())}
    now = timezone.now()
    touched, gone, changed, fresh = set(), [], [], []
    for key, thing in wanted.items():
        one = known.get(key)
        is_open = one is not None and now - one.group.opened_at < OPEN_FOR
        if one is not None and (thing.visibility == Visibility.PRIVATE or not is_open):
            gone.append(one.pk)
            touched.add(one.group_id)
        elif one is not None:
            one.half_stars, one.visibility = thing.half_stars, thing.visibility
            changed.append(one)
            touched.add(one.group_id)
        if thing.visibility != Visibility.PRIVATE and not is_open:
            fresh.append(thing)
    Activity.objects.filter(pk__in=gone).delete()
    Activity.objects.bulk_update(changed, ["half_stars", "visibility"])
    touched |= _add(actor_id, verb, fresh, now)
    if touched:
        recount_groups(sorted(touched))


def forget_activities(*, actor_id: int, verb: str, things: Iterable[Thing]) -> None:
    """Takes back what followers were told of these."""
    record_activities(
        actor_id=actor_id, verb=verb, things=[replace(thing, visibility=Visibility.PRIVATE) for thing in things]
    )


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
    """`record_activities` of one."""
    thing = Thing(visibility, movie_id=movie_id, target_id=target_id, object_id=object_id, half_stars=half_stars)
    record_activities(actor_id=actor_id, verb=verb, things=[thing])


def forget_activity(
    *, actor_id: int, verb: str, movie_id: int | None = None, target_id: int | None = None, object_id: int = 0
) -> None:
    """`forget_activities` of one."""
    thing = Thing(Visibility.PRIVATE, movie_id=movie_id, target_id=target_id, object_id=object_id)
    record_activities(actor_id=actor_id, verb=verb, things=[thing])


def _told(actor_id: int, verb: str, things: Iterable[Thing]) -> list[Activity]:
    """What was told already of these, and maybe of others of the same movies."""
    things = list(things)
    told = Activity.objects.filter(actor=actor_id, verb=verb).select_related("group")
    movies = [thing.movie_id for thing in things if thing.movie_id is not None]
    targets = [thing.target_id for thing in things if thing.target_id is not None]
    objects = [thing.object_id for thing in things if thing.object_id]
    return list(told.filter(Q(movie__in=movies) | Q(target__in=targets) | Q(object_id__in=objects)))


def _add(actor_id: int, verb: str, things: list[Thing], now: datetime) -> set[int]:
    """Puts these into the open group of this person and verb, and into new ones where it is full."""
    if not things:
        return set()
    last = ActivityGroup.objects.filter(actor=actor_id, verb=verb).order_by("-pk").first()
    room = LARGEST_GROUP - last.shown if last is not None and now - last.opened_at < OPEN_FOR else 0
    more = -(-max(len(things) - room, 0) // LARGEST_GROUP)
    opened = ActivityGroup.objects.bulk_create(
        ActivityGroup(actor_id=actor_id, verb=verb, opened_at=now) for _ in range(more)
    )
    places = [last] * max(room, 0) + [group for group in opened for _ in range(LARGEST_GROUP)]
    rows = [
        Activity(
            group=group, actor_id=actor_id, verb=verb, movie_id=thing.movie_id, target_id=thing.target_id,
            object_id=thing.object_id, half_stars=thing.half_stars, visibility=thing.visibility, created_at=now,
        )
        for thing, group in zip(things, places, strict=False)
    ]  # fmt: skip
    groups = {row.group_id for row in rows}
    Activity.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [actor_id, max(groups)])
    return groups


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
