"""Roles: groups that a migration makes. A role makes its holder staff, so that the back office lets them in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.auth.management import create_permissions
from django.db import connection, transaction

from accounts.models import User

if TYPE_CHECKING:
    from django.apps.registry import Apps

CURATOR = "curator"
MODERATOR = "moderator"
ADMIN = "admin"
ROLES = (CURATOR, MODERATOR, ADMIN)
# The roles that somebody holds, by name, as a sub-select about the user `u`: those given, and `admin` for a superuser,
# who may do everything that it may.
ROLES_OF_USER = f"""ARRAY(
    SELECT g.name COLLATE "C" FROM accounts_user_groups ug JOIN auth_group g ON g.id = ug.group_id
     WHERE ug.user_id = u.id
     UNION SELECT '{ADMIN}' WHERE u.is_superuser ORDER BY 1)"""


def roles_of(user_id: int) -> list[str]:
    """The names of the roles that a user holds, in order; none for an unknown user."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {ROLES_OF_USER} FROM accounts_user u WHERE u.id = %s", [user_id])
        row = cursor.fetchone()
    return list(row[0]) if row else []


@transaction.atomic
def follow_roles(*, user_id: int) -> bool:
    """Makes a user staff who has a role (or is a superuser) and nobody else; returns whether they are staff now."""
    user = User.objects.select_for_update().get(pk=user_id)
    is_staff = user.is_superuser or user.groups.exists()
    if user.is_staff != is_staff:
        user.is_staff = is_staff
        user.save(update_fields=["is_staff"])
    return is_staff


def grant(apps: Apps, *, role: str, permissions: Iterable[str]) -> None:
    """For migrations: gives a role these permissions (`movies.add_movie`, or `movies.*` for all of an app's).

    Django makes permissions after the last migration; this makes those of the apps it names at once. It can be run
    again, and takes nothing away that an administrator has added. Raises LookupError for a permission that there is
    not.
    """
    wanted = [permission.split(".", 1) for permission in permissions]
    permission_model: Any = apps.get_model("auth", "Permission")
    for label in {label for label, _ in wanted}:
        _make_permissions(apps, label)
    found = []
    for label, codename in wanted:
        of_app = permission_model.objects.filter(content_type__app_label=label)
        rows = list(of_app if codename == "*" else of_app.filter(codename=codename))
        if not rows:
            raise LookupError(f"There is no permission {label}.{codename}.")
        found += rows
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
    group.permissions.add(*found)


def _make_permissions(apps: Apps, label: str) -> None:
    config: Any = apps.get_app_config(label)
    # The app configurations of a migration have no models module, without which create_permissions does nothing.
    config.models_module = True
    create_permissions(config, verbosity=0, apps=apps)
    config.models_module = None
