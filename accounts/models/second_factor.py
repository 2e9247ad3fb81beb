"""What staff show besides the password: an app that makes one-time codes, and recovery codes for when it is lost.

The rows are django-otp's (`TOTPDevice`, `StaticDevice`), which keeps secrets as they are; here they are sealed or
digested. Why: docs/adr/0022-second-factor.md.
"""

from __future__ import annotations

import base64
from typing import Any

from django.utils.crypto import salted_hmac
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.sealing import seal, secret_keys, unseal

# Failures after which the wait before the next try grows no more: 2^9 seconds, 8.5 minutes. Without it who knows the
# password could keep the owner out for years.
_MOST_FAILURES = 10


class _Throttled:
    """django-otp's wait after wrong codes (1, 2, 4 … seconds), up to a bound."""

    throttling_failure_count: int

    def throttle_increment(self, commit: bool = True) -> None:
        self.throttling_failure_count = min(self.throttling_failure_count, _MOST_FAILURES - 1)
        super().throttle_increment(commit)  # type: ignore[misc]  # the device's


class Authenticator(_Throttled, TOTPDevice):
    """An app that shares a secret with Watchly and shows a code of six digits every 30 seconds (RFC 6238)."""

    class Meta:
        proxy = True
        default_permissions = ()

    @staticmethod
    def sealed(secret: bytes, *, user_id: int) -> str:
        """What stands in `key`: 64 letters for the 20 bytes of a secret."""
        return seal(secret, bound_to=_bond(user_id))

    @property
    def bin_key(self) -> bytes:
        """The secret. Raises Unreadable if the secret key has changed since."""
        return unseal(self.key, bound_to=_bond(self.user_id))


class RecoveryCodes(_Throttled, StaticDevice):
    """Codes of which each opens once. Only digests of them are kept."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name_plural = "recovery codes"

    def keep(self, codes: list[str]) -> None:
        """These and no others from now on."""
        self.token_set.all().delete()
        StaticToken.objects.bulk_create(
            StaticToken(device=self, token=_digest(code, self.user_id, secret_keys()[0])) for code in codes
        )

    def verify_token(self, token: Any) -> bool:
        """Whether this is one of them; it is none any more then."""
        for key in secret_keys():
            digest = _digest(str(token), self.user_id, key)
            if self.token_set.filter(token=digest).exists():
                return super().verify_token(digest)
        return super().verify_token("")  # counts the failure


def _bond(user_id: int) -> str:
    return f"second factor of {user_id}"


def _digest(code: str, user_id: int, key: str) -> str:
    """96 bits of an HMAC, as much as the column holds; a code has 50 of its own, so without the key it is not found."""
    mac = salted_hmac("accounts.recovery_code", f"{user_id} {code}", secret=key, algorithm="sha256")
    return base64.urlsafe_b64encode(mac.digest()[:12]).decode()
