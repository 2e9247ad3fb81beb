"""The order of what changes in one user's things (decision 6 of the design)."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class UserRevision(models.Model):
    """The last revision of a user's things. Raised with UPDATE ... RETURNING in the writing transaction, whose end it
    keeps others waiting for: sequences and timestamps commit out of order and lose rows."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="revision"
    )
    revision = models.PositiveBigIntegerField(default=0)
    # Up to here tombstones are cleared: who was last told of less cannot learn what is gone.
    cleared = models.PositiveBigIntegerField(db_default=0)

    def __str__(self) -> str:
        return f"revision {self.revision} of {self.user_id}"


class Tombstone(models.Model):
    """Something of a user's that is gone, so that a client that replays the changes lets it go too. Kept 90 days."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, help_text="Which kind of thing: entry, play, review, list ...")
    object_id = models.BigIntegerField(help_text="Its id; of a library entry that of the movie.")
    revision = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "object_id"], name="social_tombstone_once"),
        ]
        indexes = [
            # What changed since a revision; the nightly clearing of what is older than 90 days.
            models.Index(fields=["user", "revision"], name="social_tombstone_since"),
            models.Index(fields=["created_at"], name="social_tombstone_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} of {self.user_id} is gone"
