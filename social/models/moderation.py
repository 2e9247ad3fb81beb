"""What people report, and what moderators made of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Kind(models.TextChoices):
    """What can be reported."""

    REVIEW = "review"
    COMMENT = "comment"
    LIST = "list"
    USER = "user"


class Reason(models.TextChoices):
    """Why somebody reports something."""

    SPAM = "spam"
    SPOILER = "spoiler", "spoiler without a warning"
    HARASSMENT = "harassment"
    HATE = "hate"
    SEXUAL = "sexual", "sexual content"
    ILLEGAL = "illegal"
    OTHER = "other"


class ModerationCase(models.Model):
    """One thing that was reported, in the queue until somebody decides. A thing has one open case at most."""

    class State(models.TextChoices):
        OPEN = "open"
        DISMISSED = "dismissed", "nothing wrong"
        UPHELD = "upheld"

    kind = models.CharField(max_length=7, choices=Kind)
    object_id = models.BigIntegerField(help_text="Of the thing; of a user their own id.")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    held = models.BooleanField(default=False, help_text="Whether the thing is held back until it is decided.")
    reports_count = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=500, null=True, blank=True, help_text="What the author is told.")
    note = models.CharField(max_length=2_000, null=True, blank=True, help_text="For moderators alone.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "moderation case"
        permissions = [("moderate", "Can hold, hide and release what people wrote")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id"], name="social_moderationcase_open_once", condition=Q(state="open")
            ),
        ]
        indexes = [
            # The queue; what was decided of a thing before.
            models.Index(fields=["state", "-id"], name="social_moderationcase_queue"),
            models.Index(fields=["kind", "object_id", "-id"], name="social_moderationcase_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class Report(models.Model):
    """Somebody finds something wrong with what another wrote, or with another."""

    case = models.ForeignKey(ModerationCase, on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=10, choices=Reason)
    note = models.CharField(max_length=2_000, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["case", "reporter"], name="social_report_once")]

    def __str__(self) -> str:
        return f"{self.reason}: report {self.pk}"
