"""The feed: what those whom somebody follows did (the design: docs/adr/0021).

Of the followed, thousands maybe, those with the newest groups below the cursor are found first, from indexes alone, and
only of them groups are read: one who follows 5,000 quiet people waits no longer than one who follows five.
"""

from __future__ import annotations

from typing import Final

from django.db import connection

from social.models import Verb
from social.models.entry import EntryQuerySet
from social.models.movie_list import MovieListQuerySet
from social.models.play import PlayQuerySet

# What is done with a section of the profile that is closed to all is told to nobody.
_SECTIONS: Final = {
    Verb.WATCHED: PlayQuerySet.section,
    Verb.RATED: EntryQuerySet.section,
    Verb.FAVORITED: EntryQuerySet.section,
    Verb.LISTED: MovieListQuerySet.section,
}
# Asked of each group before any is counted, or a person with many that are not shown would lose those that are.
_OPEN: Final = f"""'private' NOT IN (coalesce(p.profile_visibility, 'public'), CASE g.verb
    {" ".join(f"WHEN '{verb}' THEN coalesce(p.{section}_visibility, 'public')" for verb, section in _SECTIONS.items())}
    ELSE 'public' END)"""
# The newest group of each followed person below the cursor is the one that is kept with them, else looked up. What is
# kept may be gone since, so it is where a person's groups begin at the latest: everything from the last of these people
# on (`cutoff`) is complete.
_OLDER: Final = f"""
WITH active AS MATERIALIZED (
    SELECT f.followed_id AS actor_id, n.id AS newest
    FROM social_follow f
    JOIN social_actor a ON a.user_id = f.followed_id
    CROSS JOIN LATERAL (
        SELECT a.last_group_id AS id WHERE a.last_group_id < %(before)s
        UNION ALL
        (SELECT g.id FROM social_activitygroup g
         WHERE a.last_group_id >= %(before)s AND g.actor_id = f.followed_id AND g.shown > 0 AND g.id < %(before)s
         ORDER BY g.id DESC LIMIT 1)
    ) n
    WHERE f.follower_id = %(reader)s AND f.state = 'accepted'
    ORDER BY n.id DESC LIMIT %(people)s
)
SELECT (SELECT min(newest) FROM active), (SELECT count(*) FROM active), ARRAY(
    SELECT g.id FROM active a
    JOIN accounts_user u ON u.id = a.actor_id AND u.is_active AND u.erase_after IS NULL
    LEFT JOIN accounts_profile p ON p.user_id = a.actor_id
    CROSS JOIN LATERAL (
        SELECT g.id FROM social_activitygroup g
        WHERE g.actor_id = a.actor_id AND g.shown > 0 AND g.id < %(before)s AND {_OPEN}
        ORDER BY g.id DESC LIMIT %(groups)s
    ) g
    ORDER BY g.id DESC LIMIT %(groups)s
)
"""
_NEWER: Final = f"""
SELECT ARRAY(
    SELECT g.id FROM social_follow f
    JOIN social_actor a ON a.user_id = f.followed_id AND a.last_group_id > %(after)s
    JOIN accounts_user u ON u.id = a.user_id AND u.is_active AND u.erase_after IS NULL
    LEFT JOIN accounts_profile p ON p.user_id = a.user_id
    CROSS JOIN LATERAL (
        SELECT g.id FROM social_activitygroup g
        WHERE g.actor_id = a.user_id AND g.shown > 0 AND g.id > %(after)s AND {_OPEN}
        ORDER BY g.id LIMIT %(groups)s
    ) g
    WHERE f.follower_id = %(reader)s AND f.state = 'accepted'
    ORDER BY g.id LIMIT %(groups)s
)
"""
_MORE_PEOPLE = 8


def groups_before(*, reader_id: int, before: int, limit: int) -> list[int]:
    """The newest groups below this one for a reader, the newest first, exactly."""
    people = limit
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_OLDER, {"reader": reader_id, "before": before, "people": people, "groups": limit})
            cutoff, met, found = cursor.fetchone()
        complete = [group for group in found if group >= cutoff] if met == people else list(found)
        if len(complete) >= limit or met < people:
            return complete[:limit]
        people *= _MORE_PEOPLE


def groups_after(*, reader_id: int, after: int, limit: int) -> list[int]:
    """The groups that follow this one upwards, the newest first: the page before."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWER, {"reader": reader_id, "after": after, "groups": limit})
        return list(reversed(cursor.fetchone()[0]))
