"""A username that was freed stays reserved for 90 days, for its former owner alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ReservedName, User
from accounts.services.erasure import erase_account
from accounts.services.usernames import is_reserved
from accounts.tasks import clear_sign_in
from accounts.tests.signing_in import PASSWORD, account

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(account("root", is_staff=True, is_superuser=True))
    return client


def rename(admin: Client, user: User, name: str) -> Any:
    form = {"username": name, "email": user.email, "is_active": "on", "groups": []}
    answer = admin.post(f"/admin/accounts/user/{user.pk}/change/", form)
    user.refresh_from_db()
    return answer


def register(name: str) -> Any:
    return APIClient().post("/api/auth/register", {"username": name, "email": "x@example.org", "password": PASSWORD})


def test_a_former_name_is_taken_by_its_owner_alone(admin: Client) -> None:
    ada, bob = account("Ada"), account("bob")
    assert rename(admin, ada, "countess").status_code == 302
    taken = register("ADA")
    assert (taken.status_code, taken.json()["code"]) == (409, "username_taken")
    assert not User.objects.filter(username__iexact="ada").exists()
    assert "reserved" in rename(admin, bob, "ada").content.decode()
    add = {"username": "ada", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    assert "reserved" in admin.post("/admin/accounts/user/add/", add).content.decode()
    assert rename(admin, ada, "ada").status_code == 302
    assert ada.username == "ada"
    assert register("countess").status_code == 409
    assert rename(admin, ada, "ADA").status_code == 302  # another case is the same name
    assert ReservedName.objects.count() == 1


def test_the_name_of_an_erased_account_is_reserved_and_stored_nowhere() -> None:
    user = account("cassandra")
    User.objects.filter(pk=user.pk).update(erase_after=timezone.now() - timedelta(seconds=1))
    assert erase_account(user_id=user.pk)
    assert register("Cassandra").status_code == 409
    row = ReservedName.objects.get()
    assert row.owner_id is None
    assert "cassandra" not in str(ReservedName.objects.values()).lower()


def test_a_name_is_free_again_after_90_days(admin: Client) -> None:
    ada = account("ada")
    rename(admin, ada, "countess")
    until = ReservedName.objects.get().until
    assert timedelta(days=89, hours=23) < until - timezone.now() <= timedelta(days=90)
    ReservedName.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert register("ada").status_code == 201
    clear_sign_in(timestamp=0)
    assert not ReservedName.objects.exists()


def test_a_reservation_outlives_a_new_secret_key(admin: Client, settings: Any) -> None:
    rename(admin, account("ada"), "countess")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    assert is_reserved(username="ada")
    assert not is_reserved(username="bob")
