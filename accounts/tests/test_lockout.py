"""Guessing: it is counted in the database, by name and address, at every door."""

from __future__ import annotations

from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.core.management import call_command
from django.db import connection, connections
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Session
from accounts.services import sign_in as module
from accounts.services.lockout import forget_name
from accounts.services.sign_in import sign_in
from accounts.tests.signing_in import ELSEWHERE, PASSWORD, account, login
from watchly.api import limits
from watchly.common.errors import RateLimited
from watchly.common.models import AuditEvent

pytestmark = pytest.mark.django_db


def guess(times: int, name: str = "ada", **headers: Any) -> list[int]:
    return [login(name, f"guess {number}", **headers).status_code for number in range(times)]


def test_five_wrong_passwords_lock_the_name_for_this_address() -> None:
    user = account()
    assert guess(7) == [401] * 5 + [429] * 2
    answer = login()
    assert (answer.status_code, answer.json()["code"]) == (429, "locked_out")
    assert answer.headers["Retry-After"] == "900"
    assert not Session.objects.exists()
    assert AuditEvent.objects.filter(event="locked_out", subject_id=user.pk).count() == 1


def test_the_victim_enters_from_another_address_and_others_from_this_one() -> None:
    account()
    account("bob")
    guess(6)
    assert login(REMOTE_ADDR=ELSEWHERE).status_code == 200
    assert login("bob").status_code == 200
    assert login().status_code == 429


def test_a_forwarded_address_is_believed_of_as_many_proxies_as_there_are(settings: Any) -> None:
    account()
    spoofed = [login(password="wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}").status_code for n in range(6)]
    assert spoofed == [401] * 5 + [429]
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    assert login(HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == 200
    guess(6, HTTP_X_FORWARDED_FOR="1.1.1.1, 203.0.113.9")  # the proxy wrote the last one
    assert login(HTTP_X_FORWARDED_FOR="2.2.2.2, 203.0.113.9").status_code == 429


def test_name_and_address_of_one_account_are_counted_together() -> None:
    account()
    assert guess(3, "ada") + guess(3, "ADA@example.org") == [401] * 5 + [429]


def test_an_unknown_name_is_locked_alike_and_written_nowhere() -> None:
    assert guess(6, "typed.by.mistake@example.org") == [401] * 5 + [429]
    row = AccessAttempt.objects.get()
    assert row.failures_since_start == 5
    assert "typed" not in str(AccessAttempt.objects.values())
    assert "typed" not in str(AuditEvent.objects.values())


def test_a_locked_login_costs_one_statement_and_no_hasher(monkeypatch: pytest.MonkeyPatch) -> None:
    account()
    guess(5)
    guess(5, "nobody")
    monkeypatch.setattr("accounts.services.sign_in.check_password", lambda *_: pytest.fail("a hasher ran"))
    monkeypatch.setattr("accounts.services.sign_in.make_password", lambda *_: pytest.fail("a hasher ran"))
    for name in ("ada", "nobody"):
        with CaptureQueriesContext(connection) as seen:
            assert login(name).status_code == 429
        assert len(seen) == 1


def test_the_right_password_forgets_and_time_does_too() -> None:
    account()
    guess(4)
    assert login().status_code == 200
    assert guess(5) == [401] * 5
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=15))
    assert login(password="wrong").status_code == 401  # counted anew
    assert AccessAttempt.objects.get().failures_since_start == 1
    assert login().status_code == 200


def test_a_try_during_the_lock_does_not_prolong_it() -> None:
    account()
    guess(5)
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=14))
    before = AccessAttempt.objects.get().attempt_time
    assert login().status_code == 429
    assert AccessAttempt.objects.get().attempt_time == before


def test_one_address_is_slowed_down_whatever_names_it_tries(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RATE_SCALE, settings.ADDRESS_FAILURE_LIMIT = 1, 8
    cache_gone(settings, monkeypatch)  # what is counted there is out of the way
    account()
    for number in range(8):
        login(f"name{number}", "wrong")
    answer = login()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
    assert login(REMOTE_ADDR=ELSEWHERE).status_code == 200
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(hours=1))
    assert login().status_code == 200


def cache_gone(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing answers where the cache was."""
    gone = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": gone, "limits": {**gone, "OPTIONS": {}}}
    monkeypatch.setattr(limits, "_paused_until", 0.0)


def test_without_the_cache_guessing_is_still_locked(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cache_gone(settings, monkeypatch)
    account()
    assert guess(6) == [401] * 5 + [429]
    assert login(REMOTE_ADDR=ELSEWHERE).status_code == 200


def test_django_s_own_doors_count_too(settings: Any) -> None:
    account(role="admin")
    page, basic = Client(), APIClient()
    for number in range(3):
        page.post("/admin/login/", {"username": "ada", "password": f"guess {number}"})
    for number in range(2):
        basic.credentials(HTTP_AUTHORIZATION=basic_of(f"guess {number}"))
        assert basic.get("/api/genres").status_code == 401
    assert login().status_code == 429
    basic.credentials(HTTP_AUTHORIZATION=basic_of(PASSWORD))
    assert basic.get("/api/genres").status_code == 401
    page.post("/admin/login/", {"username": "ada", "password": PASSWORD})
    assert "_auth_user_id" not in page.session
    forget_name(username="ada")
    answer = page.post("/admin/login/", {"username": "ada", "password": PASSWORD})
    assert (answer.status_code, "_auth_user_id" in page.session) == (302, True)
    page.post("/admin/logout/")
    events = set(AuditEvent.objects.values_list("event", flat=True))
    assert {"sign_in_failed", "locked_out", "sign_in", "sign_out"} <= events


def basic_of(password: str) -> str:
    return "Basic " + b64encode(f"ada:{password}".encode()).decode()


def test_axes_own_command_lets_somebody_in_again() -> None:
    account()
    guess(5)
    call_command("axes_reset_username", "ada")
    assert login().status_code == 200


@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_are_all_counted_and_none_slips_in_after_the_lock() -> None:
    account()

    def call(number: int) -> int:
        try:
            return int(login(password=f"guess {number}").status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(call, range(16)))
    assert set(statuses) <= {401, 429}
    assert AccessAttempt.objects.get().failures_since_start == statuses.count(401)
    assert login().status_code == 429


def test_the_count_is_asked_again_where_the_session_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five others guessed wrong while the hasher ran on the right one."""
    account()
    checked = module.check_password

    def slow(*arguments: Any) -> bool:
        monkeypatch.setattr(module, "check_password", checked)
        guess(5)
        return checked(*arguments)

    monkeypatch.setattr(module, "check_password", slow)
    with pytest.raises(RateLimited):
        sign_in(name="ada", password=PASSWORD, address="127.0.0.1", device="")
    assert not Session.objects.exists()
