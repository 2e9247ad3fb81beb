"""Every refusal under /api/ is a problem document, whoever refuses."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from rest_framework.test import APIClient

from accounts.tests.factories import UserFactory
from watchly.common.errors import FieldError, RuleViolation

pytestmark = pytest.mark.django_db

MEMBERS = {"type", "title", "status", "detail", "code", "request_id"}


def assert_problem(response: Any, status: int, code: str) -> None:
    assert (response.status_code, response.headers["Content-Type"]) == (status, "application/problem+json")
    body = response.json()
    assert set(body) >= MEMBERS
    assert (body["status"], body["code"], body["request_id"]) == (status, code, response.headers["X-Request-ID"])


def test_an_unrouted_path() -> None:
    assert_problem(Client().get("/api/nothing/here"), 404, "not_found")
    assert_problem(Client().post("/api/nothing"), 404, "not_found")


def test_a_foreign_host() -> None:
    assert_problem(Client().get("/api/movies", headers={"Host": "evil.example"}), 400, "foreign_host")


def test_a_method_that_is_not_there() -> None:
    assert_problem(APIClient().delete("/api/genres"), 405, "method_not_allowed")


def test_an_error_of_ours_shows_nothing_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the secret is swordfish")

    monkeypatch.setattr("watchly.api.pages.fetch", fail)
    response = Client(raise_request_exception=False).get("/api/movies")
    assert_problem(response, 500, "internal_error")
    assert b"swordfish" not in response.content


def test_a_database_that_is_gone_is_503_with_a_time_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("connection refused at 10.0.0.1")

    monkeypatch.setattr("watchly.api.pages.fetch", fail)
    response = Client().get("/api/movies")
    assert_problem(response, 503, "unavailable")
    assert response.headers["Retry-After"] == "2"
    assert b"10.0.0.1" not in response.content


def test_a_session_without_its_csrf_token() -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(UserFactory.create(role="curator"))
    assert_problem(client.post("/api/movies", {"title": "x"}), 403, "permission_denied")


def test_a_request_id_is_taken_over_or_made() -> None:
    assert Client().get("/api/genres", headers={"X-Request-ID": "abc-123"}).headers["X-Request-ID"] == "abc-123"
    made = Client().get("/api/genres", headers={"X-Request-ID": "no good\x7f"}).headers["X-Request-ID"]
    assert len(made) == 32


def test_pages_for_people_keep_their_own_errors() -> None:
    response = Client().get("/nothing")
    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")


def test_who_may_not_is_told_what_would_be_right(db: None, anyone: APIClient, alice: APIClient) -> None:
    for client, status, what in ((anyone, 401, "Authorization: Bearer"), (alice, 403, "an administrator can give you")):
        for method, path in (("post", "/api/movies"), ("post", "/api/movies/bulk"), ("get", "/api/imports/1")):
            answer = getattr(client, method)(path, {})
            assert (answer.status_code, what in answer.json()["detail"]) == (status, True), answer.content


def test_a_refusal_without_words_of_its_own_has_those_of_its_first_error() -> None:
    wrong = [
        FieldError("/parent", "not_found", "There is no comment 9."),
        FieldError("/body", "blank", "Say something."),
    ]
    assert RuleViolation(errors=wrong).detail == "/parent: There is no comment 9."
    assert RuleViolation("Both are wrong.", errors=wrong).detail == "Both are wrong."
    assert RuleViolation().detail == RuleViolation.default_detail
