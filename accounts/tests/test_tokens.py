"""Tokens: what is no token of ours opens nothing, however it is made."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.keyring import current_keyring, new_signing_key, public_pem
from accounts.models import Session
from accounts.tests.signing_in import account, bearer, login, refresh, tokens

pytestmark = pytest.mark.django_db

OWN = "/api/me/sessions"


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token."""
    return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})


def encoded(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(claims: dict[str, Any], header: dict[str, Any], key: Any = None) -> str:
    """These claims, signed rightly unless another key is given."""
    return jwt.encode(claims, key or current_keyring().signing, algorithm="EdDSA", headers=header)


def refused(access: str) -> bool:
    answer = bearer(access).get(OWN)
    assert answer.headers["Content-Type"] in ("application/problem+json", "application/json")
    return answer.status_code == 401 and answer.json()["code"] == "authentication_failed"


def test_a_token_is_pinned_in_every_way() -> None:
    account()
    header, claims = parts(tokens()["access"])
    assert header == {"alg": "EdDSA", "typ": "at+jwt", "kid": current_keyring().kid}
    assert (claims["iss"], claims["aud"]) == ("watchly", "watchly-api")
    assert claims["exp"] - claims["iat"] == 600
    header, claims = parts(tokens()["refresh"])
    assert header["typ"] == "rt+jwt"
    assert claims["exp"] - claims["iat"] == 14 * 24 * 3600


def test_an_unsigned_token_is_refused() -> None:
    account()
    header, claims = parts(tokens()["access"])
    for algorithm in ("none", "None", "NONE"):
        assert refused(f"{encoded({**header, 'alg': algorithm})}.{encoded(claims)}.")


def test_the_public_key_is_no_shared_secret() -> None:
    account()
    header, claims = parts(tokens()["access"])
    public = public_pem_of_the_ring().encode()
    start = f"{encoded({**header, 'alg': 'HS256'})}.{encoded(claims)}"
    assert refused(f"{start}.{encoded(hmac.new(public, start.encode(), hashlib.sha256).digest())}")


def test_another_algorithm_is_refused_even_if_it_is_signed_well() -> None:
    account()
    header, claims = parts(tokens()["access"])
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert refused(jwt.encode(claims, key, algorithm="RS256", headers={**header, "alg": "RS256"}))


def test_a_key_of_somebody_else_is_refused() -> None:
    account()
    header, claims = parts(tokens()["access"])
    assert not refused(signed(claims, header))
    assert refused(signed(claims, header, Ed25519PrivateKey.generate()))
    assert refused(signed(claims, {**header, "kid": "another"}))
    assert refused(signed(claims, {"typ": header["typ"]}))


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "another"},
        {"aud": ["watchly-api", "another"]},
        {"iss": "another"},
        {"exp": 1_000_000_000},
        {"iat": 32_503_680_000, "exp": 32_503_690_000},  # the year 3000
        {"sub": "0"},
        {"sub": "-1"},
        {"sub": "9" * 30},
        {"sub": "ada"},
        {"sid": "x"},
        {"sid": None},
        {"nbf": 32_503_680_000},
        *({name: ...} for name in ("iss", "aud", "sub", "sid", "jti", "iat", "exp")),
    ],
    ids=str,
)
def test_a_claim_that_is_not_right_is_refused(change: dict[str, Any]) -> None:
    account()
    header, claims = parts(tokens()["access"])
    changed = {name: value for name, value in {**claims, **change}.items() if value is not ...}
    assert refused(signed(changed, header))


def test_each_kind_of_token_is_taken_at_its_own_door_alone() -> None:
    account()
    pair = tokens()
    assert refused(pair["refresh"])
    assert refresh(pair["access"]).status_code == 401
    header, claims = parts(pair["access"])
    assert refused(signed(claims, {**header, "typ": "JWT"}))
    assert refused(signed(claims, {**header, "typ": "rt+jwt"}))


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "ü.ü.ü", "a b", "." * 50, "a." * 3000, "x" * 5000])
def test_what_is_no_token_at_all(text: str) -> None:
    answer = APIClient().get(OWN, HTTP_AUTHORIZATION=f"Bearer {text}")
    assert answer.status_code == 401
    assert APIClient().post("/api/auth/refresh", {"refresh": text or "x"}).status_code in (400, 401)


def test_a_bad_token_is_refused_where_nobody_needs_one() -> None:
    assert bearer("a.b.c").get("/api/genres").status_code == 401


def test_a_signature_alone_opens_nothing() -> None:
    user = account()
    access = tokens()["access"]
    header, claims = parts(access)
    other = account("bob")
    assert refused(signed({**claims, "sub": str(other.pk)}, header))  # a session of somebody else
    assert refused(signed({**claims, "sid": claims["sid"] + 1}, header))
    assert not refused(access)
    session = Session.objects.filter(pk=claims["sid"])
    session.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert refused(access)
    session.update(expires_at=timezone.now() + timedelta(days=1))
    user.is_active = False
    user.save()
    assert refused(access)
    user.delete()
    assert refused(access)


def test_one_statement_finds_session_user_and_permissions() -> None:
    account(role="curator")
    client = bearer(tokens()["access"])
    with CaptureQueriesContext(connection) as seen:
        answer = client.post("/api/movies", {})
    assert (answer.status_code, len(seen)) == (400, 1)  # past the permission, stopped at the input


def test_the_last_use_is_written_once_a_minute() -> None:
    account()
    client = bearer(tokens()["access"])
    Session.objects.update(last_seen_at=timezone.now() - timedelta(seconds=61))
    with CaptureQueriesContext(connection) as first:
        client.get("/api/genres")
    with CaptureQueriesContext(connection) as second:
        client.get("/api/genres")
    assert len(first) == len(second) + 1
    assert Session.objects.get().last_seen_at > timezone.now() - timedelta(seconds=30)


# --- keys -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def own_folder(settings: Any, tmp_path: Path) -> Path:
    settings.JWT_KEY_FOLDER = tmp_path / "jwt"
    return tmp_path / "jwt"


def public_pem_of_the_ring() -> str:
    private = current_keyring().signing.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return public_pem(private.decode())


def test_the_first_token_makes_the_key(own_folder: Path) -> None:
    account()
    access = tokens()["access"]
    assert (own_folder / "signing.pem").stat().st_mode & 0o777 == 0o600
    assert own_folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in own_folder.iterdir()] == ["signing.pem"]
    assert not refused(access)


def test_a_rotation_believes_the_key_before_and_no_older_one(own_folder: Path) -> None:
    account()
    first = tokens()["access"]
    call_command("rotate_signing_key")
    second = tokens()["access"]
    assert parts(first)[0]["kid"] != parts(second)[0]["kid"]
    assert not refused(first)
    assert not refused(second)
    published = {key["kid"] for key in APIClient().get("/.well-known/jwks.json").json()["keys"]}
    assert published == {parts(first)[0]["kid"], parts(second)[0]["kid"]}
    call_command("rotate_signing_key")
    assert refused(first)
    assert not refused(second)


def test_who_reads_the_key_set_can_check_a_token(own_folder: Path) -> None:
    account()
    access = login().json()["access"]
    answer = APIClient().get("/.well-known/jwks.json")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    found = jwt.PyJWKSet.from_dict(answer.json())[parts(access)[0]["kid"]]
    claims = jwt.decode(access, found.key, algorithms=["EdDSA"], audience="watchly-api", issuer="watchly")
    assert claims["sid"] == Session.objects.get().pk
    assert "d" not in json.dumps([list(key) for key in answer.json()["keys"]]).replace("kid", "")


def test_keys_of_the_environment(settings: Any) -> None:
    account()
    former, settings.JWT_SIGNING_KEY = new_signing_key(), new_signing_key()
    access = tokens()["access"]
    with pytest.raises(CommandError, match="JWT_VERIFYING_KEYS"):
        call_command("rotate_signing_key")
    settings.JWT_VERIFYING_KEYS = [public_pem(settings.JWT_SIGNING_KEY)]
    settings.JWT_SIGNING_KEY = former
    assert not refused(access)
    settings.JWT_VERIFYING_KEYS = []
    assert refused(access)


def test_a_printed_pair_belongs_together(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("rotate_signing_key", "--print")
    private, _, public = capsys.readouterr().out.partition("-----BEGIN PUBLIC")
    assert public_pem(private) == f"-----BEGIN PUBLIC{public.rstrip()}\n"
