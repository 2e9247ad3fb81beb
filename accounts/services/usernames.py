"""Usernames that a rename or an erasure frees: reserved for 90 days, for their former owner alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import ReservedName
from accounts.sealing import secret_keys

RESERVED_FOR: Final = timedelta(days=90)


def reserve_name(*, username: str, owner_id: int | None) -> None:
    """Reserves a name that is freed, in the caller's transaction. `owner_id` may take it back; None: no account may."""
    ReservedName.objects.update_or_create(
        digest=_digest(username, secret_keys()[0]),
        defaults={"owner_id": owner_id, "until": timezone.now() + RESERVED_FOR},
    )


def is_reserved(*, username: str, for_user_id: int | None = None) -> bool:
    """Whether a name is kept from everyone but its former owner, and `for_user_id` is not that.

    Ask in the transaction that takes the name and after taking it: then a rename that frees it at the same moment has
    either kept the name from it by the constraint, or has committed its reservation.
    """
    digests = [_digest(username, key) for key in secret_keys()]
    held = ReservedName.objects.holding().filter(digest__in=digests)
    return (held if for_user_id is None else held.exclude(owner_id=for_user_id)).exists()


def renamed(*, user_id: int, former: str, username: str) -> None:
    """After a rename, in its transaction: reserves the former name, and ends the reservation of the one taken back."""
    if former.lower() == username.lower():
        return
    reserve_name(username=former, owner_id=user_id)
    digests = [_digest(username, key) for key in secret_keys()]
    ReservedName.objects.filter(digest__in=digests, owner_id=user_id).delete()


def _digest(username: str, key: str) -> str:
    return salted_hmac("accounts.reserved_name", username.lower(), secret=key, algorithm="sha256").hexdigest()
