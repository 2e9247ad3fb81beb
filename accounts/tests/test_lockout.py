"""Guessing: it is counted in the database, by name and address, at every door."""

from __future__ import annotations

from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, BrokenBarrierError
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
from accounts.services.lockout import Failures, forget_name
from accounts.tests.signing_in import ELSEWHERE, PASSWORD, account, login
from watchly.api import limits
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


def test_a_lock_on_a_name_does_not_tell_which_address_belongs_to_it() -> None:
    account()
    assert guess(6, "ada") == [401] * 5 + [429]
    own, foreign = guess(6, "ADA@example.org"), guess(6, "bob@example.org")
    assert own == foreign == [401] * 5 + [429]


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


@pytest.mark.parametrize("door", ["api", "page", "basic"])
@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_get_no_more_tries(door: str, monkeypatch: pytest.MonkeyPatch) -> None:
    account(is_staff=True)
    checked: list[str] = []
    everybody = Barrier(6)

    def slow(password: str, encoded: str, *arguments: Any, **options: Any) -> bool:
        """Nobody gets an answer before as many as can have come here."""
        checked.append(password)
        with suppress(BrokenBarrierError):
            everybody.wait(timeout=2)
        return False

    monkeypatch.setattr("accounts.services.sign_in.check_password", slow)
    monkeypatch.setattr("accounts.models.User.check_password", lambda user, password: slow(password, ""))

    def call(number: int) -> None:
        try:
            if door == "api":
                login(password=f"guess {number}")
            elif door == "page":
                Client().post("/admin/login/", {"username": "ada", "password": f"guess {number}"})
            else:
                APIClient().get("/api/genres", HTTP_AUTHORIZATION=basic_of(f"guess {number}"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(8)))
    assert len(checked) == 5
    assert AccessAttempt.objects.get().failures_since_start == 5
    monkeypatch.undo()
    assert login().status_code == 429


# --- many addresses ---------------------------------------------------------------------------------------------------


def test_an_ipv6_network_counts_as_one_address() -> None:
    account()
    statuses = [login(password="wrong", REMOTE_ADDR=f"2001:db8:7:1::{number:x}").status_code for number in range(40)]
    assert statuses == [401] * 5 + [429] * 35
    assert login(REMOTE_ADDR="2001:db8:7:2::1").status_code == 200


def test_a_wider_ipv6_network_has_ten_times_the_tries() -> None:
    account()
    for subnet in range(10):
        assert guess(5, REMOTE_ADDR=f"2001:db8:7:{subnet}::1") == [401] * 5
    assert login(REMOTE_ADDR="2001:db8:7:ffff::1").status_code == 429
    assert login(REMOTE_ADDR="2001:db8:8::1").status_code == 200


def test_an_ipv4_address_is_the_same_in_ipv6_notation() -> None:
    account()
    guess(5, REMOTE_ADDR="198.51.100.7")
    assert login(REMOTE_ADDR="::ffff:198.51.100.7").status_code == 429
    assert login(REMOTE_ADDR="::ffff:198.51.100.8").status_code == 200
    assert Session.objects.get().address == "198.51.100.0"


def test_a_name_that_is_tried_from_everywhere_pauses_but_for_known_places(settings: Any) -> None:
    settings.RATE_SCALE = 1
    account()
    home, abroad = "203.0.113.5", "192.0.2.77"
    assert login(REMOTE_ADDR=home).status_code == 200
    botnet = [login(password="wrong", REMOTE_ADDR=f"198.18.{number}.1").status_code for number in range(20)]
    assert botnet == [401] * 20
    paused = login(REMOTE_ADDR=abroad)
    assert (paused.status_code, paused.headers["Retry-After"]) == (429, "1")
    assert login(REMOTE_ADDR="203.0.113.99").status_code == 200  # near home
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(seconds=2))
    assert login(password="wrong", REMOTE_ADDR=abroad).status_code == 401
    assert login(REMOTE_ADDR=abroad).headers["Retry-After"] == "2"  # twice as long each time
    assert guess(1, "nobody", REMOTE_ADDR=abroad) == [401]  # other names are not slowed down


@pytest.mark.parametrize(("failures", "pause"), [(19, 0), (20, 1), (21, 2), (28, 256), (29, 300), (5000, 300)])
def test_the_pause_of_a_name_doubles_up_to_five_minutes(failures: int, pause: int, settings: Any) -> None:
    settings.RATE_SCALE = 1
    found = Failures(0, 0, 0, 0, failures, 0.0, known_place=False)
    assert found.retry_after == pause
    assert not replace(found, known_place=True).locked
    assert not replace(found, seconds_since=301.0).locked
