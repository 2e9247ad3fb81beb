"""Refused authorizations are in the log: bounded, and without what was sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient
from structlog.testing import capture_logs

from accounts.models import User
from accounts.tests.signing_in import account, bearer, tokens, with_key
from watchly.api import refusals

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "_window", refusals._Window())
    # structlog caches a logger at its first use, and a cached one does not hear of `capture_logs`.
    monkeypatch.setattr(refusals, "log", refusals.structlog.get_logger("watchly.security"))


def refused(call: Any) -> list[dict[str, Any]]:
    """The lines that a call leaves."""
    with capture_logs() as lines:
        call()
    return [dict(line) for line in lines if line["event"] in ("refused", "refusals_left_out")]


def test_a_refused_caller_is_named_by_number_route_and_part_of_the_address() -> None:
    user = account()
    client = bearer(tokens()["access"])
    (line,) = refused(lambda: client.post("/api/movies", {}, REMOTE_ADDR="203.0.113.77"))
    assert line == {
        "event": "refused",
        "log_level": "warning",
        "status": 403,
        "code": "permission_denied",
        "method": "POST",
        "route": "api/movies",
        "user_id": user.pk,
        "address": "203.0.113.0",
    }


def ended(user: User) -> APIClient:
    client = bearer(tokens()["access"])
    client.post("/api/auth/logout")
    return client


@pytest.mark.parametrize(
    ("make", "path", "status", "code", "known"),
    [
        (lambda user: with_key(user, "read"), "/api/me/library/batch", 403, "scope_missing", True),
        (ended, "/api/feed", 401, "authentication_failed", True),
        (lambda user: bearer("made.up.token"), "/api/feed", 401, "authentication_failed", False),
        (lambda user: APIClient(HTTP_AUTHORIZATION="Api-Key wly_x"), "/api/feed", 401, "authentication_failed", False),
        (lambda user: APIClient(), "/api/movies", 401, "not_authenticated", False),
    ],
)
def test_refused_credentials_and_privileged_calls_leave_a_line(
    make: Any, path: str, status: int, code: str, known: bool
) -> None:
    user = account()
    client = make(user)
    (line,) = refused(lambda: client.post(path, {}))
    assert (line["status"], line["code"], line["user_id"]) == (status, code, user.pk if known else None)
    assert "made.up" not in str(line)


def test_staff_without_the_permission_leave_a_line_in_the_back_office() -> None:
    user = account(role="moderator")
    client = Client()
    client.force_login(user)
    (line,) = refused(lambda: client.get("/admin/accounts/user/"))
    assert (line["status"], line["route"], line["user_id"]) == (403, "admin/accounts/user/", user.pk)


def test_a_visitor_at_an_ordinary_endpoint_leaves_none() -> None:
    assert refused(lambda: APIClient().get("/api/feed")) == []
    assert refused(lambda: APIClient().get("/api/movies")) == []


def test_lines_are_bounded_and_what_was_left_out_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    client = bearer("made.up.token")
    lines = refused(lambda: [client.get("/api/feed", REMOTE_ADDR=f"2001:db8::{number:x}") for number in range(30)])
    assert len(lines) == refusals.MOST_PER_CALLER
    many = refused(lambda: [client.get("/api/feed", REMOTE_ADDR=f"198.18.{number}.1") for number in range(200)])
    assert len(many) == refusals.MOST_IN_ALL - refusals.MOST_PER_CALLER
    assert len(refusals._window.by_caller) <= refusals.MOST_IN_ALL
    monkeypatch.setattr(refusals._window, "began", refusals._window.began - refusals.WINDOW - 1)
    first, second = refused(lambda: client.get("/api/feed"))
    assert (first["event"], first["count"], second["event"]) == ("refusals_left_out", 20 + 90, "refused")
