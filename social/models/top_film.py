"""The few films on top of a profile."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

MOST_TOP_FILMS = 4


class TopFilm(models.Model):
    """One of up to four films that a person puts on top of their profile, in their order."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="top_films")
    movie = models.ForeignKey("movies.Movie", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(help_text="1 to 4.")
    revision = models.PositiveBigIntegerField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            # Also the profile's own read.
            models.UniqueConstraint(fields=["user", "position"], name="social_topfilm_position"),
            models.UniqueConstraint(fields=["user", "movie"], name="social_topfilm_once"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MOST_TOP_FILMS), name="social_topfilm_positions"
            ),
        ]
        # The foreign key's own index serves merges and purges of a movie.

    def __str__(self) -> str:
        return f"{self.position}. of {self.user_id}: movie {self.movie_id}"
