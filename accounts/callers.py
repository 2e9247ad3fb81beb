"""Who calls, in one statement: the session or key, its user, and every permission of theirs.

A token or key alone opens nothing: each request asks whether its session or key still lives and its user may still sign
in, so that what is revoked is revoked at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import ApiKey, Session, User
from accounts.tokens import same_digest

# How stale `last_seen_at` and `last_used_at` may be: reading does not become writing.
COARSE = timedelta(minutes=1)

_KEY = re.compile(r"wly_(?P<prefix>[0-9A-Za-z]{8})_[0-9A-Za-z]{32}")
_PERMISSIONS = """ARRAY(
    SELECT DISTINCT t.app_label || '.' || p.codename
      FROM auth_permission p JOIN django_content_type t ON t.id = p.content_type_id
     WHERE NOT u.is_superuser AND p.id IN (
           SELECT gp.permission_id FROM accounts_user_groups ug JOIN auth_group_permissions gp USING (group_id)
            WHERE ug.user_id = u.id
            UNION ALL SELECT up.permission_id FROM accounts_user_user_permissions up WHERE up.user_id = u.id))"""


_SHOWN = """EXISTS (SELECT FROM otp_totp_totpdevice d
                 WHERE d.id = {by}.second_factor_id AND d.user_id = u.id AND d.confirmed)"""


@dataclass(frozen=True, slots=True)
class SessionCaller:
    """`request.auth` of a call with an access token."""

    session_id: int


@dataclass(frozen=True, slots=True)
class KeyCaller:
    """`request.auth` of a call with an API key."""

    key_id: int
    scopes: frozenset[str]
    rate_per_minute: int


def caller_of_session(*, session_id: int, user_id: int) -> User | None:
    """The user of a living session, with their permissions; None if there is none, or they may not sign in."""
    row = _one(_session_statement(), [session_id, user_id])
    if row is None:
        return None
    last_seen_at, user = _user(row)
    if _stale(last_seen_at):
        Session.objects.filter(pk=session_id).update(last_seen_at=timezone.now())
    return user


def caller_of_key(*, key: str) -> tuple[User, KeyCaller] | None:
    """The user of a living key, limited to its scopes, and what the key may; None if there is none.

    Keys open nothing while their owner's account is closed or waits to be erased.
    """
    match = _KEY.fullmatch(key)
    row = _one(_key_statement(), [match["prefix"]]) if match else None
    if row is None or not same_digest(key, row[1]):
        return None
    key_id, _, scopes, rate, *rest = row
    last_used_at, user = _user(rest)
    user.key_scopes = frozenset(scopes)
    if _stale(last_used_at):
        ApiKey.objects.filter(pk=key_id).update(last_used_at=timezone.now())
    return user, KeyCaller(key_id, user.key_scopes, rate)


def _stale(moment: datetime | None) -> bool:
    return moment is None or moment < timezone.now() - COARSE


@lru_cache(maxsize=1)
def _columns() -> tuple[str, tuple[str, ...]]:
    """The columns of a user, for SQL, and the names of their fields."""
    fields = User._meta.concrete_fields
    return ", ".join(f"u.{field.column}" for field in fields), tuple(field.attname for field in fields)


@lru_cache(maxsize=1)
def _session_statement() -> str:
    return f"""
        SELECT s.last_seen_at, {_SHOWN.format(by="s")}, {_PERMISSIONS}, {_columns()[0]}
          FROM accounts_session s JOIN accounts_user u ON u.id = s.user_id
         WHERE s.id = %s AND s.user_id = %s AND s.revoked_at IS NULL AND s.expires_at > now() AND u.is_active"""


@lru_cache(maxsize=1)
def _key_statement() -> str:
    return f"""
        SELECT k.id, k.digest, k.scopes, k.rate_per_minute,
               k.last_used_at, {_SHOWN.format(by="k")}, {_PERMISSIONS}, {_columns()[0]}
          FROM accounts_apikey k JOIN accounts_user u ON u.id = k.user_id
         WHERE k.prefix = %s AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
           AND u.is_active AND u.erase_after IS NULL"""


def _one(statement: str, values: list[Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def _user(row: Any) -> tuple[datetime | None, User]:
    """The time of the last use and the user, whose permissions Django then asks nobody for."""
    moment, shown, permissions, *values = row
    user = User.from_db(connection.alias, _columns()[1], values)
    user.second_factor_shown = shown
    if not user.is_superuser:  # who may everything is asked about nothing
        # The caches of Django's ModelBackend.
        user._perm_cache = user._group_perm_cache = set(permissions)  # type: ignore[attr-defined]
        user._user_perm_cache = set()  # type: ignore[attr-defined]
    return moment, user
