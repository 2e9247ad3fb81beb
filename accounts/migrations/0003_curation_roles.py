"""What came with the curator's workshop: merging, suggestions, duplicates and histories."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from accounts.roles import ADMIN, CURATOR, MODERATOR, grant

CURATION = (
    "movies.merge_movie",
    "movies.view_merge",
    "movies.view_change",
    "movies.view_duplicatepair",
    "movies.change_duplicatepair",
    "movies.view_suggestion",
    "movies.change_suggestion",
    "movies.view_providerrecord",
    "movies.view_importreject",
)


def grant_curation(apps: Any, schema_editor: Any) -> None:
    grant(apps, role=CURATOR, permissions=CURATION)
    grant(apps, role=MODERATOR, permissions=["movies.view_change", "movies.view_merge", "movies.view_suggestion"])
    grant(apps, role=ADMIN, permissions=["movies.*"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_roles"), ("movies", "0002_curation")]

    operations = [migrations.RunPython(grant_curation, migrations.RunPython.noop)]
