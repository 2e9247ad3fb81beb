"""API keys: made, and revoked."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import ApiKey
from accounts.tokens import digest_of
from watchly.common.audit import record_event
from watchly.common.errors import Conflict, FieldError, NotFound, RuleViolation
from watchly.common.mail import send_letter
from watchly.common.scopes import Scope

MOST_KEYS = 50
RATE_PER_MINUTE = 300
_LETTERS = string.ascii_letters + string.digits
_LOCK = 0x6B657973  # of the advisory lock: "keys"


@transaction.atomic
def create_key(
    *,
    user_id: int,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None = None,
    rate_per_minute: int = RATE_PER_MINUTE,
    second_factor_id: int | None = None,
) -> tuple[ApiKey, str]:
    """A new key, and its text, which is shown once and stored nowhere.

    `second_factor_id` is the device whose code the session that asks has shown: where staff need a second factor, the
    key has their powers as long as they have that device. Raises RuleViolation for an expiry that is past, Conflict
    when the user has as many keys as anybody may.
    """
    now = timezone.now()
    if expires_at is not None and expires_at <= now:
        detail = "Give a time to come, or none for a key that does not expire."
        raise RuleViolation(detail, errors=[FieldError("/expires_at", "past", detail)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, user_id % 2**31])
    if ApiKey.objects.living().filter(user_id=user_id).count() >= MOST_KEYS:
        raise Conflict(f"You have {MOST_KEYS} keys, and that is the most: revoke one.", code="too_many_keys")
    chosen = set(scopes)
    prefix, secret = _chance(8), _chance(32)
    text = f"wly_{prefix}_{secret}"
    key = ApiKey.objects.create(
        user_id=user_id,
        name=name,
        prefix=prefix,
        digest=digest_of(text),
        scopes=[scope for scope in Scope.values if scope in chosen],
        rate_per_minute=rate_per_minute,
        created_at=now,
        second_factor_id=second_factor_id,
        expires_at=expires_at,
    )
    record_event("key_created", subject_id=user_id, key=key.pk, scopes=key.scopes)
    send_letter.enqueue(letter="key_created", ids={"key_id": key.pk})
    return key, text


@transaction.atomic
def revoke_key(*, user_id: int, key_id: int) -> None:
    """Ends a key: the next call with it finds nobody. Raises NotFound."""
    if not ApiKey.objects.living().filter(pk=key_id, user_id=user_id).update(revoked_at=timezone.now()):
        raise NotFound(f"You have no key {key_id}.")
    record_event("key_revoked", subject_id=user_id, key=key_id)


def _chance(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))
