"""Tokens that an e-mail brings: issued for one purpose and address, redeemed once.

Each has two forms. The long one says by itself which row it is. The short one is for typing: eight characters that are
looked for only among the tokens of the account or address that is named with it, and only a few times.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import OneTimeToken
from accounts.tokens import digest_of
from watchly.common.errors import FieldError, RuleViolation

LIFETIMES: Final = {
    OneTimeToken.Purpose.VERIFY_EMAIL: timedelta(hours=24),
    OneTimeToken.Purpose.CHANGE_EMAIL: timedelta(hours=24),
    OneTimeToken.Purpose.UNDO_EMAIL_CHANGE: timedelta(days=7),
    OneTimeToken.Purpose.RESET_PASSWORD: timedelta(hours=1),
}
MOST_TRIES: Final = 5  # of the short code of one token; its long form still works afterwards
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0, 1, I, L or O: 31^8 codes
_LENGTH = 8


def issue_token(*, user_id: int, purpose: OneTimeToken.Purpose, email: str) -> OneTimeToken:
    """A new token, which replaces any unused one of this purpose; an undo stays beside earlier ones."""
    if purpose != OneTimeToken.Purpose.UNDO_EMAIL_CHANGE:
        OneTimeToken.objects.filter(user_id=user_id, purpose=purpose, used_at__isnull=True).delete()
    return _new_token(user_id=user_id, purpose=purpose, email=email)


def note_address(*, user_id: int, email: str) -> OneTimeToken:
    """Stores a former address for the e-mail to it: a token that is used already and opens nothing."""
    token = _new_token(user_id=user_id, purpose=OneTimeToken.Purpose.UNDO_EMAIL_CHANGE, email=email)
    token.used_at = token.created_at
    token.save(update_fields=["used_at"])
    return token


def _new_token(*, user_id: int, purpose: OneTimeToken.Purpose, email: str) -> OneTimeToken:
    now = timezone.now()
    token = OneTimeToken(
        user_id=user_id,
        purpose=purpose,
        email=email,
        nonce=secrets.token_hex(16),
        created_at=now,
        expires_at=now + LIFETIMES[purpose],
    )
    token.digest = digest_of(secret_of(token))
    token.save(force_insert=True)
    return token


def secret_of(token: OneTimeToken) -> str:
    """The long form: 64 hexadecimal digits, which cannot be made without the secret key."""
    return salted_hmac("accounts.one_time_token", _bound(token), algorithm="sha256").hexdigest()


def short_code_of(token: OneTimeToken) -> str:
    """The short form, as people read it: `ABCD-2345`."""
    code = _short(token)
    return f"{code[:4]}-{code[4:]}"


def redeem_token(*, secret: str, purposes: Collection[OneTimeToken.Purpose]) -> OneTimeToken:
    """Redeems the long form, once, in the caller's transaction. Raises RuleViolation for one that cannot be used."""
    return _redeem("/token", digest=digest_of(secret), purpose__in=purposes)


def redeem_found(*, token_id: int) -> OneTimeToken:
    """Redeems a token that `find_by_short_code` found, as `redeem_token` does."""
    return _redeem("/code", pk=token_id)


def find_by_short_code(
    *, code: str, purposes: Collection[OneTimeToken.Purpose], user_id: int | None = None, email: str | None = None
) -> int:
    """The id of the open token with this short code, among those of a user, of an address, or of both.

    Counts a try against each of them first, in a transaction of its own, so that a refusal that rolls back the caller's
    work does not undo the count, and parallel guesses get no more tries. The right code clears the count. Raises
    RuleViolation for a wrong code and after MOST_TRIES, and ValueError for neither user nor address.
    """
    tokens = OneTimeToken.objects.open().filter(purpose__in=purposes)
    if user_id is None and email is None:
        raise ValueError("Name a user or an address.")
    if user_id is not None:
        tokens = tokens.filter(user_id=user_id)
    if email is not None:
        tokens = tokens.filter(email__iexact=email)
    typed = re.sub(r"[\s-]", "", code).upper()
    with transaction.atomic():
        ids = list(tokens.select_for_update().order_by("pk").values_list("pk", flat=True))
        counted = OneTimeToken.objects.filter(pk__in=ids, tries__lt=MOST_TRIES)
        tried = list(counted)
        counted.update(tries=F("tries") + 1)
        found = next((each.pk for each in tried if constant_time_compare(_short(each), typed)), None)
        if found is not None:
            OneTimeToken.objects.filter(pk=found).update(tries=0)
    if found is None:
        raise refused("/code")
    return found


def refused(pointer: str) -> RuleViolation:
    """What every code gets that cannot be redeemed, whatever the reason."""
    detail = "This code is wrong, was used, or has expired: ask for a new one."
    return RuleViolation(detail, code="code_refused", errors=[FieldError(pointer, "code_refused", detail)])


def _redeem(pointer: str, **which: object) -> OneTimeToken:
    # The lock decides: of two at once, one finds the row unused.
    rows = OneTimeToken.objects.open().filter(**which).select_for_update(of=("self",))
    token = rows.select_related("user").first()
    if token is None or not token.user.is_active:
        raise refused(pointer)
    token.used_at = timezone.now()
    token.save(update_fields=["used_at"])
    return token


def _short(token: OneTimeToken) -> str:
    """Derived, so that nothing of it is stored; the bias of the remainder is below 2^-200."""
    number = int.from_bytes(salted_hmac("accounts.short_code", _bound(token), algorithm="sha256").digest())
    letters = []
    for _ in range(_LENGTH):
        number, place = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[place])
    return "".join(letters)


def _bound(token: OneTimeToken) -> str:
    return f"{token.purpose} {token.user_id} {token.email} {token.nonce}"
