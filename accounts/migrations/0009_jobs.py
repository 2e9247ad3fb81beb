"""Lets administrators see background jobs and run failed ones again."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from accounts.roles import ADMIN, grant


def let_admins(apps: Any, schema_editor: Any) -> None:
    grant(apps, role=ADMIN, permissions=["common.view_job", "common.change_job"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_credential_events"), ("common", "0003_jobs")]
    operations = [migrations.RunPython(let_admins, migrations.RunPython.noop)]
