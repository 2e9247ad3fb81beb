"""Curators merge and split people; moderators see what was done."""

from typing import Any

from django.db import migrations

from accounts.roles import ADMIN, CURATOR, MODERATOR, grant

SEEN = ("movies.view_personmerge", "movies.view_personsplit")


def grant_people(apps: Any, schema_editor: Any) -> None:
    grant(apps, role=CURATOR, permissions=["movies.merge_person", *SEEN])
    grant(apps, role=MODERATOR, permissions=SEEN)
    grant(apps, role=ADMIN, permissions=["movies.*"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_jobs"), ("movies", "0011_merge_people")]

    operations = [migrations.RunPython(grant_people, migrations.RunPython.noop)]
