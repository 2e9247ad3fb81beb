from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from movies.definition.limits import longest


class Suggestion(models.Model):
    """A film that somebody missed: its movie is a draft that they use at once, and a curator decides about it."""

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        REJECTED = "rejected"
        MERGED = "merged", "merged into a film that was there"

    movie = models.OneToOneField("movies.Movie", on_delete=models.CASCADE, related_name="suggestion")
    suggested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    note = models.CharField(
        max_length=longest("suggestion.note"), null=True, blank=True, help_text="Where to read about it."
    )
    # As they were named. Nobody is made of a name before a curator has seen it.
    directors = ArrayField(models.CharField(max_length=longest("person.name")), default=list, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, null=True, blank=True, help_text="Why it was rejected.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # The back office's list of what waits, the oldest first.
            models.Index(fields=["id"], name="movies_suggestion_open", condition=Q(state="open")),
            # What one person has waiting.
            models.Index(fields=["suggested_by", "-id"], name="movies_suggestion_by"),
        ]

    def __str__(self) -> str:
        return f"suggestion {self.pk} ({self.state})"
