"""Passwords that anyone would try first are refused, at every door that sets one."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import OneTimeToken, User
from accounts.services.one_time_tokens import issue_token, secret_of
from accounts.tests.signing_in import PASSWORD, account, bearer, tokens

pytestmark = pytest.mark.django_db


def codes(password: str, user: User | None = None) -> set[str]:
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        return {str(error.code) for error in refusal.error_list}
    return set()


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("watchly123", "password_too_similar"),
        ("Watchly2026!", "password_too_similar"),
        ("W4tchly!!!!", "password_too_similar"),
        ("watchlywatchly", "password_too_similar"),
        ("films2026", "password_too_similar"),  # the host's name
        ("cassandra99", "password_too_similar"),
        ("Quill.1984", "password_too_similar"),
        ("        ", "password_too_repetitive"),
        ("aaaaaaab", "password_too_repetitive"),
        ("abababababab", "password_too_repetitive"),
        ("P@ssw0rd2026", "password_too_common"),
        ("!!sunshine!!", "password_too_common"),
        ("  password  ", "password_too_common"),
        ("dragon20252026", "password_too_common"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, code: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["www.films.example"]
    user = User(username="cassandra", email="quill@example.org")
    assert code in codes(password, user)


@pytest.mark.parametrize("password", [PASSWORD, "kvPw3-xT9q", "watch the tides at dawn", "密码是一首长诗也不短"])
def test_a_good_password_is_accepted(password: str) -> None:
    assert codes(password, User(username="ada", email="ada@example.org")) == set()


@pytest.mark.parametrize("door", ["register", "change", "reset", "back office", "own page", "command"])
def test_every_door_refuses_it(door: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = "watchly123"
    user = account()
    if door == "register":
        body = {"username": "eve", "email": "eve@example.org", "password": bad}
        assert APIClient().post("/api/auth/register", body).status_code == 400
    elif door == "change":
        body = {"current_password": PASSWORD, "new_password": bad}
        assert bearer(tokens()["access"]).post("/api/auth/password/change", body).status_code == 400
    elif door == "reset":
        token = issue_token(user_id=user.pk, purpose=OneTimeToken.Purpose.RESET_PASSWORD, email=user.email)
        body = {"token": secret_of(token), "new_password": bad}
        assert APIClient().post("/api/auth/password/reset/confirm", body).status_code == 400
    elif door == "command":
        monkeypatch.setattr("getpass.getpass", lambda prompt: bad)
        with pytest.raises(CommandError):
            call_command("changepassword", "ada", stdout=io.StringIO(), stderr=io.StringIO())
    else:
        admin = account("root", is_staff=True, is_superuser=True)
        client = Client()
        client.force_login(admin)
        of = f"user/{user.pk}/password" if door == "back office" else "password_change"
        path = f"/admin/accounts/{of}/" if door == "back office" else f"/admin/{of}/"
        form = {"password1": bad, "password2": bad, "usable_password": "true"}
        form |= {"old_password": PASSWORD, "new_password1": bad, "new_password2": bad}
        answer = client.post(path, form)
        assert answer.status_code == 200
        assert "password is made of a name" in answer.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
