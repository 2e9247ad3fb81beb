from __future__ import annotations

from django.db import models
from django.db.models import Q


class ProviderRecord(models.Model):
    """What an outside provider (TMDB) says of a movie beyond its facts, and how fresh that is."""

    class Provider(models.TextChoices):
        TMDB = "tmdb", "TMDB"

    movie = models.ForeignKey("movies.Movie", on_delete=models.CASCADE, related_name="provider_records")
    provider = models.CharField(max_length=10, choices=Provider)
    external_id = models.PositiveIntegerField(help_text="Of the film there.")
    fetched_at = models.DateTimeField(
        null=True, blank=True, help_text="When its data was last read; null while only a file told of the film."
    )
    stale_since = models.DateTimeField(
        null=True, blank=True, help_text="Since when the provider does not know the film any more."
    )
    # Of files there (https://developer.themoviedb.org/docs/image-basics): "/kqjL17yufvn9OVLyXYpvtyrFfak.jpg".
    poster_path = models.CharField(max_length=200, null=True, blank=True)
    backdrop_path = models.CharField(max_length=200, null=True, blank=True)
    # {"DE": {"link": ..., "flatrate": [{"id", "name", "logo_path"}], "rent": [...], "buy": [...]}}
    offers = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "provider data"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["movie", "provider"], name="movies_providerrecord_of_movie"),
        ]
        indexes = [
            # The nightly refresh: what changed there, by its id; the attention list of what is stale or old.
            models.Index(fields=["provider", "external_id"], name="movies_providerrecord_id"),
            models.Index(fields=["fetched_at"], name="movies_providerrecord_age"),
            models.Index(
                fields=["stale_since"], name="movies_providerrecord_stale", condition=Q(stale_since__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.external_id}"
