from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class DuplicatePair(models.Model):
    """Two movies that are likely the same film; the older id stands first."""

    class State(models.TextChoices):
        OPEN = "open"
        DISMISSED = "dismissed"
        MERGED = "merged"

    class Reason(models.TextChoices):
        EXTERNAL_ID = "external_id", "share an external id"
        TITLE_YEAR = "title_year", "same title, years at most one apart"
        ORIGINAL_TITLE = "original_title", "one's title is another title of the other"
        PEOPLE = "people", "share their people"

    first = models.ForeignKey("movies.Movie", on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey("movies.Movie", on_delete=models.CASCADE, related_name="+")
    reasons = ArrayField(models.CharField(max_length=14, choices=Reason))
    score = models.PositiveSmallIntegerField(help_text="0 to 100: how likely.")
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "likely duplicate"
        ordering = ["-score", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="movies_duplicatepair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="movies_duplicatepair_in_order"),
            models.CheckConstraint(condition=Q(score__lte=100), name="movies_duplicatepair_score_range"),
        ]
        indexes = [
            # The back office's list: what is open, the likeliest first.
            models.Index(F("score").desc(), F("id").asc(), name="movies_duplicatepair_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"
