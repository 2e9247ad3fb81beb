"""Signing in: what it gives, what it costs, and what it does not tell."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher, make_password
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Session, User
from accounts.tests.signing_in import PASSWORD, account, bearer, login, tokens
from watchly import settings_accounts
from watchly.common.models import AuditEvent

pytestmark = pytest.mark.django_db

BCRYPT = "django.contrib.auth.hashers.BCryptSHA256PasswordHasher"
ARGON2 = "django.contrib.auth.hashers.Argon2PasswordHasher"
PBKDF2 = "django.contrib.auth.hashers.PBKDF2PasswordHasher"


class CountingHasher(BCryptSHA256PasswordHasher):
    """bcrypt with the fewest rounds there are, counting."""

    rounds = 4
    runs = 0

    def encode(self, password: str, salt: Any) -> str:
        CountingHasher.runs += 1
        return super().encode(password, salt)


@pytest.fixture
def counting(settings: Any) -> type[CountingHasher]:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher", ARGON2, PBKDF2]
    CountingHasher.runs = 0
    return CountingHasher


def cost(hasher: type[CountingHasher], name: str, password: str) -> tuple[int, int, list[str], int]:
    """Of one login: its status, its runs of the hasher, its statements (their beginnings) and their number."""
    before = hasher.runs
    with CaptureQueriesContext(connection) as seen:
        status = login(name, password).status_code
    statements = [each["sql"].split() for each in seen if "SAVEPOINT" not in each["sql"]]
    return status, hasher.runs - before, [" ".join(words[:3]) for words in statements], len(seen)


def test_a_login_gives_tokens_and_who_it_was() -> None:
    user = account(role="curator")
    answer = login()
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 600)
    assert body["user"] == {"id": user.pk, "username": "ada", "roles": ["curator"], "email_verified": True}
    session = Session.objects.get()
    assert (session.user, session.address) == (user, "127.0.0.0")
    assert bearer(body["access"]).get("/api/me/sessions").json()["results"][0]["id"] == session.pk
    user.refresh_from_db()
    assert user.last_login is not None
    assert AuditEvent.objects.filter(event="sign_in", subject_id=user.pk, actor_id=user.pk).count() == 1


@pytest.mark.parametrize(
    ("values", "roles"),
    [({"is_superuser": True}, ["admin"]), ({"role": "curator", "is_superuser": True}, ["admin", "curator"]), ({}, [])],
)
def test_roles_are_the_same_at_login_and_in_the_account(values: dict[str, Any], roles: list[str]) -> None:
    account(**values)
    body = login().json()
    assert body["user"]["roles"] == bearer(body["access"]).get("/api/me").json()["roles"] == roles


@pytest.mark.parametrize("name", ["ADA", "ada@example.org", "Ada@Example.ORG"])
def test_a_name_and_a_verified_address_sign_in_whatever_their_case(name: str) -> None:
    account()
    assert login(name).json()["user"]["username"] == "ada"


def test_an_address_that_is_not_verified_signs_nobody_in() -> None:
    account(verified=False)
    assert login("ada@example.org").status_code == 401


@pytest.mark.parametrize("state", ["wrong", "unknown", "inactive", "no password"])
def test_every_refusal_is_the_same(state: str) -> None:
    user = account(is_active=state != "inactive")
    if state == "no password":
        user.set_unusable_password()
        user.save()
    answer = login("bob" if state == "unknown" else "ada", "wrong" if state == "wrong" else PASSWORD)
    body = answer.json()
    assert (answer.status_code, body["code"]) == (401, "authentication_failed")
    assert body["detail"] == "The name or the password is wrong."
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert not Session.objects.exists()


def test_a_known_and_an_unknown_name_cost_the_same(counting: type[CountingHasher]) -> None:
    account("known")
    account("closed", is_active=False)
    account("keyless").set_unusable_password()
    User.objects.filter(username="keyless").update(password=make_password(None))
    costs = [cost(counting, name, "wrong") for name in ("known", "unknown", "known@example.org", "closed", "keyless")]
    assert costs[0][:2] == (401, 1)
    assert costs == [costs[0]] * 5


def test_a_login_costs_one_bcrypt_and_seven_statements(counting: type[CountingHasher]) -> None:
    """One to look up, three to count the try, and three to open the session, forget the try and note both."""
    account()
    status, runs, statements, all_of_them = cost(counting, "ada", PASSWORD)
    assert (status, runs, len(statements)) == (200, 1, 7)
    assert all_of_them == 11  # with those of its two transactions
    login(password="wrong")
    assert cost(counting, "ada", PASSWORD)[:3] == (200, 1, statements)


@pytest.mark.parametrize("older", [ARGON2, PBKDF2])
def test_an_older_hash_is_taken_and_made_anew(settings: Any, counting: type[CountingHasher], older: str) -> None:
    settings.PASSWORD_HASHERS = [older]
    user = account()
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher", older]
    access = tokens()["access"]
    assert counting.runs == 1
    user.refresh_from_db()
    assert user.password.startswith("bcrypt_sha256$")
    # It is the same password, so nobody is signed out, the sign-in itself least of all.
    assert bearer(access).get("/api/me/sessions").status_code == 200
    assert login().status_code == 200


def test_bcrypt_hashes_and_argon2_and_pbkdf2_are_known() -> None:
    assert [BCRYPT, ARGON2, PBKDF2] == settings_accounts.PASSWORD_HASHERS  # as they are without the tests' quick one


def test_what_is_longer_than_bcrypt_reads_counts() -> None:
    long = "x" * 80
    hashed = make_password(long, hasher="bcrypt_sha256")
    user = account()
    User.objects.filter(pk=user.pk).update(password=hashed)
    assert login(password=long + "y").status_code == 401
    assert login(password=long).status_code == 200


def test_failures_are_in_the_trail_without_the_name() -> None:
    user = account()
    login(password="wrong")
    login("somebody@example.org", "wrong")
    events = list(AuditEvent.objects.filter(event="sign_in_failed").order_by("id"))
    assert [event.subject_id for event in events] == [user.pk, None]
    assert [event.details for event in events] == [{}, {}]


@pytest.mark.parametrize(
    "body",
    [{}, {"username": "ada"}, {"username": "ada", "password": ""}, {"username": ["ada"], "password": "x"}, [], "x"],
)
def test_what_is_no_login_is_a_problem(body: Any) -> None:
    answer = APIClient().post("/api/auth/login", body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("text", ["\x00", "\ud800", "a" * 2000])
def test_what_nobody_types_is_refused(text: str) -> None:
    for name, password in ((text, "x"), ("ada", text)):
        body = json.dumps({"username": name, "password": password})
        answer = APIClient().generic("POST", "/api/auth/login", body, content_type="application/json")
        assert answer.status_code == 400


def test_a_token_in_the_header_does_not_stop_a_login() -> None:
    account()
    assert login(client=bearer("expired.or.broken")).status_code == 200


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari on iPhone"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "unknown device"),
        ("\x07" * 300, "unknown device"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_session_says_on_which_device(user_agent: str, device: str) -> None:
    account()
    login(HTTP_USER_AGENT=user_agent)
    assert Session.objects.get().device == device


def test_a_session_ends_in_sixty_days() -> None:
    account()
    login()
    session = Session.objects.get()
    assert (session.expires_at - session.created_at).days == 60
    assert session.created_at <= timezone.now()
