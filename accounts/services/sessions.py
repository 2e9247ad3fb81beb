"""Sessions and their refresh tokens: opened, carried on, ended.

A refresh token is used once. It is claimed by a conditional UPDATE, so of any number of calls at once one gets through;
the others, and a second tab within ten seconds, get the same child. A used token that comes later was copied: the whole
session ends, whoever holds its newest token, and its user is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import EndReason, RefreshToken, Session
from accounts.models.session import REFRESH_LIFETIME, SESSION_LIFETIME
from accounts.services.credentials import ENDS, CredentialEvent, end_credentials
from accounts.tokens import (
    ACCESS_LIFETIME,
    REFRESH,
    Claims,
    InvalidToken,
    child_jti,
    digest_of,
    make_access_token,
    make_refresh_token,
    new_jti,
    read_token,
)
from watchly.common.addresses import truncated
from watchly.common.audit import record_event
from watchly.common.errors import NotFound, Unauthenticated
from watchly.common.mail import send_letter

GRACE = timedelta(seconds=10)  # in which a used token gets its child once more: two tabs, a lost answer
_OVER = "The session has ended: sign in again."


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a client gets: an access token and the refresh token for the next one."""

    session_id: int
    access: str
    refresh: str
    expires_in: int = int(ACCESS_LIFETIME.total_seconds())  # seconds that the access token holds


def open_session(
    *,
    user_id: int,
    address: str | None,
    device: str,
    checked: str,
    password: str | None = None,
) -> TokenPair | None:
    """Makes a session with its first refresh token, and notes the sign-in on the user. One statement.

    Nothing is made, and None returned, if by now the account is closed, or its password is another than the hash that
    was checked (`checked`): a new password ends what the former one opens, sign-ins under way included.
    `password` is the hash that takes the place of one made in an older way.
    """
    now, jti = timezone.now().replace(microsecond=0), new_jti()
    values: dict[str, Any] = {
        "user": user_id,
        "device": device_name(device),
        "place": truncated(address),
        "now": now,
        "ends": now + SESSION_LIFETIME,
        "refresh_ends": now + REFRESH_LIFETIME,
        "jti_digest": digest_of(jti),
        "checked": checked,
        "password": password,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, values)
        row = cursor.fetchone()
    if row is None:
        return None
    return _pair(Claims(user_id, row[0], jti, now, now + REFRESH_LIFETIME), now, second_factor=False)


_OPEN = """
        WITH checked AS (
            SELECT id FROM accounts_user WHERE id = %(user)s AND password = %(checked)s AND is_active
               FOR NO KEY UPDATE),
        opened AS (
            INSERT INTO accounts_session (user_id, device, address, created_at, last_seen_at, expires_at)
            SELECT checked.id, %(device)s, %(place)s::inet, %(now)s, %(now)s, %(ends)s
              FROM checked
            RETURNING id, user_id),
        given AS (
            INSERT INTO accounts_refreshtoken (session_id, digest, created_at, expires_at)
            SELECT id, %(jti_digest)s, %(now)s, %(refresh_ends)s FROM opened),
        noted AS (
            UPDATE accounts_user u SET last_login = %(now)s, password = coalesce(%(password)s, u.password)
              FROM opened WHERE u.id = opened.user_id)
        SELECT id FROM opened"""


def refresh_session(*, refresh: str) -> TokenPair:
    """The next pair of tokens for this refresh token.

    Raises Unauthenticated for a token that is none, past its time, of a session that has ended or a user who may not
    sign in (any more), and for one that was used before, which ends its session.
    """
    try:
        claims = read_token(refresh, REFRESH)
    except InvalidToken as refusal:
        raise Unauthenticated(f"{refusal} Sign in again.", code="refresh_refused") from refusal
    with transaction.atomic():
        pair = _claim(claims)
        if pair is None:
            pair, refusal_detail = _used(claims)
    if pair is None:  # raised out here: what ended the session must stand
        raise Unauthenticated(refusal_detail, code="refresh_refused")
    return pair


def _claim(claims: Claims) -> TokenPair | None:
    """Exchanges a token that nobody has used. The one moment in which a child is made."""
    now = timezone.now().replace(microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE accounts_refreshtoken t SET rotated_at = now()
              FROM accounts_session s JOIN accounts_user u ON u.id = s.user_id
             WHERE t.digest = %(digest)s AND t.rotated_at IS NULL AND t.expires_at > now() AND s.id = t.session_id
               AND s.id = %(session)s AND u.id = %(user)s
               AND s.revoked_at IS NULL AND s.expires_at > now() AND u.is_active
            RETURNING t.id, s.expires_at, s.second_factor_id IS NOT NULL""",
            {"digest": digest_of(claims.jti), "session": claims.session_id, "user": claims.user_id},
        )
        row = cursor.fetchone()
        if row is None:
            return None
        parent_id, session_ends, second_factor = row
        child = Claims(
            claims.user_id,
            claims.session_id,
            child_jti(claims.jti),
            now,
            min(now + REFRESH_LIFETIME, session_ends),
        )
        cursor.execute(
            """
            WITH seen AS (UPDATE accounts_session SET last_seen_at = %(now)s WHERE id = %(session)s)
            INSERT INTO accounts_refreshtoken (session_id, digest, parent_id, created_at, expires_at)
            VALUES (%(session)s, %(digest)s, %(parent)s, %(now)s, %(ends)s)""",
            {
                "session": claims.session_id,
                "digest": digest_of(child.jti),
                "parent": parent_id,
                "now": now,
                "ends": child.expires_at,
            },
        )
    return _pair(child, now, second_factor=second_factor)


def _used(claims: Claims) -> tuple[TokenPair | None, str]:
    """What a token gets that could not be claimed: its child again, or a refusal. A copied one ends the session."""
    token = (
        RefreshToken.objects.select_related("session__user")
        .filter(digest=digest_of(claims.jti), session_id=claims.session_id, session__user_id=claims.user_id)
        .first()
    )
    now = timezone.now()
    if token is None or token.session.revoked_at is not None or token.session.expires_at <= now:
        return None, _OVER
    if not token.session.user.is_active or token.rotated_at is None:
        return None, _OVER
    child = token.children.filter(rotated_at__isnull=True).first()
    if child is not None and token.rotated_at > now - GRACE:
        again = Claims(claims.user_id, claims.session_id, child_jti(claims.jti), child.created_at, child.expires_at)
        return _pair(again, now, second_factor=token.session.second_factor_id is not None), ""
    if Session.objects.filter(pk=token.session_id).end(EndReason.REUSE):
        record_event("refresh_reused", subject_id=claims.user_id, session=claims.session_id)
        send_letter.enqueue(letter="session_ended", ids={"session_id": claims.session_id})
    return None, "This refresh token was used before, so its session was ended: sign in again."


def _pair(refresh: Claims, now: datetime, *, second_factor: bool) -> TokenPair:
    access = make_access_token(
        user_id=refresh.user_id, session_id=refresh.session_id, now=now, second_factor=second_factor
    )
    return TokenPair(refresh.session_id, access, make_refresh_token(refresh))


# --- ending -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def end_session(*, user_id: int, session_id: int, reason: EndReason) -> None:
    """Ends one of a user's sessions; its tokens open nothing from the next request on. Raises NotFound."""
    if not Session.objects.living().filter(pk=session_id, user_id=user_id).end(reason):
        raise NotFound(f"You have no session {session_id}.")
    event = "sign_out" if reason == EndReason.LOGOUT else "session_ended"
    record_event(event, subject_id=user_id, session=session_id)


def sign_out(*, refresh: str) -> None:
    """Ends the session of a refresh token. One that has ended, or is none of ours, is signed out already."""
    try:
        claims = read_token(refresh, REFRESH)
        end_session(user_id=claims.user_id, session_id=claims.session_id, reason=EndReason.LOGOUT)
    except (InvalidToken, NotFound):
        return


@transaction.atomic
def end_all_sessions(*, user_id: int, event: CredentialEvent = CredentialEvent.SIGNED_OUT_EVERYWHERE) -> int:
    """Ends every session of a user, those of cookies too, and every open code; returns how many had tokens.

    `event` is why: one that ends all sessions.
    """
    ended = end_credentials(user_id=user_id, event=event).sessions
    record_event("sign_out_all", subject_id=user_id, sessions=ended, reason=ENDS[event].reason)
    return ended


# --- devices ----------------------------------------------------------------------------------------------------------

_BROWSERS = (
    ("Edge", r"\bEdgA?/"),
    ("Opera", r"\bOPR/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"\b(?:Firefox|FxiOS)/"),
    ("Chrome", r"\b(?:Chrome|CriOS)/"),
    ("Safari", r"\bSafari/"),
)
_SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("macOS", r"Macintosh|Mac OS X"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux"),
)


def device_name(user_agent: str) -> str:
    """`Firefox on Linux` for browsers, the first word for programs (`curl/8.5.0`); 1 to 200 characters."""
    browser = next((name for name, pattern in _BROWSERS if re.search(pattern, user_agent)), None)
    system = next((name for name, pattern in _SYSTEMS if re.search(pattern, user_agent)), None)
    if browser or (system and user_agent.startswith("Mozilla/")):
        return " on ".join(part for part in (browser, system) if part)
    words = "".join(letter for letter in user_agent if letter.isprintable()).split()
    return words[0][:200] if words else "unknown device"
