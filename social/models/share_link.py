"""Links that open one private thing to whoever holds them."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ShareLink(models.Model):
    """One link: to what, until when, and how often. The token is shown once; what is kept cannot be turned into it."""

    class Kind(models.TextChoices):
        PLAY = "play"
        ENTRY = "entry", "what I keep of one movie"
        REVIEW = "review"
        LIST = "list"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind)
    object_id = models.BigIntegerField(help_text="What the user knows the thing by.")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token, hexadecimal.")
    expires_at = models.DateTimeField()
    most_uses = models.PositiveIntegerField(null=True, blank=True, help_text="Null for as often as one likes.")
    uses = models.PositiveIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # One's own links, newest first.
            models.Index(fields=["user", "-id"], name="social_sharelink_of"),
        ]

    def __str__(self) -> str:
        return f"link to {self.kind} {self.object_id}"
