"""Keys for programs: named, limited to scopes, ended at any time."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.user import User
from watchly.common.scopes import Scope


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def living(self) -> ApiKeyQuerySet:
        """Neither revoked nor expired."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now()), revoked_at__isnull=True)

    def revoke(self) -> int:
        """Ends those that have not been revoked yet, from their next request on; returns how many."""
        return self.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())


class ApiKey(models.Model):
    """`wly_<prefix>_<secret>`: the prefix finds the row, the digest tells whether it is the key.

    The secret is 32 characters of chance, so a fast digest is as good as a slow one.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=8, unique=True)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the whole key.")
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices))
    rate_per_minute = models.PositiveIntegerField(help_text="Requests a minute that this key may make.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    # Written at most once a minute.
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    # Of the device whose code had been shown in the session that made the key.
    second_factor_id = models.BigIntegerField(null=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"
        indexes = [
            # The list of one's keys, and the count of them.
            models.Index(fields=["user", "-id"], name="accounts_apikey_living", condition=Q(revoked_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"
