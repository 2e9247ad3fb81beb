"""Tokens that a mail brings: given out for one purpose and address, taken back once."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import OneTimeToken
from accounts.tokens import digest_of
from watchly.common.errors import FieldError, RuleViolation

_LIFETIMES = {
    OneTimeToken.Purpose.VERIFY_EMAIL: timedelta(hours=24),
    OneTimeToken.Purpose.CHANGE_EMAIL: timedelta(hours=24),
    OneTimeToken.Purpose.RESET_PASSWORD: timedelta(hours=1),
}


def issue_token(*, user_id: int, purpose: OneTimeToken.Purpose, email: str) -> OneTimeToken:
    """A new token, in the place of any that was given out for this purpose before. Only its digest is stored."""
    OneTimeToken.objects.filter(user_id=user_id, purpose=purpose, used_at__isnull=True).delete()
    now = timezone.now()
    token = OneTimeToken(
        user_id=user_id,
        purpose=purpose,
        email=email,
        nonce=secrets.token_hex(16),
        created_at=now,
        expires_at=now + _LIFETIMES[purpose],
    )
    token.digest = digest_of(secret_of(token))
    token.save(force_insert=True)
    return token


def note_address(*, user_id: int, email: str) -> OneTimeToken:
    """Keeps an address that an account had, for the mail that tells it: a token that is used and opens nothing."""
    now = timezone.now()
    return OneTimeToken.objects.create(
        user_id=user_id,
        purpose=OneTimeToken.Purpose.CHANGE_EMAIL,
        email=email,
        digest=digest_of(secrets.token_hex(32)),
        created_at=now,
        expires_at=now + _LIFETIMES[OneTimeToken.Purpose.CHANGE_EMAIL],
        used_at=now,
    )


def secret_of(token: OneTimeToken) -> str:
    """What the mail brings: 64 hexadecimal digits, which nobody can make without the secret key."""
    said = f"{token.purpose} {token.user_id} {token.email} {token.nonce}"
    return salted_hmac("accounts.one_time_token", said, algorithm="sha256").hexdigest()


def redeem_token(*, secret: str, purposes: tuple[OneTimeToken.Purpose, ...]) -> OneTimeToken:
    """Takes a token back, once, in the caller's transaction. Raises RuleViolation for one that cannot be used."""
    now = timezone.now()
    waiting = OneTimeToken.objects.filter(
        digest=digest_of(secret), purpose__in=purposes, used_at__isnull=True, expires_at__gt=now
    )
    # The claim decides: of two at once, one changes the row.
    token = waiting.select_for_update(of=("self",)).select_related("user").first()
    if token is None or not token.user.is_active:
        detail = "This code is wrong, was used, or has expired: ask for a new one."
        raise RuleViolation(detail, code="code_refused", errors=[FieldError("/token", "code_refused", detail)])
    token.used_at = now
    token.save(update_fields=["used_at"])
    return token
