from __future__ import annotations

from django.db import models

from movies.definition.limits import longest


class Video(models.Model):
    """A trailer or clip at a provider."""

    class Kind(models.TextChoices):
        TRAILER = "trailer"
        TEASER = "teaser"
        CLIP = "clip"
        FEATURETTE = "featurette"
        BEHIND_THE_SCENES = "behind the scenes"
        BLOOPERS = "bloopers"

    class Provider(models.TextChoices):
        YOUTUBE = "youtube", "YouTube"
        VIMEO = "vimeo", "Vimeo"

    PAGES = {Provider.YOUTUBE: "https://www.youtube.com/watch?v=", Provider.VIMEO: "https://vimeo.com/"}

    movie = models.ForeignKey("movies.Movie", on_delete=models.CASCADE, related_name="videos")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.TRAILER)
    provider = models.CharField(max_length=10, choices=Provider)
    key = models.CharField(
        max_length=longest("video.key"), help_text="The provider's name for it, as in its page's address."
    )
    name = models.CharField(max_length=longest("video.name"), null=True, blank=True)
    official = models.BooleanField(default=False)
    language = models.CharField(max_length=3, null=True, blank=True, help_text="ISO 639.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["movie", "provider", "key"], name="movies_video_once"),
            models.CheckConstraint(
                condition=models.Q(key__regex=r"^[A-Za-z0-9_-]+$"),
                name="movies_video_key_form",
                violation_error_message="A video's key consists of letters, digits, _ and -.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.key

    @property
    def url(self) -> str:
        """The page where it plays."""
        return self.PAGES[self.Provider(self.provider)] + self.key
