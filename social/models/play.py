"""Viewings: one row each, also of the same film again."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from social.models.authored import AuthoredQuerySet
from watchly.common.visibility import Visibility

# Where a history has what nobody can date: at its very end.
UNDATED = datetime(1, 1, 1, tzinfo=UTC)


class PlayQuerySet(AuthoredQuerySet):
    """Viewings, which their owner's section of the history opens or closes."""

    section = "history"


class Play(models.Model):
    """One person saw one movie once.

    A date without a time lands at 12:00 UTC with precision `day`, a month or year at its first day. `watched_on` is the
    day in the viewer's own time zone: yesterday evening in Tokyo stays that day wherever it is looked at.
    """

    class Precision(models.TextChoices):
        EXACT = "exact"
        DAY = "day"
        MONTH = "month"
        YEAR = "year"
        UNKNOWN = "unknown"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="plays")
    movie = models.ForeignKey("movies.Movie", on_delete=models.PROTECT, related_name="+")
    watched_at = models.DateTimeField(null=True, blank=True)
    watched_on = models.DateField(null=True, blank=True)
    # A stream is ordered by what is never null.
    history_order = models.GeneratedField(
        expression=Coalesce("watched_at", Value(UNDATED)), output_field=models.DateTimeField(), db_persist=True
    )
    precision = models.CharField(max_length=7, choices=Precision, default=Precision.UNKNOWN)
    half_stars = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Of that viewing, 1 to 10.")
    source_value = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    source_scale = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.CharField(max_length=5000, null=True, blank=True, help_text="For the user alone.")
    place = models.CharField(max_length=200, null=True, blank=True)
    # People whom the viewer follows.
    companions = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    visibility = models.CharField(max_length=9, choices=Visibility, default=Visibility.PUBLIC)
    source = models.CharField(max_length=20, default="api", help_text="Where it came from: api, letterboxd, plex ...")
    source_key = models.CharField(
        max_length=200, null=True, blank=True, help_text="Natural key there: the same import twice changes nothing."
    )
    revision = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PlayQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "source", "source_key"],
                name="social_play_source_key",
                condition=Q(source_key__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(half_stars__isnull=True) | Q(half_stars__gte=1, half_stars__lte=10),
                name="social_play_half_stars",
            ),
            models.CheckConstraint(
                condition=Q(precision="unknown", watched_at__isnull=True)
                | (~Q(precision="unknown") & Q(watched_at__isnull=False)),
                name="social_play_precision",
            ),
        ]
        indexes = [
            # The history, last seen first, what has no date at the end; the plays of one movie; what changed since.
            models.Index(F("user"), F("history_order").desc(), F("id").desc(), name="social_play_history"),
            models.Index(F("user"), F("movie"), F("history_order").desc(), F("id").desc(), name="social_play_of_movie"),
            models.Index(fields=["user", "revision"], name="social_play_since"),
            # Merges and recounts of a movie.
            models.Index(fields=["movie"], name="social_play_movie"),
        ]

    def __str__(self) -> str:
        return f"movie {self.movie_id} seen by {self.user_id}"
