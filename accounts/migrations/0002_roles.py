"""The roles: curators write the catalogue, moderators read it, admins do everything."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from accounts.roles import ADMIN, CURATOR, MODERATOR, grant

# What has a page of its own, and what is edited on a movie's page.
NOUNS = ("movie", "person", "genre", "tag", "company", "collection")
PARTS = ("credit", "alternativetitle", "image", "video", "releasedate", "award")


def make_roles(apps: Any, schema_editor: Any) -> None:
    catalogue = NOUNS + PARTS
    view = [f"movies.view_{noun}" for noun in catalogue]
    write = [f"movies.{verb}_{noun}" for verb in ("add", "change") for noun in catalogue]
    # To correct a movie is also to take a wrong credit or trailer away.
    take_away = [f"movies.delete_{part}" for part in PARTS]
    editorial = [
        "movies.publish_movie",
        "movies.withdraw_movie",
        "movies.delete_movie",  # DELETE withdraws
        "movies.import_movies",
        "movies.view_importrun",
        "movies.add_importrun",
    ]
    grant(apps, role=CURATOR, permissions=view + write + take_away + editorial)
    grant(apps, role=MODERATOR, permissions=view)
    grant(apps, role=ADMIN, permissions=["movies.*", "accounts.*", "auth.*", "admin.view_logentry"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("movies", "0001_initial"),
    ]

    # Backwards nothing is done: groups may hold people by then.
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
