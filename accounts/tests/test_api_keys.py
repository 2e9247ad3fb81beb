"""API keys, and the list of sessions: whose they are, what they open, and when they end."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ApiKey, Session
from accounts.services.api_keys import create_key
from accounts.tests.signing_in import account, bearer, deliver, tokens, with_key
from watchly.common.models import AuditEvent, IdempotencyRecord
from watchly.common.user_data import registered

pytestmark = pytest.mark.django_db

KEYS, SESSIONS = "/api/me/keys", "/api/me/sessions"


@pytest.fixture
def ada() -> APIClient:
    account("ada")
    return bearer(tokens("ada")["access"])


def test_a_key_is_shown_once(ada: APIClient) -> None:
    answer = ada.post(KEYS, {"name": "Media centre", "scopes": ["scrobble", "read"]})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    body = answer.json()
    assert re.fullmatch(r"wly_[0-9A-Za-z]{8}_[0-9A-Za-z]{32}", body["key"])
    assert (body["scopes"], body["key"][4:12]) == (["read", "scrobble"], body["prefix"])
    (listed,) = ada.get(KEYS).json()["results"]
    assert listed == {name: value for name, value in body.items() if name != "key"}
    (message,) = [message for message in deliver() if "API key" in message.subject]
    assert "Media centre (read, scrobble)" in message.body
    assert AuditEvent.objects.get(event="key_created").details == {"key": body["id"], "scopes": ["read", "scrobble"]}


def test_what_the_table_holds_signs_nobody_in(ada: APIClient) -> None:
    key = ada.post(KEYS, {"name": "x", "scopes": ["read"]}).json()["key"]
    (row,) = ApiKey.objects.values()
    assert key not in str(row)
    for secret in (row["digest"][:32], row["digest"]):
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Api-Key wly_{row['prefix']}_{secret}")
        assert client.get("/api/genres").status_code == 401


def test_a_repetition_is_a_conflict_and_keeps_no_secret(ada: APIClient) -> None:
    headers = {"Idempotency-Key": "one"}
    first = ada.post(KEYS, {"name": "x", "scopes": ["read"]}, headers=headers)
    again = ada.post(KEYS, {"name": "x", "scopes": ["read"]}, headers=headers)
    assert (first.status_code, again.status_code, again.json()["code"]) == (201, 409, "answer_not_kept")
    assert ApiKey.objects.count() == 1
    assert bytes(IdempotencyRecord.objects.get().body) == b""


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"scopes": ["read"]}, "/name"),
        ({"name": "x"}, "/scopes"),
        ({"name": "x", "scopes": []}, "/scopes"),
        ({"name": "x", "scopes": ["admin"]}, "/scopes/0"),
        ({"name": "x", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
        ({"name": "x", "scopes": ["read"], "rate_per_minute": 10**6}, "/rate_per_minute"),
    ],
)
def test_what_is_no_key_is_refused(ada: APIClient, body: dict[str, Any], pointer: str) -> None:
    answer = ada.post(KEYS, body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)
    assert not ApiKey.objects.exists()


def test_nobody_has_more_than_fifty(ada: APIClient) -> None:
    user = Session.objects.get().user
    for _ in range(50):
        create_key(user_id=user.pk, name="x", scopes=["read"])
    answer = ada.post(KEYS, {"name": "x", "scopes": ["read"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_keys")
    with CaptureQueriesContext(connection) as many:
        assert len(ada.get(KEYS).json()["results"]) == 50
    ada.delete(f"{KEYS}/{ApiKey.objects.latest('pk').pk}")
    assert ada.post(KEYS, {"name": "x", "scopes": ["read"]}).status_code == 201
    ApiKey.objects.all().delete()
    with CaptureQueriesContext(connection) as none:
        ada.get(KEYS)
    assert len(many) == len(none)


def test_a_key_ends_at_once(ada: APIClient) -> None:
    user = Session.objects.get().user
    revoked, expired, closed = (with_key(user, "read") for _ in range(3))
    ids = list(ApiKey.objects.order_by("pk").values_list("pk", flat=True))
    assert {client.get("/api/genres").status_code for client in (revoked, expired, closed)} == {200}
    assert ada.delete(f"{KEYS}/{ids[0]}").status_code == 204
    assert revoked.get("/api/genres").status_code == 401
    ApiKey.objects.filter(pk=ids[1]).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert expired.get("/api/genres").status_code == 401
    assert len(ada.get(KEYS).json()["results"]) == 1
    user.is_active = False
    user.save()
    assert closed.get("/api/genres").status_code == 401


def test_what_is_somebody_else_s_is_not_there(ada: APIClient) -> None:
    bob = account("bob")
    tokens("bob")
    key, _ = create_key(user_id=bob.pk, name="x", scopes=["read"])
    session = Session.objects.get(user=bob)
    assert ada.delete(f"{KEYS}/{key.pk}").status_code == 404
    assert ada.delete(f"{SESSIONS}/{session.pk}").status_code == 404
    assert ada.delete(f"{SESSIONS}/{2**70}").status_code == 404
    assert ada.delete(f"{SESSIONS}/x").status_code == 404
    assert ApiKey.objects.living().count() == 1
    assert Session.objects.living().count() == 2
    assert len(ada.get(SESSIONS).json()["results"]) == 1


def test_one_statement_finds_key_user_and_permissions() -> None:
    client = with_key(account(role="curator"), "curate")
    client.post("/api/movies", {})  # the first use is written down
    with CaptureQueriesContext(connection) as seen:
        assert client.post("/api/movies", {}).status_code == 400
    assert len(seen) == 1
    ApiKey.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    client.post("/api/movies", {})
    assert ApiKey.objects.get().last_used_at > timezone.now() - timedelta(minutes=1)  # type: ignore[operator]


@pytest.mark.parametrize("text", ["", "x", "wly_short_x", "wly_" + "a" * 8 + "_" + "b" * 32, "wly_ä_ü", "a b"])
def test_what_is_no_key_opens_nothing(text: str) -> None:
    assert APIClient().get("/api/genres", HTTP_AUTHORIZATION=f"Api-Key {text}").status_code == 401


# --- scopes -----------------------------------------------------------------------------------------------------------


def test_a_key_of_a_superuser_is_held_to_its_scopes() -> None:
    user = account(is_superuser=True, is_staff=True)
    reads, curates = with_key(user, "read"), with_key(user, "curate")
    answer = reads.post("/api/movies", {"title": "Heat"})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert reads.get("/api/movies").json()["count"] == 0
    assert curates.get("/api/movies").status_code == 403
    made = curates.post("/api/movies", {"title": "Heat"})
    assert made.status_code == 201
    assert reads.get(f"/api/movies/{made.json()['id']}").status_code == 200


def test_a_scope_gives_nothing_that_its_owner_does_not_have() -> None:
    answer = with_key(account(), "curate").post("/api/movies", {"title": "Heat"})
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_a_key_leaves_its_owner_no_permission_over_accounts() -> None:
    user = account(is_superuser=True)
    user.key_scopes = frozenset({"read", "curate", "write"})
    assert user.has_perm("movies.change_movie")
    assert not user.has_perm("accounts.change_user")
    assert not user.has_module_perms("accounts")
    user.key_scopes = frozenset({"read"})
    assert user.has_perm("movies.view_movie")
    assert not user.has_perm("movies.change_movie")
    user.key_scopes = None
    assert user.has_perm("accounts.change_user")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", KEYS),
        ("post", KEYS),
        ("get", SESSIONS),
        ("delete", f"{SESSIONS}/1"),
        ("delete", f"{KEYS}/1"),
        ("post", "/api/auth/logout"),
        ("post", "/api/auth/logout-all"),
        ("post", "/api/auth/password/change"),
        ("post", "/api/auth/email/change"),
    ],
)
def test_no_key_reaches_what_is_about_signing_in(method: str, path: str) -> None:
    client = with_key(account(), "read", "write", "scrobble", "import", "curate", "feed")
    answer = getattr(client, method)(path)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_a_key_has_a_limit_of_its_own(settings: Any) -> None:
    settings.RATE_SCALE = 1
    user = account()
    one, other = with_key(user, "read"), with_key(user, "read")
    ApiKey.objects.update(rate_per_minute=3)
    answers = [one.get("/api/genres") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"key";q=3;w=60'
    assert answers[0].headers["RateLimit"].startswith('"key";r=2;t=')
    assert 0 < int(answers[3].headers["Retry-After"]) <= 60
    assert other.get("/api/genres").status_code == 200


# --- sessions ---------------------------------------------------------------------------------------------------------


def test_one_s_sessions_and_the_end_of_one(ada: APIClient) -> None:
    other = tokens("ada")
    rows = ada.get(SESSIONS).json()["results"]
    assert [row["current"] for row in rows].count(True) == 1
    assert set(rows[0]) == {"id", "device", "address", "created_at", "last_seen_at", "expires_at", "amr", "current"}
    (away,) = [row["id"] for row in rows if not row["current"]]
    assert bearer(other["access"]).get(SESSIONS).status_code == 200
    assert ada.delete(f"{SESSIONS}/{away}").status_code == 204
    assert bearer(other["access"]).get(SESSIONS).status_code == 401  # with the very next request
    assert ada.delete(f"{SESSIONS}/{away}").status_code == 404
    assert [row["id"] for row in ada.get(SESSIONS).json()["results"]] == [row["id"] for row in rows if row["current"]]


def test_signing_out_by_either_token(ada: APIClient) -> None:
    by_refresh = tokens("ada")
    answer = APIClient().post("/api/auth/logout", {"refresh": by_refresh["refresh"]})
    assert answer.status_code == 204
    assert bearer(by_refresh["access"]).get(SESSIONS).status_code == 401
    assert APIClient().post("/api/auth/logout", {"refresh": by_refresh["refresh"]}).status_code == 204  # it is so
    assert APIClient().post("/api/auth/logout", {"refresh": "x.y.z"}).status_code == 204
    assert APIClient().post("/api/auth/logout").status_code == 401
    assert ada.get(SESSIONS).status_code == 200
    assert ada.post("/api/auth/logout").status_code == 204
    assert ada.get(SESSIONS).status_code == 401


def test_signing_out_everywhere_leaves_keys_and_others(ada: APIClient) -> None:
    user, other = Session.objects.get().user, tokens("ada")
    key = with_key(user, "read")
    account("bob")
    bob = bearer(tokens("bob")["access"])
    assert ada.post("/api/auth/logout-all").status_code == 204
    assert ada.get(SESSIONS).status_code == bearer(other["access"]).get(SESSIONS).status_code == 401
    assert bob.get(SESSIONS).status_code == key.get("/api/genres").status_code == 200


# --- erasure ----------------------------------------------------------------------------------------------------------


def test_what_sign_in_holds_is_known_to_the_erasure() -> None:
    entries = {entry.model: entry for entry in registered() if entry.model in ("accounts.Session", "accounts.ApiKey")}
    assert set(entries) == {"accounts.Session", "accounts.ApiKey"}
    assert "digest" in entries["accounts.ApiKey"].omit
