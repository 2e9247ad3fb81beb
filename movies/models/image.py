from __future__ import annotations

from django.db import models


class Image(models.Model):
    """A picture of a movie, re-encoded and cut to renditions when it came in.

    `path` names the largest rendition below the public media prefix; the others are found by its `renditions`
    (width in pixels to path).
    """

    class Kind(models.TextChoices):
        POSTER = "poster"
        BACKDROP = "backdrop"
        SCREENSHOT = "screenshot"

    movie = models.ForeignKey("movies.Movie", on_delete=models.CASCADE, related_name="images")
    kind = models.CharField(max_length=10, choices=Kind)
    path = models.CharField(max_length=200)
    renditions = models.JSONField(default=dict)
    width = models.PositiveIntegerField(help_text="Pixels.")
    height = models.PositiveIntegerField(help_text="Pixels.")
    bytes = models.PositiveIntegerField(help_text="Size of the largest rendition.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what was uploaded, hexadecimal.")
    language = models.CharField(max_length=3, null=True, blank=True, help_text="Of the words on it, ISO 639.")
    position = models.PositiveSmallIntegerField(default=0, help_text="The first of a kind is the one that lists show.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["kind", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["movie", "kind", "digest"], name="movies_image_same_upload_once"),
        ]
        indexes = [
            # GET /api/movies/{id}/images
            models.Index(fields=["movie", "kind", "position"], name="movies_image_shown"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.movie_id}"
