"""Codes that an e-mail brings to show that its recipient reads an address."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from accounts.models.user import User


class OneTimeTokenQuerySet(models.QuerySet["OneTimeToken"]):
    def open(self) -> OneTimeTokenQuerySet:
        """Neither used nor expired."""
        return self.filter(used_at__isnull=True, expires_at__gt=timezone.now())

    def end_open(self) -> int:
        """Deletes the unused ones, but not the undo of an e-mail change; returns how many.

        The undo must survive whatever a thief of the account does next: only another undo, the erasure or its time
        ends it.
        """
        unused = self.filter(used_at__isnull=True).exclude(purpose=OneTimeToken.Purpose.UNDO_EMAIL_CHANGE)
        return unused.delete()[0]


class OneTimeToken(models.Model):
    """A token for one purpose, one address and one use.

    Neither the token nor its short form is stored: both are HMACs of `nonce` and the rest under the secret key, made
    when the e-mail is written and compared when they come back. Reading this table gives nothing that can be redeemed.
    """

    class Purpose(models.TextChoices):
        VERIFY_EMAIL = "verify_email"
        CHANGE_EMAIL = "change_email"
        UNDO_EMAIL_CHANGE = "undo_email_change"
        RESET_PASSWORD = "reset_password"  # noqa: S105  a purpose, no password

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="one_time_tokens")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    nonce = models.CharField(max_length=32)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token.")
    email = models.EmailField(help_text="The address that it is bound to.")
    tries = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="How often its short code was guessed.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = OneTimeTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"
