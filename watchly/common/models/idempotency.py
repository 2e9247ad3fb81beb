from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models

KEPT = timedelta(hours=24)


class IdempotencyRecord(models.Model):
    """The first answer to a POST that carried an Idempotency-Key, kept 24 hours so that a retry gets it again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64, help_text="SHA-256 of method, path, query and body.")
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "route", "key"], name="common_idempotencyrecord_key_unique")
        ]
        indexes = [
            # The nightly clearing of what is older than a day.
            models.Index(fields=["created_at"], name="common_idempotency_created")
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"
