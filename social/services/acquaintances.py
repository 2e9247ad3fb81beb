"""People whom somebody may know."""

from __future__ import annotations

from typing import Final

from django.db import connection

# Users followed by those whom the user follows, and users with the same favourite movies; each bounded, so that the
# statement stays short for a user who follows thousands. Only accepted follows of accounts in use count, and only those
# whose profile shows the user whom they follow.
_FIND: Final = """
WITH mine AS MATERIALIZED (
    SELECT f.followed_id AS id FROM social_follow f
    JOIN accounts_user u ON u.id = f.followed_id AND u.is_active AND u.erase_after IS NULL
    LEFT JOIN accounts_profile p ON p.user_id = u.id
    WHERE f.follower_id = %(user)s AND f.state = 'accepted' AND coalesce(p.profile_visibility, 'public') <> 'private'
    ORDER BY f.id DESC LIMIT 500
), through AS (
    SELECT f.followed_id AS id, count(*) AS friends FROM mine JOIN LATERAL (
        SELECT followed_id FROM social_follow
        WHERE follower_id = mine.id AND state = 'accepted' ORDER BY id DESC LIMIT 200
    ) f ON true GROUP BY f.followed_id
), taste AS (
    SELECT o.user_id AS id, count(*) AS films FROM (
        SELECT movie_id FROM social_libraryentry WHERE user_id = %(user)s AND favorite
        ORDER BY favorited_at DESC LIMIT 50
    ) f JOIN LATERAL (
        SELECT e.user_id FROM social_libraryentry e LEFT JOIN accounts_profile q ON q.user_id = e.user_id
        WHERE e.movie_id = f.movie_id AND e.favorite AND e.visibility = 'public'
          AND coalesce(q.library_visibility, 'public') = 'public' LIMIT 200
    ) o ON true GROUP BY o.user_id
)
SELECT u.id, coalesce(t.friends, 0), coalesce(s.films, 0)
FROM (SELECT id FROM through UNION SELECT id FROM taste) c
JOIN accounts_user u ON u.id = c.id AND u.is_active AND u.erase_after IS NULL
LEFT JOIN accounts_profile p ON p.user_id = u.id
LEFT JOIN through t ON t.id = c.id LEFT JOIN taste s ON s.id = c.id
WHERE u.id <> %(user)s AND coalesce(p.profile_visibility, 'public') = 'public'
  AND NOT EXISTS (SELECT FROM social_follow f WHERE f.follower_id = %(user)s AND f.followed_id = u.id)
  AND NOT EXISTS (SELECT FROM social_block b
                  WHERE (b.blocker_id, b.blocked_id) IN ((u.id, %(user)s), (%(user)s, u.id)))
ORDER BY 2 * coalesce(t.friends, 0) + coalesce(s.films, 0) DESC, u.id LIMIT %(limit)s
"""


def people_to_know(*, user_id: int, limit: int) -> list[tuple[int, int, int]]:
    """Public profiles that somebody does not follow yet, the likeliest first: (id, friends who follow them, favourite
    films in common)."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND, {"user": user_id, "limit": limit})
        return [tuple(row) for row in cursor.fetchall()]
