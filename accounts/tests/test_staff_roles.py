"""Giving and taking roles: by the service, the command and the user's page."""

from __future__ import annotations

from io import StringIO
from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.services.roles import check_admins_remain, grant_role, revoke_role
from accounts.services.second_factor import has_second_factor
from accounts.tests.factories import UserFactory
from accounts.tests.showing import App
from accounts.tests.test_admin_users import fields, role, signed_in
from watchly.common.errors import Conflict, NotFound, RuleViolation
from watchly.common.models import AuditEvent

pytestmark = pytest.mark.django_db

USERS = "/admin/accounts/user/"


def trail(user: User) -> list[tuple[str, Any]]:
    rows = AuditEvent.objects.filter(subject_id=user.pk).order_by("pk")
    return [(event.event, event.details.get("role")) for event in rows]


def staff(user: User) -> tuple[bool, list[str]]:
    user.refresh_from_db()
    return user.is_staff, sorted(user.groups.values_list("name", flat=True))


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip()


def test_a_role_is_given_and_taken_once() -> None:
    user = UserFactory.create()
    assert grant_role(user_id=user.pk, role="curator")
    assert not grant_role(user_id=user.pk, role="curator")
    assert staff(user) == (True, ["curator"])
    assert revoke_role(user_id=user.pk, role="curator")
    assert not revoke_role(user_id=user.pk, role="curator")
    assert staff(user) == (False, [])
    assert trail(user) == [("role_granted", "curator"), ("role_revoked", "curator")]


def test_what_cannot_be_says_why_and_changes_nothing() -> None:
    user = UserFactory.create()
    for name in ("king", "user", "Curator"):
        with pytest.raises(RuleViolation, match="use one of curator, moderator, admin"):
            grant_role(user_id=user.pk, role=name)
    for closed in ({"is_active": False}, {"erase_after": timezone.now()}):
        with pytest.raises(Conflict, match="closed or to be erased"):
            grant_role(user_id=UserFactory.create(**closed).pk, role="curator")
    with pytest.raises(NotFound):
        grant_role(user_id=UserFactory.create(erased_at=timezone.now()).pk, role="curator")
    with pytest.raises(NotFound):
        revoke_role(user_id=0, role="curator")
    assert not User.objects.filter(groups__isnull=False).exists()
    assert not AuditEvent.objects.exists()


def test_the_last_admin_stays_one() -> None:
    ada, bob = UserFactory.create(role="admin"), UserFactory.create(role="admin")
    UserFactory.create(role="admin", is_active=False)
    UserFactory.create(role="admin", erase_after=timezone.now())
    assert revoke_role(user_id=bob.pk, role="admin")
    with pytest.raises(Conflict) as refusal:
        revoke_role(user_id=ada.pk, role="admin")
    assert refusal.value.code == "last_administrator"
    assert staff(ada) == (True, ["admin"])
    check_admins_remain(without=bob.pk)  # who is none takes none away
    UserFactory.create(is_superuser=True)
    assert revoke_role(user_id=ada.pk, role="admin")


@pytest.mark.django_db(transaction=True)
def test_of_two_admins_who_leave_at_once_one_stays(transactional_roles: None) -> None:
    admins = [UserFactory.create(role="admin") for _ in range(2)]
    start, refused = Barrier(2), []

    def leave(user: User) -> None:
        try:
            start.wait(10)
            revoke_role(user_id=user.pk, role="admin")
        except Conflict:
            refused.append(user)
        finally:
            connection.close()

    threads = [Thread(target=leave, args=[user]) for user in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert User.objects.filter(groups__name="admin").count() == 1


@pytest.fixture
def transactional_roles() -> None:
    """A test with transactions of its own finds the tables empty."""
    for name in ("curator", "moderator", "admin"):
        Group.objects.get_or_create(name=name)


def test_the_command_gives_and_takes() -> None:
    bob = UserFactory.create(username="Bob")
    assert run("grant_role", "bob", "moderator") == "Bob has the role moderator."
    assert run("grant_role", "bob", "moderator") == "Bob had the role moderator already."
    assert staff(bob) == (True, ["moderator"])
    assert run("grant_role", "bob", "moderator", "--revoke") == "Bob is no moderator any more."
    assert run("grant_role", "bob", "moderator", "--revoke") == "Bob was no moderator."
    assert [event for event, _ in trail(bob)] == ["role_granted", "role_revoked"]
    assert AuditEvent.objects.latest("pk").via == "command"


def test_the_command_says_what_is_wrong() -> None:
    UserFactory.create(username="ada", role="admin")
    for arguments, said in (
        (("nobody", "admin"), "There is no user 'nobody'"),
        (("ada", "king"), "There is no role 'king'"),
        (("ada", "admin", "--revoke"), "the only administrator"),
    ):
        with pytest.raises(CommandError, match=said):
            run("grant_role", *arguments)


def test_the_command_resets_a_second_factor(app: App) -> None:
    ada = UserFactory.create(username="ada", is_superuser=True)
    with pytest.raises(CommandError, match="no second factor"):
        run("reset_second_factor", "ada")
    app.add_to(ada)
    assert "next sign-in" in run("reset_second_factor", "ADA")
    assert not has_second_factor(user_id=ada.pk)
    assert trail(ada)[-1][0] == "second_factor_reset"


def test_the_page_of_a_user_goes_the_same_way_and_is_audited_once() -> None:
    ada, bob = UserFactory.create(role="admin", username="ada"), UserFactory.create()
    client = signed_in(ada)
    client.post(f"{USERS}{bob.pk}/change/", fields(bob, groups=[role("curator").pk, role("moderator").pk]))
    assert trail(bob) == [("role_granted", "curator"), ("role_granted", "moderator")]
    client.post(f"{USERS}{bob.pk}/change/", fields(bob, groups=[role("moderator").pk]))
    assert trail(bob)[2:] == [("role_revoked", "curator")]
    assert staff(bob) == (True, ["moderator"])
    event = AuditEvent.objects.latest("pk")
    assert (event.actor_id, event.via) == (ada.pk, "admin")
    client.post(f"{USERS}{bob.pk}/change/", fields(bob, email="new@example.org", groups=[]))
    assert [event for event, _ in trail(bob)[3:]] == ["role_revoked", "back_office_changed"]


@pytest.mark.parametrize("change", [{"groups": []}, {"is_active": ""}])
def test_the_last_admin_cannot_leave_by_the_page_either(change: dict[str, Any]) -> None:
    ada = UserFactory.create(role="admin", username="ada")
    page = signed_in(ada).post(f"{USERS}{ada.pk}/change/", fields(ada, **change))
    assert "the only administrator" in page.content.decode()
    ada.refresh_from_db()
    assert ada.is_active
    assert staff(ada) == (True, ["admin"])


def test_a_refused_role_leaves_the_rest_of_the_form_undone() -> None:
    ada, bob = UserFactory.create(role="admin"), UserFactory.create(is_active=False)
    changed = fields(bob, email="new@example.org", groups=[role("curator").pk])
    del changed["is_active"]
    page = signed_in(ada).post(f"{USERS}{bob.pk}/change/", changed, follow=True)
    assert "closed or to be erased" in page.content.decode()
    bob.refresh_from_db()
    assert bob.email != "new@example.org"
    assert trail(bob) == []
