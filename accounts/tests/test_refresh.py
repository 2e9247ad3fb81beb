"""Refresh tokens: each is used once, and one that was copied takes its session with it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import jwt
import pytest
from django.db import connections
from django.db.models import F
from django.utils import timezone

from accounts.models import EndReason, RefreshToken, Session
from accounts.tests.signing_in import account, bearer, deliver, refresh, tokens
from watchly.common.models import AuditEvent

OWN = "/api/me/sessions"


def later(by: timedelta) -> None:
    """Lets time pass for every refresh token and session."""
    RefreshToken.objects.update(
        created_at=F("created_at") - by, expires_at=F("expires_at") - by, rotated_at=F("rotated_at") - by
    )
    Session.objects.update(expires_at=F("expires_at") - by)


def name_of(token: str) -> str:
    """The `jti` of a token."""
    return str(jwt.decode(token, options={"verify_signature": False})["jti"])


def alive(pair: dict[str, Any]) -> bool:
    """Whether anything can be done with these tokens."""
    opens = bearer(pair["access"]).get(OWN).status_code == 200
    assert opens == (refresh(pair["refresh"]).status_code == 200)
    return opens


@pytest.mark.django_db
def test_a_refresh_gives_the_next_pair() -> None:
    account()
    first = tokens()
    answer = refresh(first["refresh"])
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    second = answer.json()
    assert set(second) == {"access", "refresh", "token_type", "expires_in"}
    assert second["refresh"] != first["refresh"]
    assert bearer(second["access"]).get(OWN).status_code == 200
    assert refresh(second["refresh"]).status_code == 200
    assert Session.objects.count() == 1


@pytest.mark.django_db
def test_a_used_token_ends_its_session_the_newest_tokens_too() -> None:
    user = account()
    elsewhere, first = tokens(), tokens()
    second = refresh(first["refresh"]).json()
    third = refresh(second["refresh"]).json()
    later(timedelta(seconds=11))
    answer = refresh(first["refresh"])
    assert (answer.status_code, answer.json()["code"]) == (401, "refresh_refused")
    assert not alive(third)
    assert not alive(second)
    assert alive(elsewhere)
    session = Session.objects.get(revoked_at__isnull=False)
    assert session.revoked_reason == EndReason.REUSE
    assert AuditEvent.objects.get(event="refresh_reused").subject_id == user.pk
    (message,) = deliver()
    assert (message.to, "ended" in message.subject) == (["ada@example.org"], True)
    refresh(first["refresh"])
    assert not deliver()  # told once


@pytest.mark.django_db
def test_two_tabs_get_the_same_child() -> None:
    account()
    first = tokens()
    one, other = refresh(first["refresh"]).json(), refresh(first["refresh"]).json()
    assert one["refresh"] == other["refresh"]
    assert alive(one)
    assert RefreshToken.objects.count() == 3  # the first, its one child, and that one's


@pytest.mark.django_db
def test_after_ten_seconds_a_used_token_ends_its_session_though_its_child_was_never_used() -> None:
    account()
    first = tokens()
    second = refresh(first["refresh"]).json()
    later(timedelta(seconds=11))
    assert refresh(first["refresh"]).status_code == 401
    assert not alive(second)


@pytest.mark.django_db
def test_the_grace_is_ten_seconds_and_for_the_newest_parent_alone() -> None:
    account()
    first = tokens()
    second = refresh(first["refresh"]).json()
    later(timedelta(seconds=8))
    again = refresh(first["refresh"]).json()["refresh"]
    assert name_of(again) == name_of(second["refresh"])
    refresh(second["refresh"])
    assert refresh(first["refresh"]).status_code == 401  # its child was used: somebody is two steps behind
    assert not Session.objects.living().exists()


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["reuse", "logout", "logout-all", "password", "by_user", "closed"])
def test_there_is_no_grace_after_the_end(end: str) -> None:
    user = account()
    first = tokens()
    second = refresh(first["refresh"]).json()
    client = bearer(second["access"])
    if end == "reuse":
        Session.objects.all().end(EndReason.REUSE)
    elif end == "password":
        user.set_password("something else entirely")
        user.save()
    elif end == "by_user":
        client.delete(f"{OWN}/{Session.objects.get().pk}")
    elif end == "closed":
        user.is_active = False
        user.save()
    else:
        client.post(f"/api/auth/{end}")
    assert refresh(first["refresh"]).status_code == 401
    assert not alive(second)
    assert RefreshToken.objects.count() == 2


@pytest.mark.django_db
def test_a_user_who_is_gone_is_a_401() -> None:
    user = account()
    pair = tokens()
    user.delete()
    assert refresh(pair["refresh"]).status_code == 401


@pytest.mark.django_db
def test_a_session_slides_for_fourteen_days_and_ends_after_sixty() -> None:
    account()
    pair = tokens()
    session = Session.objects.get()
    for _ in range(4):
        later(timedelta(days=13))
        pair = refresh(pair["refresh"]).json()
    newest = RefreshToken.objects.latest("pk")
    session.refresh_from_db()
    assert newest.expires_at == session.expires_at  # 8 days are left of the 60
    later(timedelta(days=9))
    assert refresh(pair["refresh"]).status_code == 401


@pytest.mark.django_db
def test_a_token_that_was_left_for_fourteen_days_is_over() -> None:
    account()
    pair = tokens()
    RefreshToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert refresh(pair["refresh"]).status_code == 401
    assert Session.objects.living().exists()  # which is no sign of a copy


@pytest.mark.django_db
def test_the_table_holds_no_token() -> None:
    account()
    pair = tokens()
    for row in RefreshToken.objects.values():
        assert len(row["digest"]) == 64
        assert row["digest"] not in pair["refresh"]
        assert refresh(row["digest"]).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_twenty_refreshes_at_once_leave_one_living_family() -> None:
    account()
    first = tokens()
    start = Barrier(20)

    def call(_: int) -> Any:
        start.wait()
        try:
            return refresh(first["refresh"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(call, range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({json.loads(answer.content)["refresh"] for answer in answers}) == 1
    assert (Session.objects.living().count(), RefreshToken.objects.count()) == (1, 2)
    assert alive(answers[0].json())
