"""What one person keeps of one movie."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from social.models.authored import AuthoredQuerySet
from watchly.common.visibility import Visibility

_SAYS_SOMETHING = Q(shown_status__isnull=False) | Q(shown_half_stars__isnull=False) | Q(favorite=True)


class EntryQuerySet(AuthoredQuerySet):
    """Entries, which their owner's section of the library opens or closes."""

    section = "library"

    def saying_something(self) -> Self:
        """Entries that say something to others: a status, stars or a favourite. Own tags, a note and narrower plays
        say nothing to them."""
        return self.filter(_SAYS_SOMETHING)

    def visible_in(self, section: str | None, viewer: Any) -> Self:
        """The rule for all that people write; of others, only what says something to them."""
        own = Q(user=viewer.pk) if viewer is not None and viewer.is_authenticated else Q(pk__in=())
        return super().visible_in(section, viewer).filter(own | _SAYS_SOMETHING)


class LibraryEntry(models.Model):
    """One movie in one person's library: status, current rating, favourite, own tags, note. A row is there as long as
    any of these, or a play, is.

    `plays` and `last_watched_at` are copies of the plays that the services keep; `manage.py recount` mends them.
    """

    class Status(models.TextChoices):
        PLANNED = "planned"
        WATCHING = "watching"
        WATCHED = "watched"
        PAUSED = "paused"
        DROPPED = "dropped"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="library")
    movie = models.ForeignKey("movies.Movie", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=Status, null=True, blank=True)
    # What it was before the first play made it watched, or what was said since: deleting the last play returns to it.
    status_before = models.CharField(max_length=8, choices=Status, null=True, blank=True)
    status_changed_at = models.DateTimeField(null=True, blank=True)
    half_stars = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 to 10: half a star to five.")
    rated_at = models.DateTimeField(null=True, blank=True)
    # As it came from elsewhere, so that an export gives it back: 7.5 of 10.
    source_value = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    source_scale = models.PositiveSmallIntegerField(null=True, blank=True)
    favorite = models.BooleanField(default=False)
    favorited_at = models.DateTimeField(null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=50), default=list, blank=True, help_text="The user's own words.")
    note = models.CharField(max_length=5000, null=True, blank=True, help_text="For the user alone.")
    visibility = models.CharField(max_length=9, choices=Visibility, default=Visibility.PUBLIC)
    plays = models.PositiveIntegerField(default=0)
    last_watched_at = models.DateTimeField(null=True, blank=True)
    # What others see: without the plays and reviews that are narrower than the entry (social.services.entry_layers).
    shown_status = models.CharField(max_length=8, choices=Status, null=True, blank=True)
    shown_status_before = models.CharField(max_length=8, choices=Status, null=True, blank=True)
    shown_half_stars = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 to 10.")
    shown_rated_at = models.DateTimeField(null=True, blank=True)
    shown_plays = models.PositiveIntegerField(default=0, db_default=0)
    shown_last_watched_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "library entries"
        permissions = [("view_private", "Can look at what people keep private, on record")]
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="social_libraryentry_of_movie"),
            models.CheckConstraint(
                condition=Q(half_stars__isnull=True) | Q(half_stars__gte=1, half_stars__lte=10),
                name="social_libraryentry_half_stars",
            ),
        ]
        indexes = [
            # One's library, by status or whole, newest first; changes since a revision.
            models.Index(fields=["user", "status", "-id"], name="social_libraryentry_status"),
            models.Index(fields=["user", "revision"], name="social_libraryentry_since"),
            # Favourites, newest first.
            models.Index(
                F("user"), F("favorited_at").desc(), name="social_libraryentry_favorite", condition=Q(favorite=True)
            ),
            # Who has a movie, for friends' ratings, merges and recounts.
            models.Index(fields=["movie", "user"], name="social_libraryentry_movie"),
            # One's own words.
            GinIndex(fields=["tags"], name="social_libraryentry_tags"),
        ]

    def __str__(self) -> str:
        return f"movie {self.movie_id} of user {self.user_id}"
