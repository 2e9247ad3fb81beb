"""Passwords: changed, forgotten, and what ends with the old one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from rest_framework.test import APIClient

from accounts.models import EndReason, OneTimeToken, Session, User
from accounts.services.sessions import end_all_sessions
from accounts.tasks import clear_sign_in
from accounts.tests.signing_in import PASSWORD, account, bearer, code_in, deliver, login, tokens, with_key
from watchly.common.models import AuditEvent

pytestmark = pytest.mark.django_db

OWN = "/api/me/sessions"
NEXT = "a walk along the harbour"


def change(client: APIClient, current: str = PASSWORD, new: str = NEXT, **more: Any) -> Any:
    return client.post("/api/auth/password/change", {"current_password": current, "new_password": new} | more)


def ask(email: str) -> Any:
    return APIClient().post("/api/auth/password/reset", {"email": email})


def confirm(code: str, password: str = NEXT) -> Any:
    return APIClient().post("/api/auth/password/reset/confirm", {"token": code, "new_password": password})


@pytest.mark.parametrize("revoke", [True, False])
def test_a_change_ends_other_sessions_and_asks_about_keys(revoke: bool) -> None:
    user = account()
    key, other, own = with_key(user, "read"), bearer(tokens()["access"]), bearer(tokens()["access"])
    asked = change(own)
    assert (asked.status_code, asked.json()["errors"][0]["pointer"]) == (400, "/revoke_api_keys")
    assert change(own, revoke_api_keys=revoke).status_code == 204
    assert own.get(OWN).status_code == 200
    assert other.get(OWN).status_code == 401
    assert key.get("/api/genres").status_code == (401 if revoke else 200)
    assert login(password=PASSWORD).status_code == 401
    assert login(password=NEXT).status_code == 200
    assert Session.objects.get(revoked_at__isnull=False).revoked_reason == EndReason.PASSWORD_CHANGE
    message = deliver()[-1]
    assert message.subject == "Your password was changed"
    assert ("keys were revoked: 1" in message.body) is revoke
    assert AuditEvent.objects.get(event="password_changed").subject_id == user.pk


@pytest.mark.parametrize(
    ("current", "new", "pointer", "code"),
    [
        ("wrong", NEXT, "/current_password", "wrong_password"),
        (PASSWORD, "short", "/new_password", "password_too_short"),
        (PASSWORD, "ada@example.org", "/new_password", "password_too_similar"),
    ],
)
def test_a_change_that_is_refused_changes_nothing(current: str, new: str, pointer: str, code: str) -> None:
    account()
    own, other = bearer(tokens()["access"]), bearer(tokens()["access"])
    answer = change(own, current, new)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)
    assert answer.json()["errors"][0]["code"] == code
    assert other.get(OWN).status_code == 200
    assert login().status_code == 200
    assert not ProcrastinateJob.objects.exists()


def test_guessing_the_password_of_a_stolen_session_is_counted() -> None:
    account()
    own = bearer(tokens()["access"])
    statuses = [change(own, f"guess {n}").status_code for n in range(6)]
    assert statuses == [400] * 5 + [429]
    assert change(own).status_code == 429  # the right one too


def test_a_password_that_is_set_elsewhere_ends_the_sessions_too() -> None:
    user = account()
    own = bearer(tokens()["access"])
    user.set_password(NEXT)  # as the back office and `manage.py changepassword` do
    user.save()
    assert own.get(OWN).status_code == 401


def test_the_pages_cookie_ends_with_the_password_and_with_a_sign_out_everywhere() -> None:
    user = account(role="curator")
    client = Client()
    client.force_login(user)
    assert client.get(OWN).status_code == 200
    end_all_sessions(user_id=user.pk)
    assert client.get(OWN).status_code == 401
    user.refresh_from_db()
    client.force_login(user)
    answer = client.post(
        "/api/auth/password/change",
        {"current_password": PASSWORD, "new_password": NEXT},
        content_type="application/json",
    )
    assert answer.status_code == 204
    assert client.get(OWN).status_code == 200  # the one that asked
    user.refresh_from_db()
    user.set_password(PASSWORD)
    user.save()
    assert client.get(OWN).status_code == 401


def test_a_cookie_session_survives_the_cache() -> None:
    client = Client()
    client.force_login(account())
    cache.clear()
    assert client.get(OWN).status_code == 200


# --- forgotten --------------------------------------------------------------------------------------------------------


def test_a_forgotten_password_is_set_by_a_code() -> None:
    user = account(verified=False)
    own, key = bearer(tokens()["access"]), with_key(user, "read")
    answer = ask("ADA@example.org")
    assert (answer.status_code, answer.content) == (202, b"")
    code = code_in(deliver()[-1])
    assert confirm(code, "short").status_code == 400
    assert confirm(code).status_code == 204  # a bad password did not use it up
    assert confirm(code).status_code == 400
    assert own.get(OWN).status_code == key.get("/api/genres").status_code == 401
    assert login("ada@example.org", NEXT).json()["user"]["email_verified"] is True  # who reads its e-mail has it
    assert [message.subject for message in deliver()] == ["Your password was changed"]
    assert set(AuditEvent.objects.filter(subject_id=user.pk).values_list("event", flat=True)) >= {
        "password_reset_requested",
        "password_reset",
    }


def test_a_known_and_an_unknown_address_are_answered_alike() -> None:
    account()
    account("closed", is_active=False)
    answers, costs = [], []
    for email in ("ada@example.org", "nobody@example.org", "closed@example.org"):
        with CaptureQueriesContext(connection) as seen:
            answers.append(ask(email))
        costs.append([each["sql"][:40] for each in seen if "SAVEPOINT" not in each["sql"]])
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    assert costs[0] == costs[1] == costs[2]
    assert [message.to for message in deliver()] == [["ada@example.org"]]
    assert "example.org" not in str(list(ProcrastinateJob.objects.values("args")))


def test_the_verified_owner_of_an_address_gets_the_code() -> None:
    account("owner", email="shared@example.org")
    account("other", email="shared@example.org", verified=False)
    ask("shared@example.org")
    (message,) = deliver()
    assert "owner" in message.body
    confirm(code_in(message))
    assert login("owner", NEXT).status_code == 200
    assert login("other").status_code == 200


def test_a_reset_lets_in_whom_guesses_had_locked_out() -> None:
    account()
    for number in range(5):
        login(password=f"guess {number}")
    assert login().status_code == 429
    ask("ada@example.org")
    confirm(code_in(deliver()[0]))
    assert login(password=NEXT).status_code == 200


def test_a_reset_does_not_take_an_address_that_another_account_verified() -> None:
    account("other", email="shared@example.org", verified=False)
    ask("shared@example.org")
    code = code_in(deliver()[0])
    account("owner", email="shared@example.org")
    assert confirm(code).json()["code"] == "email_taken"
    assert login("other").status_code == 200  # with the former password


def test_a_code_holds_for_an_hour_and_the_newest_counts() -> None:
    account()
    ask("ada@example.org")
    first = code_in(deliver()[0])
    ask("ada@example.org")
    second = code_in(deliver()[0])
    assert confirm(first).status_code == 400
    OneTimeToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert confirm(second).status_code == 400


def test_a_code_of_somebody_who_was_closed_since_is_refused() -> None:
    user = account()
    ask("ada@example.org")
    code = code_in(deliver()[0])
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert confirm(code).status_code == 400


def test_old_things_are_cleared_at_night() -> None:
    user = account()
    tokens()
    with_key(user, "read")
    ask("ada@example.org")
    deliver()
    login(password="wrong")
    clear_sign_in(timestamp=0)
    assert (Session.objects.count(), user.api_keys.count(), user.one_time_tokens.count()) == (1, 1, 1)
    Session.objects.update(revoked_at=timezone.now() - timedelta(days=31))
    user.api_keys.update(expires_at=timezone.now() - timedelta(days=31))
    user.one_time_tokens.update(expires_at=timezone.now() - timedelta(seconds=1))
    clear_sign_in(timestamp=0)
    assert (Session.objects.count(), user.api_keys.count(), user.one_time_tokens.count()) == (0, 0, 0)
