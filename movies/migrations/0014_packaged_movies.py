"""Movies that came with the packaged catalogue get its source, which every import overrules (docs/adr/0012)."""

from django.db import migrations, transaction

# Made by a run of `load_catalogue`, which imports run one at a time make certain. What a file of Watchly's own has
# changed since is that file's word and keeps its rank.
_PACKAGED = """
SELECT m.id FROM movies_movie m
WHERE m.source = 'watchly' AND m.id > %(after)s
  AND EXISTS (
      SELECT FROM movies_importrun r
      WHERE r.names = '["catalogue.ndjson.gz"]' AND r.path IS NULL AND NOT r.preview
        AND m.created_at BETWEEN r.started_at AND coalesce(r.finished_at, now())
  )
  AND NOT EXISTS (
      SELECT FROM movies_change c JOIN movies_importrun r ON r.id = c.run_id
      WHERE c.movie_id = m.id AND r.format IN ('csv', 'json', 'ndjson')
  )
ORDER BY m.id LIMIT 5000
"""


def lower(apps, schema_editor):
    _move(schema_editor, _PACKAGED, "catalogue")


def raise_again(apps, schema_editor):
    _move(
        schema_editor,
        "SELECT id FROM movies_movie WHERE source = 'catalogue' AND id > %(after)s ORDER BY id LIMIT 5000",
        "watchly",
    )


def _move(schema_editor, query, source):
    """In batches, each in a transaction of its own, so that no row stays locked for long."""
    connection, after = schema_editor.connection, 0
    while True:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(query, {"after": after})
            ids = [row[0] for row in cursor.fetchall()]
            if not ids:
                return
            cursor.execute("UPDATE movies_movie SET source = %s WHERE id = ANY(%s)", [source, ids])
        after = ids[-1]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("movies", "0013_rank_of_the_packaged_catalogue")]

    operations = [migrations.RunPython(lower, raise_again, elidable=True)]
