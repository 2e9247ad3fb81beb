from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class DoubtfulCareer(models.Model):
    """A person whose acting and directing credits are hardly one person's: likely namesakes in one row."""

    class State(models.TextChoices):
        OPEN = "open"
        DISMISSED = "dismissed"

    class Reason(models.TextChoices):
        BEFORE_BIRTH = "before_birth", "credits before birth"
        AFTER_DEATH = "after_death", "credits long after death"
        SPAN = "span", "a career longer than a life"
        GAP = "gap", "decades without a credit"

    person = models.OneToOneField("movies.Person", on_delete=models.CASCADE, related_name="doubtful_career")
    reasons = ArrayField(models.CharField(max_length=12, choices=Reason))
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            # The list of what is to be decided.
            models.Index(fields=["state", "id"], name="movies_doubtfulcareer_state"),
        ]

    def __str__(self) -> str:
        return f"person {self.person_id}: {self.first_year}–{self.last_year}"
