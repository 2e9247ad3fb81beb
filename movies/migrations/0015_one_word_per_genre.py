"""Merges genres that are one under several words: earlier imports made `sci fi` beside Science Fiction."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from movies.definition.genres import Vocabulary


def merge_genres(apps: Any, schema_editor: Any) -> None:
    """May run again: a merged genre is not found a second time."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT name, id FROM movies_genre ORDER BY id")
        stored = dict(cursor.fetchall())
        vocabulary = Vocabulary.of(stored)
        for name, genre in stored.items():
            kept = stored.get(vocabulary.find(name) or name)
            if kept is None or kept == genre:
                continue
            cursor.execute(
                "INSERT INTO movies_movie_genres (movie_id, genre_id)"
                " SELECT movie_id, %s FROM movies_movie_genres WHERE genre_id = %s ON CONFLICT DO NOTHING",
                [kept, genre],
            )
            cursor.execute("DELETE FROM movies_movie_genres WHERE genre_id = %s", [genre])
            cursor.execute(
                "UPDATE movies_movie m SET genre_ids = ARRAY("
                "SELECT g.genre_id FROM movies_movie_genres g WHERE g.movie_id = m.id ORDER BY g.genre_id)"
                " WHERE m.genre_ids @> ARRAY[%s]::int[]",
                [genre],
            )
            cursor.execute("DELETE FROM movies_genre WHERE id = %s", [genre])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("movies", "0014_packaged_movies")]

    operations = [migrations.RunPython(merge_genres, migrations.RunPython.noop)]
