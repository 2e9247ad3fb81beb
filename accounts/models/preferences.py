"""How Watchly behaves for a person."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from watchly.common.visibility import Visibility


class PreferencesQuerySet(models.QuerySet["Preferences"]):
    def of(self, user_id: int) -> Preferences:
        """This user's preferences; with the defaults, and not stored, while they have chosen nothing."""
        return self.filter(user_id=user_id).first() or Preferences(user_id=user_id)


class Preferences(models.Model):
    """A user without a row has the defaults."""

    class RatingDisplay(models.TextChoices):
        STARS = "stars", "0.5 to 5 stars"
        TEN = "10", "1 to 10"
        HUNDRED = "100", "10 to 100"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    language = models.CharField(max_length=3, default="en", help_text="ISO 639.")
    time_zone = models.CharField(max_length=64, default="UTC", help_text="IANA: Europe/Berlin.")
    rating_display = models.CharField(max_length=5, choices=RatingDisplay, default=RatingDisplay.STARS)
    default_visibility = models.CharField(
        max_length=9, choices=Visibility, default=Visibility.PUBLIC, help_text="Of what is written without saying."
    )
    hide_spoilers = models.BooleanField(default=True)
    release_countries = ArrayField(
        models.CharField(max_length=2), default=list, blank=True, help_text="ISO 3166-1, the most wanted first."
    )
    # What was chosen, by kind and way; what was not chosen is as the kind has it.
    notifications = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: Any = PreferencesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return f"preferences of {self.user_id}"
