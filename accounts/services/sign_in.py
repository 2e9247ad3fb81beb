"""Signing in with a name and a password.

A known and an unknown name cost the same: one statement that finds both the user and what was counted against the
name, one count, one run of the hasher, one line of the audit trail. The response is the same too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.auth.hashers import check_password, is_password_usable, make_password
from django.db import connection, transaction

from accounts.roles import ROLES_OF_USER
from accounts.services.lockout import (
    FIGURES,
    Failures,
    claim_try,
    digest_of_name,
    forget_failures,
    is_last_try,
    parameters,
)
from accounts.services.sessions import TokenPair, open_session
from watchly.common.audit import record_event
from watchly.common.errors import FieldError, RateLimited, RuleViolation, Unauthenticated

_WRONG = "The name or the password is wrong."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, and the tokens of the new session."""

    user_id: int
    username: str
    roles: list[str]
    email_verified: bool
    tokens: TokenPair


@dataclass(frozen=True, slots=True)
class _Found:
    user_id: int | None
    username: str
    password: str
    is_active: bool
    email_verified: bool
    roles: list[str]
    key: str  # what failures are counted under
    failures: Failures


def sign_in(*, name: str, password: str, address: str | None, device: str) -> SignedIn:
    """Opens a session for whoever has this username, or this verified e-mail address, and password.

    `address` is the caller's whole address, of which the session keeps a part; `device` is the User-Agent. Raises
    Unauthenticated, and RateLimited while the name is locked for this network, or the network for all names; then even
    the right password is refused, and no hasher runs.
    """
    found = _look_up(name=name, address=address)
    if found.failures.locked:
        raise _locked(found.failures)
    counted = claim_try(key=found.key, user_id=found.user_id, address=address)
    if counted.locked:
        raise _locked(counted)
    upgraded: list[str] = []
    if not (_is_right(found, password, upgraded) and found.user_id is not None and found.is_active):
        raise _failed(found, counted)
    with transaction.atomic():
        tokens = open_session(
            user_id=found.user_id,
            address=address,
            device=device,
            checked=found.password,
            password=upgraded[0] if upgraded else None,
        )
        if tokens is not None:
            forget_failures(key=found.key, address=address)
            record_event("sign_in", subject_id=found.user_id, actor_id=found.user_id, session=tokens.session_id)
    if tokens is None:  # the password was changed, or the account closed, while the hasher ran
        raise Unauthenticated(_WRONG)
    return SignedIn(found.user_id, found.username, found.roles, found.email_verified, tokens)


def confirm_password(*, user_id: int, username: str, encoded: str, password: str, address: str | None) -> bool:
    """Whether this is the password of a signed-in user; a wrong one is counted as at a sign-in.

    Raises RateLimited when too many were wrong.
    """
    key = username.lower()
    counted = claim_try(key=key, user_id=user_id, address=address)
    if counted.locked:
        raise _locked(counted)
    if check_password(password, encoded):
        forget_failures(key=key, address=address)
        return True
    record_event("locked_out" if is_last_try(counted) else "password_wrong", subject_id=user_id)
    return False


def wrong_password(pointer: str) -> RuleViolation:
    """The refusal of a password that `confirm_password` did not confirm."""
    detail = "This is not your password."
    return RuleViolation(detail, errors=[FieldError(pointer, "wrong_password", detail)])


def _is_right(found: _Found, password: str, upgraded: list[str]) -> bool:
    """Runs the hasher once, whoever it is. A password hashed in an older way leaves its new hash in `upgraded`."""
    if found.user_id is None or not is_password_usable(found.password):
        make_password(password)
        return False
    return check_password(password, found.password, lambda raw: upgraded.append(make_password(raw)))


def _failed(found: _Found, counted: Failures) -> Unauthenticated:
    record_event("locked_out" if is_last_try(counted) else "sign_in_failed", subject_id=found.user_id)
    return Unauthenticated(_WRONG)


def _locked(failures: Failures) -> RateLimited:
    seconds = failures.retry_after
    wait = f"{seconds} seconds" if seconds < 120 else f"{-(-seconds // 60)} minutes"
    return RateLimited(
        f"Too many wrong passwords: wait {wait}, or reset the password.", code="locked_out", retry_after=seconds
    )


@lru_cache(maxsize=1)
def _statement() -> str:
    return f"""
        SELECT u.id, u.username, u.password, u.is_active, u.email_verified_at IS NOT NULL,
               {ROLES_OF_USER},
               named.key, {FIGURES.format(key="named.key", user="u.id")}
          FROM (SELECT 1) one LEFT JOIN LATERAL (
               SELECT * FROM accounts_user
                WHERE lower(username) = lower(%(name)s)
                   OR (lower(email) = lower(%(name)s) AND email_verified_at IS NOT NULL)
                ORDER BY lower(username) = lower(%(name)s) DESC LIMIT 1) u ON true
               CROSS JOIN LATERAL (
               SELECT CASE WHEN lower(u.username) = lower(%(name)s) THEN lower(u.username) ELSE %(digest)s END AS key
               ) named"""


def _look_up(*, name: str, address: str | None) -> _Found:
    """The user of a name, if there is one, and what was counted against the name. One statement either way."""
    with connection.cursor() as cursor:
        values = parameters(address=address) | {"name": name, "digest": digest_of_name(name)}
        cursor.execute(_statement(), values)
        row: Any = cursor.fetchone()
    user_id, username, password, is_active, verified, roles, key, *figures = row
    known = (username or "", password or "", bool(is_active), bool(verified))
    return _Found(user_id, *known, roles, key, Failures(*figures))
