"""To remove a withdrawn movie for good is for admins."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from accounts.roles import ADMIN, grant


def let_admins_purge(apps: Any, schema_editor: Any) -> None:
    grant(apps, role=ADMIN, permissions=["movies.purge_movie"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_roles"), ("movies", "0004_admin_indexes")]

    operations = [migrations.RunPython(let_admins_purge, migrations.RunPython.noop)]
