"""Roles: groups that a migration makes. A role makes its holder staff, so that the back office lets them in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.auth.management import create_permissions
from django.db import transaction

from accounts.models import User

if TYPE_CHECKING:
    from django.apps.registry import Apps

CURATOR = "curator"
MODERATOR = "moderator"
ADMIN = "admin"
ROLES = (CURATOR, MODERATOR, ADMIN)


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
