from django.db import migrations

# Follows of before clients heard of them get revisions as if they were made now, or those who hold a cursor would never
# hear of them.
_REVISIONS = """
WITH numbered AS (
    SELECT id, follower_id, row_number() OVER (PARTITION BY follower_id ORDER BY id) AS place,
           count(*) OVER (PARTITION BY follower_id) AS follows
    FROM social_follow
), raised AS (
    INSERT INTO social_userrevision AS r (user_id, revision) SELECT DISTINCT follower_id, follows FROM numbered
    ON CONFLICT (user_id) DO UPDATE SET revision = r.revision + excluded.revision RETURNING user_id, revision
)
UPDATE social_follow f SET revision = r.revision - n.follows + n.place, updated_at = coalesce(accepted_at, created_at)
FROM numbered n JOIN raised r ON r.user_id = n.follower_id WHERE f.id = n.id
"""
# Answers below a comment that is held or hidden do not count any more.
_COMMENTS = """
UPDATE social_review r SET comments_count = (
    SELECT count(*) FROM social_comment c LEFT JOIN social_comment p ON p.id = c.parent_id
    WHERE c.review_id = r.id AND c.deleted_at IS NULL AND c.moderation = 'visible'
      AND coalesce(p.moderation, 'visible') = 'visible'
)
WHERE EXISTS (SELECT FROM social_comment p WHERE p.review_id = r.id AND p.moderation <> 'visible')
"""


class Migration(migrations.Migration):

    dependencies = [
        ('social', '0010_follow_changes'),
    ]

    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in (_REVISIONS, _COMMENTS)]
