"""What people did, for those who follow them (the design: docs/adr/0021)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from watchly.common.visibility import Visibility


class Verb(models.TextChoices):
    """What was done; one group holds one of them."""

    WATCHED = "watched"
    RATED = "rated"
    FAVORITED = "favorited"
    REVIEWED = "reviewed"
    LISTED = "listed"
    FOLLOWED = "followed"


class Actor(models.Model):
    """Somebody who has done something that others may see, and when last: what the feed asks of thousands at once."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    last_group_id = models.BigIntegerField(help_text="Their newest group; rises only.")

    class Meta:
        indexes = [
            # Which of 5,000 were active last: read from the index alone.
            models.Index(fields=["user"], include=["last_group_id"], name="social_actor_last"),
        ]

    def __str__(self) -> str:
        return f"actor {self.user_id}"


class ActivityGroup(models.Model):
    """What one person did of one kind within six hours: "rated 5 movies". It keeps its place, however many join it."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    verb = models.CharField(max_length=9, choices=Verb)
    # Kept by the services: how many of its activities are shown, and how many of those to everybody.
    shown = models.PositiveIntegerField(default=0)
    shown_public = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "activities"
        ordering = ["-pk"]
        indexes = [
            # One person's groups, newest first, as followers see them and as everybody does.
            models.Index(F("actor"), F("id").desc(), name="social_activitygroup_shown", condition=Q(shown__gt=0)),
            models.Index(
                F("actor"), F("id").desc(), name="social_activitygroup_public", condition=Q(shown_public__gt=0)
            ),
            # The group that is still open.
            models.Index(fields=["actor", "verb", "-id"], name="social_activitygroup_open"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_id} {self.verb} {self.shown}"


class Activity(models.Model):
    """One thing done once. What only its owner may see makes none."""

    group = models.ForeignKey(ActivityGroup, on_delete=models.CASCADE, related_name="activities")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    verb = models.CharField(max_length=9, choices=Verb)
    movie = models.ForeignKey("movies.Movie", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    target = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    object_id = models.BigIntegerField(default=0, help_text="The play, review or list that it is about; else 0.")
    half_stars = models.PositiveSmallIntegerField(null=True, blank=True, help_text="What was rated, 1 to 10.")
    visibility = models.CharField(max_length=9, choices=Visibility)
    shown = models.BooleanField(default=True, help_text="False while the thing, or its movie, is held back.")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["actor", "verb", "movie", "target", "object_id"],
                name="social_activity_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=~Q(visibility=Visibility.PRIVATE), name="social_activity_not_private"),
        ]
        indexes = [
            # Merges, withdrawals and restores of a movie.
            models.Index(fields=["movie"], name="social_activity_movie", condition=Q(movie__isnull=False)),
            # What hangs on a review or a list.
            models.Index(fields=["verb", "object_id"], name="social_activity_object", condition=~Q(object_id=0)),
        ]

    def __str__(self) -> str:
        return f"{self.actor_id} {self.verb}"
