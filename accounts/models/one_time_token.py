"""What a mail brings to show that an address is read by whoever says so."""

from __future__ import annotations

from django.db import models

from accounts.models.user import User


class OneTimeToken(models.Model):
    """A token for one purpose, one address and one use.

    The token itself stands nowhere: it is an HMAC of `nonce` and the rest under the secret key, made when the mail is
    written and compared by its digest when it comes back. Who reads this table can do nothing with it.
    """

    class Purpose(models.TextChoices):
        VERIFY_EMAIL = "verify_email"
        CHANGE_EMAIL = "change_email"
        RESET_PASSWORD = "reset_password"  # noqa: S105  a purpose, no password

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="one_time_tokens")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    nonce = models.CharField(max_length=32)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token.")
    email = models.EmailField(help_text="The address that it is bound to.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"
