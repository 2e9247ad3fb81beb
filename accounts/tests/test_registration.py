"""Registration, and the e-mail addresses of accounts: what is told to whom."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from rest_framework.test import APIClient

from accounts.models import OneTimeToken, User
from accounts.services.emails import send_code
from accounts.tests.signing_in import PASSWORD, account, bearer, code_in, deliver, login, tokens
from watchly.common.models import AuditEvent

pytestmark = pytest.mark.django_db

EVE = {"username": "eve", "email": "eve@example.org", "password": PASSWORD}


def register(**values: Any) -> Any:
    return APIClient().post("/api/auth/register", EVE | values)


def verify(code: str) -> Any:
    return APIClient().post("/api/auth/email/verify", {"token": code})


def test_an_account_is_made_and_its_address_verified() -> None:
    answer = register(email="Eve@EXAMPLE.org")
    user = User.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {"id": user.pk, "username": "eve", "roles": [], "email_verified": False}
    assert (user.email, user.email_verified_at) == ("Eve@example.org", None)
    (message,) = deliver()
    assert message.to == ["Eve@example.org"]
    assert message.alternatives[0].mimetype == "text/html"
    assert code_in(message) in message.alternatives[0].content
    assert verify(code_in(message)).json() == {"username": "eve", "email_verified": True}
    assert login("eve@example.org").json()["user"]["email_verified"] is True
    assert list(AuditEvent.objects.order_by("id").values_list("event", flat=True)) == [
        "sign_up",
        "email_verified",
        "sign_in",
    ]


def test_no_answer_tells_that_an_address_is_known() -> None:
    owner = account("ada")
    register(username="first", email="nobody@example.org")  # what is loaded once is loaded
    with CaptureQueriesContext(connection) as unknown:
        free = register(username="eve", email="free@example.org")
    with CaptureQueriesContext(connection) as known:
        taken = register(username="bob", email="ADA@example.org")
    without = [{**answer.json(), "id": 0, "username": ""} for answer in (free, taken)]
    assert without[0] == without[1]
    assert (free.status_code, set(free.headers)) == (taken.status_code, set(taken.headers))
    assert len(unknown) == len(known)
    # Nor does a login with the new account, or the old one's.
    assert login("eve").json()["user"].keys() == login("bob").json()["user"].keys()
    assert login("ada@example.org").json()["user"]["id"] == owner.pk
    assert bearer(tokens("bob")["access"]).post("/api/auth/email/verify/resend").status_code == 202
    told = [message for message in deliver() if message.to == ["ada@example.org"]]
    assert {message.subject for message in told} == {"Somebody gave your address to Watchly"}
    assert not any(OneTimeToken.objects.filter(user__username="bob", used_at__isnull=False))


def test_a_taken_username_is_said_to_be() -> None:
    account("Eve")
    answer = register()
    assert (answer.status_code, answer.json()["code"]) == (409, "username_taken")
    assert answer.json()["errors"][0]["pointer"] == "/username"
    assert User.objects.count() == 1
    assert not ProcrastinateJob.objects.exists()
    assert register(username="Admin").json()["code"] == "username_taken"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"username": "e"}, "/username"),
        ({"username": "eve@example.org"}, "/username"),
        ({"username": "ève"}, "/username"),
        ({"username": "-eve"}, "/username"),
        ({"username": "e" * 51}, "/username"),
        ({"email": "eve"}, "/email"),
        ({"email": ""}, "/email"),
        ({"password": "short"}, "/password"),
        ({"password": "password123"}, "/password"),
        ({"password": "8462748596"}, "/password"),
        ({"password": "eve@example.org"}, "/password"),
        ({"is_staff": True}, "/is_staff"),
        ({"is_superuser": True}, "/is_superuser"),
        ({"email_verified_at": "2026-01-01T00:00:00Z"}, "/email_verified_at"),
    ],
)
def test_what_does_not_fit_is_said_where_it_stands(change: dict[str, Any], pointer: str) -> None:
    answer = register(**change)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_name_at_once_is_one_account() -> None:
    def call(_: int) -> int:
        try:
            return int(register().status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(call, range(6)))
    assert statuses == [201] + [409] * 5
    assert (User.objects.count(), OneTimeToken.objects.count()) == (1, 1)


# --- codes ------------------------------------------------------------------------------------------------------------


def test_a_code_works_once_and_for_a_day() -> None:
    register()
    code = code_in(deliver()[0])
    OneTimeToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert verify(code).status_code == 400
    OneTimeToken.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    assert verify(code).status_code == 200
    again = verify(code)
    assert (again.status_code, again.json()["code"]) == (400, "code_refused")
    assert again.json()["errors"][0]["pointer"] == "/token"


def test_neither_the_queue_nor_the_table_gives_a_code_away() -> None:
    register()
    code = code_in(deliver()[0])
    held = [*ProcrastinateJob.objects.values(), *OneTimeToken.objects.values()]
    assert code not in str(held)
    assert "eve@example.org" not in str(list(ProcrastinateJob.objects.values()))
    for row in OneTimeToken.objects.values():
        assert verify(row["digest"]).status_code == verify(row["nonce"]).status_code == 400


def test_a_code_is_for_its_purpose() -> None:
    register()
    code = code_in(deliver()[0])
    answer = APIClient().post("/api/auth/password/reset/confirm", {"token": code, "new_password": "quite another one"})
    assert answer.status_code == 400
    assert login("eve").status_code == 200


def test_a_new_code_makes_the_one_before_void() -> None:
    register()
    first = code_in(deliver()[0])
    client = bearer(tokens("eve")["access"])
    assert client.post("/api/auth/email/verify/resend").status_code == 202
    second = code_in(deliver()[0])
    assert verify(first).status_code == 400
    assert verify(second).status_code == 200
    client.post("/api/auth/email/verify/resend")
    assert not deliver()  # there is nothing left to verify


def test_the_first_of_two_to_verify_an_address_has_it() -> None:
    register()
    register(username="bob")
    codes = [code_in(message) for message in deliver()]
    assert verify(codes[0]).status_code == 200
    refused = verify(codes[1])
    assert (refused.status_code, refused.json()["code"]) == (409, "email_taken")
    assert User.objects.get(username="bob").email_verified_at is None
    assert login("eve@example.org").json()["user"]["username"] == "eve"


# --- another address --------------------------------------------------------------------------------------------------


def change(email: str, password: str = PASSWORD) -> Any:
    return bearer(tokens()["access"]).post("/api/auth/email/change", {"email": email, "password": password})


def redeem(code: str) -> Any:
    """A change is redeemed by its user, signed in."""
    return bearer(tokens()["access"]).post("/api/auth/email/verify", {"token": code})


def test_both_addresses_hear_of_a_change() -> None:
    user = account("ada")
    assert change("ada@Example.NET").status_code == 202
    to_new, to_old = deliver()
    assert (to_new.to, to_old.to) == (["ada@example.net"], ["ada@example.org"])
    user.refresh_from_db()
    assert user.email == "ada@example.org"  # until the code comes back
    assert redeem(code_in(to_new)).status_code == 200
    (farewell,) = deliver()
    assert farewell.to == ["ada@example.org"]
    assert APIClient().post("/api/auth/email/undo", {"token": code_in(farewell)}).status_code == 204
    (reset, _) = deliver()
    assert (reset.to, reset.subject) == (["ada@example.org"], "Your code for a new password")
    User.objects.filter(pk=user.pk).update(email="ada@example.net", password=user.password)
    assert login("ada@example.net").status_code == 200
    assert login("ada@example.org").status_code == 401
    assert "example" not in str(list(ProcrastinateJob.objects.values("args")))


def test_a_change_takes_the_password_and_does_not_tell_whose_an_address_is() -> None:
    account("ada")
    account("bob")
    wrong = change("ada@example.net", "wrong")
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (400, "wrong_password")
    assert change("ada@example.org").status_code == 400
    free, taken = change("free@example.net"), change("bob@example.org")
    assert (free.status_code, free.content) == (taken.status_code, taken.content)
    mails = deliver()
    told = [message for message in mails if message.to == ["bob@example.org"]]
    assert [message.subject for message in told] == ["Somebody gave your address to Watchly"]
    assert not any(message.to == ["free@example.net"] for message in mails)  # a later request makes it void


def test_codes_that_went_to_a_former_address_open_nothing_after_a_change() -> None:
    user = account("ada", verified=False)
    send_code(user=user, purpose=OneTimeToken.Purpose.VERIFY_EMAIL, email=user.email)
    APIClient().post("/api/auth/password/reset", {"email": "ada@example.org"})
    to_verify, to_reset = (code_in(message) for message in deliver())
    assert change("ada@example.net").status_code == 202
    (new,) = [code_in(message) for message in deliver() if message.to == ["ada@example.net"]]
    assert redeem(new).status_code == 200

    assert verify(to_verify).json()["code"] == "code_refused"
    answer = APIClient().post(
        "/api/auth/password/reset/confirm", {"token": to_reset, "new_password": "a walk along the harbour"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "code_refused")
    user.refresh_from_db()
    assert user.email == "ada@example.net"
    assert login("ada").status_code == 200
