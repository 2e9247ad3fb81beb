"""Curators merge genres, tags and companies; moderators see what was done."""

from typing import Any

from django.db import migrations

from accounts.roles import ADMIN, CURATOR, MODERATOR, grant


def grant_vocabulary(apps: Any, schema_editor: Any) -> None:
    grant(apps, role=CURATOR, permissions=["movies.merge_vocabulary", "movies.view_vocabularymerge"])
    grant(apps, role=MODERATOR, permissions=["movies.view_vocabularymerge"])
    grant(apps, role=ADMIN, permissions=["movies.*"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_session_second_factor"), ("movies", "0019_vocabulary_merges")]

    operations = [migrations.RunPython(grant_vocabulary, migrations.RunPython.noop)]
