"""Users and roles in the back office: for admins, who cannot make themselves or anybody a superuser."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

USERS, ROLES = "/admin/accounts/user/", "/admin/auth/group/"
MOST = 15


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin() -> Client:
    return signed_in(UserFactory.create(role="admin", username="ada"))


def role(name: str) -> Group:
    return Group.objects.get(name=name)


def fields(user: User, **changed: Any) -> dict[str, Any]:
    data = {
        "username": user.username,
        "email": user.email,
        "is_active": "on",
        "groups": [g.pk for g in user.groups.all()],
    }
    return {**data, **changed}


def test_every_page_opens_in_few_queries(admin: Client, django_assert_max_num_queries: Any) -> None:
    users = [UserFactory.create(role="curator") for _ in range(20)]
    boss = UserFactory.create(is_superuser=True)
    pages = [
        USERS,
        f"{USERS}?q=user",
        f"{USERS}?groups__id__exact={role('curator').pk}",
        f"{USERS}add/",
        ROLES,
        f"{ROLES}add/",
    ]
    pages += [f"{USERS}{user.pk}/{name}/" for user in (users[0], boss) for name in ("change", "history")]
    pages += [f"{USERS}{users[0].pk}/password/", f"{ROLES}{role('curator').pk}/change/", "/admin/password_change/"]
    for page in pages:
        with django_assert_max_num_queries(MOST, info=page):
            assert admin.get(page).status_code == 200, page


def test_a_role_makes_staff_and_taking_it_away_unmakes(admin: Client) -> None:
    user = UserFactory.create()
    address = f"{USERS}{user.pk}/change/"
    assert admin.post(address, fields(user, groups=[role("curator").pk])).status_code == 302
    user.refresh_from_db()
    assert user.is_staff
    assert signed_in(user).get("/admin/").status_code == 200
    admin.post(address, fields(user, groups=[]))
    user.refresh_from_db()
    assert not user.is_staff
    assert signed_in(user).get("/admin/").status_code == 302


def test_a_new_user_with_a_role_is_staff(admin: Client) -> None:
    password = "sunset-over-the-harbour"
    data = {"username": "bob", "email": "bob@example.org", "usable_password": "true", "password1": password,
            "password2": password, "groups": [role("moderator").pk]}  # fmt: skip
    assert admin.post(f"{USERS}add/", data).status_code == 302
    bob = User.objects.get(username="bob")
    assert bob.is_staff
    assert bob.check_password(password)
    assert "already exists" in admin.post(f"{USERS}add/", {**data, "username": "BOB"}).content.decode()


def test_names_are_unique_whatever_their_case(admin: Client) -> None:
    UserFactory.create(username="Carol")
    user = UserFactory.create()
    response = admin.post(f"{USERS}{user.pk}/change/", fields(user, username="carol"))
    assert "This username is taken" in response.content.decode()


def test_a_new_address_has_to_be_verified_anew(admin: Client) -> None:
    user = UserFactory.create(email_verified_at=timezone.now())
    address = f"{USERS}{user.pk}/change/"
    admin.post(address, fields(user))
    user.refresh_from_db()
    assert user.email_verified_at is not None
    admin.post(address, fields(user, email="other@example.org"))
    user.refresh_from_db()
    assert (user.email, user.email_verified_at) == ("other@example.org", None)


def test_an_admin_makes_nobody_a_superuser(admin: Client) -> None:
    user = UserFactory.create()
    everything = [permission.pk for permission in Permission.objects.all()]
    forged = fields(user, is_superuser="on", is_staff="on", user_permissions=everything)
    assert admin.post(f"{USERS}{user.pk}/change/", forged).status_code == 302
    user.refresh_from_db()
    assert (user.is_superuser, user.is_staff, user.user_permissions.count()) == (False, False, 0)


def test_a_superuser_s_account_is_out_of_an_admin_s_reach(admin: Client) -> None:
    boss = UserFactory.create(is_superuser=True, is_staff=True)
    boss.set_password("before")
    boss.save()
    page = admin.get(f"{USERS}{boss.pk}/change/")
    assert page.status_code == 200
    assert "algorithm" not in page.content.decode()
    assert admin.post(f"{USERS}{boss.pk}/change/", fields(boss, username="gone")).status_code == 403
    new = {"password1": "sunset-over-the-harbour", "password2": "sunset-over-the-harbour"}
    assert admin.get(f"{USERS}{boss.pk}/password/").status_code == 403
    assert admin.post(f"{USERS}{boss.pk}/password/", new).status_code == 403
    boss.refresh_from_db()
    assert boss.check_password("before")


def test_a_superuser_may_make_another() -> None:
    boss, user = UserFactory.create(is_superuser=True, is_staff=True), UserFactory.create()
    signed_in(boss).post(f"{USERS}{user.pk}/change/", fields(user, is_superuser="on"))
    user.refresh_from_db()
    assert (user.is_superuser, user.is_staff) == (True, True)


def test_accounts_are_closed_and_not_deleted(admin: Client) -> None:
    user = UserFactory.create()
    assert admin.post(f"{USERS}{user.pk}/delete/", {"post": "yes"}).status_code == 403
    admin.post(USERS, {"action": "delete_selected", "_selected_action": [user.pk], "post": "yes"})
    assert User.objects.filter(pk=user.pk).exists()


@pytest.mark.parametrize("name", ["curator", "moderator"])
def test_the_other_roles_reach_no_user(name: str) -> None:
    client, user = signed_in(UserFactory.create(role=name)), UserFactory.create()
    for address in (USERS, f"{USERS}add/", f"{USERS}{user.pk}/change/", f"{USERS}{user.pk}/password/", ROLES):
        assert client.get(address).status_code == 403, address
        assert client.post(address, fields(user, is_superuser="on")).status_code == 403, address
    user.refresh_from_db()
    assert not user.is_superuser


def test_the_three_roles_keep_their_names_and_stay(admin: Client) -> None:
    curator = role("curator")
    held = list(curator.permissions.values_list("pk", flat=True))
    admin.post(f"{ROLES}{curator.pk}/change/", {"name": "king", "permissions": held[:3]})
    curator.refresh_from_db()
    assert (curator.name, curator.permissions.count()) == ("curator", 3)
    assert admin.post(f"{ROLES}{curator.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_role_that_goes_leaves_nobody_staff(admin: Client) -> None:
    extra = Group.objects.create(name="translators")
    user = UserFactory.create(role="translators")
    assert "translators" in admin.get(ROLES).content.decode()
    assert admin.post(f"{ROLES}{extra.pk}/delete/", {"post": "yes"}).status_code == 302
    user.refresh_from_db()
    assert not user.is_staff
