"""The short form of codes: for one account or address, a few tries, and nothing of it stored."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from rest_framework.test import APIClient

from accounts.models import OneTimeToken, User
from accounts.services.one_time_tokens import issue_token, secret_of, short_code_of
from accounts.tests.signing_in import PASSWORD, account, bearer, code_in, deliver, login, tokens

pytestmark = pytest.mark.django_db

Purpose = OneTimeToken.Purpose
NEXT = "a walk along the harbour"
WRONG = "ZZZZ-ZZZZ"


def verify(code: str, email: str | None = "ada@example.org", client: APIClient | None = None) -> Any:
    body = {"code": code} | ({"email": email} if email else {})
    return (client or APIClient()).post("/api/auth/email/verify", body)


def reset(code: str, email: str = "ada@example.org", password: str = NEXT) -> Any:
    return APIClient().post(
        "/api/auth/password/reset/confirm", {"code": code, "email": email, "new_password": password}
    )


def issued(user: User, purpose: str = "verify_email", email: str | None = None) -> OneTimeToken:
    return issue_token(user_id=user.pk, purpose=Purpose(purpose), email=email or user.email)


def test_the_e_mail_brings_both_forms_and_either_verifies() -> None:
    body = {"username": "eve", "email": "eve@example.org", "password": PASSWORD}
    APIClient().post("/api/auth/register", body)
    (message,) = deliver()
    (short,) = re.findall(r"^[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}$", message.body, re.M)
    assert len(code_in(message)) == 64
    assert short in message.alternatives[0].content
    assert short.replace("-", "") not in str(OneTimeToken.objects.values())
    assert verify(short.lower().replace("-", " "), "EVE@example.org").json()["email_verified"] is True
    assert verify(short, "eve@example.org").json()["code"] == "code_refused"  # used


def test_a_short_code_resets_a_password_and_a_bad_password_costs_no_try() -> None:
    user = account()
    token = issued(user, "reset_password")
    for _ in range(6):
        assert reset(short_code_of(token), password="short").json()["errors"][0]["pointer"] == "/new_password"
    assert reset(short_code_of(token)).status_code == 204
    assert login(password=NEXT).status_code == 200


def test_a_short_code_changes_the_address_of_its_signed_in_user_alone() -> None:
    user = account()
    account("bob")
    token = issued(user, "change_email", "ada@example.net")
    code = short_code_of(token)
    assert verify(code, "ada@example.net").status_code == 400
    assert verify(code, None, bearer(tokens("bob")["access"])).status_code == 400
    assert verify(code, None).json()["errors"][0]["pointer"] == "/email"
    assert verify(code, None, bearer(tokens()["access"])).status_code == 200
    user.refresh_from_db()
    assert user.email == "ada@example.net"


def test_five_wrong_tries_end_the_short_form_and_not_the_long_one() -> None:
    token = issued(account(verified=False))
    assert [verify(WRONG).status_code for _ in range(5)] == [400] * 5
    assert verify(short_code_of(token)).status_code == 400
    token.refresh_from_db()
    assert token.tries == 5
    assert APIClient().post("/api/auth/email/verify", {"token": secret_of(token)}).status_code == 200


def test_a_code_is_not_found_under_another_address_or_purpose() -> None:
    ada, bob = account(verified=False), account("bob", verified=False)
    code = short_code_of(issued(ada))
    issued(bob)
    assert verify(code, "bob@example.org").status_code == 400
    assert reset(code).status_code == 400
    assert ada.one_time_tokens.get().tries == 0  # guesses elsewhere do not use up its tries
    assert bob.one_time_tokens.get().tries == 1


def test_an_unknown_address_is_refused_like_a_wrong_code() -> None:
    issued(account(verified=False))
    unknown, wrong = verify(WRONG, "nobody@example.org").json(), verify(WRONG).json()
    assert {**unknown, "request_id": ""} == {**wrong, "request_id": ""}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/token"),
        ({"token": "x", "code": "y"}, "/token"),
        ({"token": "x", "email": "ada@example.org"}, "/email"),
    ],
)
def test_exactly_one_form_is_sent(body: dict[str, str], pointer: str) -> None:
    for path in ("/api/auth/email/verify", "/api/auth/password/reset/confirm"):
        answer = APIClient().post(path, body | ({"new_password": NEXT} if "reset" in path else {}))
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)


@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_are_all_counted() -> None:
    token = issued(account(verified=False))

    def call(_: int) -> int:
        try:
            return int(verify(WRONG).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(call, range(8))) == {400}
    token.refresh_from_db()
    assert token.tries == 5
    assert verify(short_code_of(token)).status_code == 400
