"""Who follows whom, and who wants nothing to do with whom."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Follow(models.Model):
    """One person follows another, or asks to where the profile is not public."""

    class State(models.TextChoices):
        REQUESTED = "requested"
        ACCEPTED = "accepted"

    follower = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="following")
    followed = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="followers")
    state = models.CharField(max_length=9, choices=State, default=State.ACCEPTED)
    revision = models.PositiveBigIntegerField(default=0, help_text="Of the follower's things.")
    created_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["follower", "followed"], name="social_follow_once"),
            models.CheckConstraint(condition=~Q(follower=F("followed")), name="social_follow_of_another"),
        ]
        indexes = [
            # A profile's followers and what waits for its owner, newest first.
            models.Index(fields=["followed", "state", "-id"], name="social_follow_of"),
            # Whom one follows: newest first, and as the set that visibility and the feed look into.
            models.Index(fields=["follower", "state", "-id"], include=["followed"], name="social_follow_by"),
            # What changed since a revision.
            models.Index(fields=["follower", "revision"], name="social_follow_since"),
        ]

    def __str__(self) -> str:
        return f"{self.follower_id} {self.state} {self.followed_id}"


class BlockQuerySet(models.QuerySet["Block"]):
    def between(self, first: Any, second: Any) -> BlockQuerySet:
        """Blocks of two people, whoever blocked whom; either may be an expression of the rows around this."""
        return self.filter(Q(blocker=first, blocked=second) | Q(blocker=second, blocked=first)).order_by()


class Block(models.Model):
    """One person has blocked another: neither sees anything of the other, anywhere."""

    blocker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocked_by")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BlockQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            # Also whom one has blocked; the index below is the other direction. Both stand in every read of others.
            models.UniqueConstraint(fields=["blocker", "blocked"], name="social_block_once"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="social_block_of_another"),
        ]
        indexes = [models.Index(fields=["blocked", "blocker"], name="social_block_of")]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"
