"""Signing in with a name and a password.

A name that somebody has and one that nobody has cost the same: one statement that finds both the user and what was
counted against the name, one run of the hasher, one count, one line of the audit trail. What is said is the same too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.auth.hashers import check_password, is_password_usable, make_password
from django.db import connection, transaction

from accounts.services.lockout import (
    FAILURES,
    NAME_KEY,
    Failures,
    failures_of,
    forget_failures,
    parameters,
    record_failure,
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
    failures: Failures


def sign_in(*, name: str, password: str, address: str | None, device: str) -> SignedIn:
    """Opens a session for whoever has this username, or this verified e-mail address, and password.

    `address` is the caller's whole address, of which the session keeps a part; `device` is the User-Agent. Raises
    Unauthenticated, and RateLimited while the name is locked for this address, or the address for all names; then even
    the right password is refused, and no hasher runs.
    """
    found = _look_up(name=name, address=address)
    if found.failures.locked:
        raise _locked(found.failures)
    upgraded: list[str] = []
    right = _is_right(found, password, upgraded)
    if not (right and found.user_id is not None and found.is_active):
        raise _failed(found, name=name, address=address)
    with transaction.atomic():
        tokens = open_session(
            user_id=found.user_id,
            address=address,
            device=device,
            # Others may have guessed while the hasher ran: the count is asked once more, where the session is made.
            checked=found.password,
            unless_locked=parameters(name=name, address=address),
            password=upgraded[0] if upgraded else None,
        )
        if tokens is not None:
            if found.failures.of_name:
                forget_failures(username=found.username, address=address)
            record_event("sign_in", subject_id=found.user_id, actor_id=found.user_id, session=tokens.session_id)
    if tokens is None:
        counted = failures_of(name=name, address=address)
        raise _locked(counted) if counted.locked else Unauthenticated(_WRONG)
    return SignedIn(found.user_id, found.username, found.roles, found.email_verified, tokens)


def confirm_password(*, user_id: int, username: str, encoded: str, password: str, address: str | None) -> bool:
    """Whether this is the password of somebody who is signed in; a wrong one is counted as at a sign-in.

    Raises RateLimited when too many were wrong.
    """
    found = _look_up(name=username, address=address)
    if found.failures.locked:
        raise _locked(found.failures)
    if check_password(password, encoded):
        return True
    with transaction.atomic():
        failures = record_failure(name=username, address=address)
        record_event("locked_out" if failures.locked else "password_wrong", subject_id=user_id)
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


def _failed(found: _Found, *, name: str, address: str | None) -> Exception:
    with transaction.atomic():
        failures = record_failure(name=name, address=address)
        record_event("locked_out" if failures.locked else "sign_in_failed", subject_id=found.user_id)
    return Unauthenticated(_WRONG)


def _locked(failures: Failures) -> RateLimited:
    minutes = failures.retry_after // 60
    return RateLimited(
        f"Too many wrong passwords: wait {minutes} minutes, or reset the password.",
        code="locked_out",
        retry_after=failures.retry_after,
    )


@lru_cache(maxsize=1)
def _statement() -> str:
    return f"""
        SELECT u.id, u.username, u.password, u.is_active, u.email_verified_at IS NOT NULL,
               ARRAY(SELECT g.name FROM accounts_user_groups ug JOIN auth_group g ON g.id = ug.group_id
                      WHERE ug.user_id = u.id ORDER BY g.id),
               {FAILURES.format(key="coalesce(lower(u.username), %(digest)s)")}
          FROM (SELECT 1) one LEFT JOIN LATERAL (
               SELECT * FROM accounts_user
                WHERE lower(username) = lower(%(name)s)
                   OR (lower(email) = lower(%(name)s) AND email_verified_at IS NOT NULL)
                ORDER BY lower(username) = lower(%(name)s) DESC LIMIT 1) u ON true"""


def _look_up(*, name: str, address: str | None) -> _Found:
    """The user of a name, if there is one, and what was counted against the name. One statement either way."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(), parameters(name=name, address=address))
        row: Any = cursor.fetchone()
    user_id, username, password, is_active, verified, roles, *failures = row
    return _Found(user_id, username or "", password or "", bool(is_active), bool(verified), roles, Failures(*failures))


__all__ = ["NAME_KEY", "SignedIn", "confirm_password", "sign_in"]
