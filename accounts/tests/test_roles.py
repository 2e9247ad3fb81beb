"""The roles that the migration makes."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from accounts.roles import ADMIN, CURATOR, MODERATOR, ROLES, follow_roles, grant
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def held(role: str) -> set[str]:
    pairs = Permission.objects.filter(group__name=role).values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in pairs}


def test_the_three_roles_are_there() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_a_curator_writes_the_catalogue_and_does_not_remove_it() -> None:
    permissions = held(CURATOR)
    assert {"movies.add_movie", "movies.change_person", "movies.publish_movie", "movies.import_movies"} <= permissions
    assert {"movies.delete_movie", "movies.delete_credit", "movies.add_importrun"} <= permissions
    for denied in ("movies.delete_person", "movies.delete_genre", "movies.purge_movie", "movies.change_importrun"):
        assert denied not in permissions
    assert not [name for name in permissions if not name.startswith("movies.")]


def test_a_moderator_reads_and_decides_about_what_people_write() -> None:
    permissions = held(MODERATOR)
    assert {"movies.view_movie", "movies.view_credit", "movies.view_award"} <= permissions
    assert {"social.view_review", "social.view_moderationcase", "social.moderate"} <= permissions
    more = {name for name in permissions if not name.startswith(("movies.view_", "social.view_"))}
    assert more == {"social.moderate"}
    assert "movies.view_importrun" not in permissions


def test_an_admin_does_everything_here() -> None:
    permissions = held(ADMIN)
    assert held(CURATOR) | held(MODERATOR) <= permissions
    assert {"accounts.change_user", "auth.change_group", "movies.purge_movie", "admin.view_logentry"} <= permissions


def test_the_migration_can_run_again_and_takes_nothing_away() -> None:
    extra = Permission.objects.get(codename="delete_person")
    Group.objects.get(name=CURATOR).permissions.add(extra)
    before = {role: held(role) for role in ROLES}
    import_module("accounts.migrations.0002_roles").make_roles(apps, None)
    assert {role: held(role) for role in ROLES} == before
    assert "movies.delete_person" in held(CURATOR)
    assert Group.objects.count() == len(ROLES)


def test_a_permission_that_is_not_there_is_refused() -> None:
    with pytest.raises(LookupError, match=r"movies\.fly"):
        grant(apps, role=CURATOR, permissions=["movies.fly"])


def test_a_role_makes_staff_and_none_unmakes() -> None:
    user = UserFactory.create()
    user.groups.add(Group.objects.get(name=MODERATOR))
    assert follow_roles(user_id=user.pk)
    user.refresh_from_db()
    assert user.is_staff
    user.groups.clear()
    assert not follow_roles(user_id=user.pk)
    assert follow_roles(user_id=UserFactory.create(is_superuser=True).pk)
