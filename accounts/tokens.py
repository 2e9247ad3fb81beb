"""Sign-in tokens: signed statements of who is who, which open nothing until their session is looked up.

The one module that knows simplejwt, of which it uses the codec. Refresh tokens, sessions and what ends them are ours
(accounts/services/sessions.py).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from django.conf import settings
from django.utils.crypto import salted_hmac
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError

from accounts.keyring import current_keyring

ALGORITHM = "EdDSA"
AUDIENCE = "watchly-api"
ACCESS, REFRESH = "at+jwt", "rt+jwt"  # the header `typ` (RFC 9068 has the first)
ACCESS_LIFETIME = timedelta(minutes=10)
_LEEWAY_SECONDS = 5  # how far the clocks of two machines may be apart
_REQUIRED = ["iss", "aud", "sub", "sid", "jti", "iat", "exp"]
_LONGEST = 4096


class InvalidToken(Exception):
    """The token is not one of ours, not of this kind, not whole, or past its time. The message says which."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says: of which user and session it is, its own name, and until when it holds."""

    user_id: int
    session_id: int
    jti: str
    issued_at: datetime
    expires_at: datetime


class _Backend(TokenBackend):
    """simplejwt's codec with one algorithm, several keys by their `kid`, and every claim of ours demanded."""

    def __init__(self, typ: str) -> None:
        super().__init__(ALGORITHM, audience=AUDIENCE, issuer=settings.JWT_ISSUER, leeway=_LEEWAY_SECONDS)
        self.typ = typ

    def encode(self, payload: dict[str, Any]) -> str:
        ring = current_keyring()
        return jwt.encode(
            {**payload, "iss": self.issuer, "aud": self.audience},
            ring.signing,
            algorithm=ALGORITHM,
            headers={"kid": ring.kid, "typ": self.typ},
        )

    def get_verifying_key(self, token: Any) -> Any:
        header = jwt.get_unverified_header(token)
        if header.get("typ") != self.typ:
            raise TokenBackendError("This is a token of another kind.")
        key = current_keyring().verifying.get(str(header.get("kid")))
        if key is None:
            raise TokenBackendError("The token is signed with a key that is not believed (any more).")
        return key

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        """The claims. Raises TokenBackendError; a token is always verified."""
        try:
            return jwt.decode(
                token,
                self.get_verifying_key(token),
                algorithms=[ALGORITHM],
                audience=self.audience,
                issuer=self.issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": _REQUIRED, "strict_aud": True},
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenBackendError("The token has expired.") from error
        except jwt.InvalidTokenError as error:
            raise TokenBackendError("The token is not valid.") from error


def make_access_token(*, user_id: int, session_id: int, now: datetime, second_factor: bool = False) -> str:
    """A token that holds for 10 minutes, as long as its session does.

    `amr` tells other services how the user signed in (RFC 8176); Watchly itself asks the session.
    """
    claims = Claims(user_id, session_id, secrets.token_urlsafe(12), now, now + ACCESS_LIFETIME)
    return _encode(ACCESS, claims, amr=["pwd", "otp"] if second_factor else ["pwd"])


def make_refresh_token(claims: Claims) -> str:
    """The token of these claims: the same bytes each time, so that two tabs get the same one."""
    return _encode(REFRESH, claims)


def read_token(token: str, typ: str) -> Claims:
    """The claims of a token of this kind (ACCESS, REFRESH). Raises InvalidToken. Its session may have ended."""
    if not token.isascii() or len(token) > _LONGEST:
        raise InvalidToken("The token is not valid.")
    try:
        found = _Backend(typ).decode(token)
        return Claims(
            user_id=_number(found["sub"]),
            session_id=_number(found["sid"]),
            jti=str(found["jti"]),
            issued_at=datetime.fromtimestamp(found["iat"], UTC),
            expires_at=datetime.fromtimestamp(found["exp"], UTC),
        )
    except TokenBackendError as error:
        raise InvalidToken(str(error)) from error
    except (ValueError, TypeError, OverflowError, OSError) as error:
        raise InvalidToken("The token is not valid.") from error


def new_jti() -> str:
    """The name of the first refresh token of a session: 256 bits of chance."""
    return secrets.token_urlsafe(32)


def child_jti(jti: str) -> str:
    """The name of the token that follows this one. Whoever exchanges it, and however often: there is one child."""
    return salted_hmac("accounts.tokens.child", jti, algorithm="sha256").hexdigest()


def digest_of(secret: str) -> str:
    """What is stored of a name or key that is itself chance enough: its SHA-256 in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same_digest(secret: str, digest: str) -> bool:
    """Whether this is the digest of this secret, in constant time."""
    return hmac.compare_digest(digest_of(secret), digest)


def _number(value: Any) -> int:
    """A claim that is an id. Raises ValueError for what is none in the database."""
    number = int(str(value)) if str(value).isdigit() else 0
    if not 0 < number < 2**63:
        raise ValueError("no id")
    return number


def _encode(typ: str, claims: Claims, **more: Any) -> str:
    return _Backend(typ).encode(
        {
            **more,
            "sub": str(claims.user_id),
            "sid": claims.session_id,
            "jti": claims.jti,
            "iat": int(claims.issued_at.timestamp()),
            "exp": int(claims.expires_at.timestamp()),
        }
    )
