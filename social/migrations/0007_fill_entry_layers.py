from django.db import migrations

# At first others see what the owner sees ...
_COPY = """
UPDATE social_libraryentry SET shown_status = status, shown_status_before = status_before,
    shown_half_stars = half_stars, shown_rated_at = rated_at,
    shown_plays = plays, shown_last_watched_at = last_watched_at
"""
# ... without what plays and reviews that are narrower than the entry say. Where the origin of a fact is not known, it
# stays with the owner.
_HIDE = """
WITH said AS (
    SELECT e.id, s.is_play, s.half_stars, s.watched_at,
           s.visibility = 'public' OR s.visibility = e.visibility OR e.visibility = 'private' AS wide
    FROM social_libraryentry e JOIN (
        SELECT user_id, movie_id, visibility, half_stars, watched_at, true AS is_play FROM social_play
        UNION ALL
        SELECT user_id, movie_id, visibility, half_stars, NULL, false FROM social_review
        WHERE half_stars IS NOT NULL AND merged_into_id IS NULL
    ) s ON s.user_id = e.user_id AND s.movie_id = e.movie_id
), narrowed AS (
    SELECT id, array_agg(half_stars) FILTER (WHERE NOT wide AND half_stars IS NOT NULL) AS hidden_stars,
           array_agg(half_stars) FILTER (WHERE wide AND half_stars IS NOT NULL) AS wide_stars,
           count(*) FILTER (WHERE wide AND is_play) AS plays, bool_or(wide) AS any_wide,
           max(watched_at) FILTER (WHERE wide) AS last_watched_at
    FROM said GROUP BY id HAVING bool_or(NOT wide)
)
UPDATE social_libraryentry e SET
    shown_half_stars = CASE WHEN e.half_stars = ANY(n.hidden_stars)
        AND NOT coalesce(e.half_stars = ANY(n.wide_stars), false) THEN NULL ELSE e.half_stars END,
    shown_rated_at = CASE WHEN e.half_stars = ANY(n.hidden_stars)
        AND NOT coalesce(e.half_stars = ANY(n.wide_stars), false) THEN NULL ELSE e.rated_at END,
    shown_status = CASE WHEN e.status <> 'watched' OR n.any_wide THEN e.status
        ELSE nullif(e.status_before, 'watched') END,
    shown_status_before = nullif(e.status_before, 'watched'),
    shown_plays = n.plays, shown_last_watched_at = n.last_watched_at
FROM narrowed n WHERE n.id = e.id
"""
# What followers were told of stars that are not shown.
_FORGET = """
DELETE FROM social_activity a USING social_libraryentry e
WHERE a.verb = 'rated' AND a.actor_id = e.user_id AND a.movie_id = e.movie_id
  AND e.half_stars IS NOT NULL AND e.shown_half_stars IS NULL
"""
_COUNT_GROUPS = """
UPDATE social_activitygroup g SET shown = c.shown, shown_public = c.public
FROM (SELECT g.id, count(a.id) FILTER (WHERE a.shown) AS shown,
             count(a.id) FILTER (WHERE a.shown AND a.visibility = 'public') AS public
      FROM social_activitygroup g LEFT JOIN social_activity a ON a.group_id = g.id WHERE g.verb = 'rated' GROUP BY g.id) c
WHERE g.id = c.id AND (g.shown, g.shown_public) IS DISTINCT FROM (c.shown, c.public)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('social', '0006_entry_layers'),
    ]

    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in (_COPY, _HIDE, _FORGET, _COUNT_GROUPS)
    ]
