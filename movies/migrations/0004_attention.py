"""The indexes of the back office's attention lists, built while the tables are in use."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("movies", "0003_suggestion_directors")]

    operations = [
        AddIndexConcurrently(
            model_name="movie",
            index=models.Index(fields=["id"], name="movies_movie_published", condition=Q(state="published")),
        ),
        AddIndexConcurrently(
            model_name="importreject",
            index=models.Index(fields=["id"], name="movies_importreject_refused", condition=Q(accepted=False)),
        ),
        AddIndexConcurrently(
            model_name="importreject",
            index=models.Index(fields=["code", "id"], name="movies_importreject_code", condition=Q(accepted=False)),
        ),
        AddIndexConcurrently(
            model_name="providerrecord",
            index=models.Index(
                fields=["stale_since"], name="movies_providerrecord_stale", condition=Q(stale_since__isnull=False)
            ),
        ),
    ]
