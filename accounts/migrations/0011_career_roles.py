"""Curators decide about doubtful careers; moderators see them."""

from typing import Any

from django.db import migrations

from accounts.roles import ADMIN, CURATOR, MODERATOR, grant


def grant_careers(apps: Any, schema_editor: Any) -> None:
    grant(apps, role=CURATOR, permissions=["movies.view_doubtfulcareer", "movies.change_doubtfulcareer"])
    grant(apps, role=MODERATOR, permissions=["movies.view_doubtfulcareer"])
    grant(apps, role=ADMIN, permissions=["movies.*"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_people_roles"), ("movies", "0016_doubtful_careers")]

    operations = [migrations.RunPython(grant_careers, migrations.RunPython.noop)]
