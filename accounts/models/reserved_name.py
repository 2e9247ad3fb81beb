"""Usernames that were freed and stay reserved for a while, so that no other user can pass for the former owner."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone


class ReservedNameQuerySet(models.QuerySet["ReservedName"]):
    def holding(self) -> ReservedNameQuerySet:
        """Those whose time is not over."""
        return self.filter(until__gt=timezone.now())


class ReservedName(models.Model):
    """A name by a keyed digest: the name of an erased person is not stored anywhere.

    `owner_id` is the number of the account that had it and may take it back; null after an erasure.
    """

    digest = models.CharField(max_length=64, unique=True, help_text="HMAC-SHA-256 of the name in small letters.")
    owner_id = models.BigIntegerField(null=True)
    until = models.DateTimeField()

    objects: Any = ReservedNameQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"reserved name {self.pk}"
