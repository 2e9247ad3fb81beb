"""Kept figures: what is counted when it is written, so that no read counts."""

from __future__ import annotations

from django.db import models

from movies.definition.limits import held, validators


class MovieFigures(models.Model):
    """The figures of one movie; what a list sorts by is copied to the movie. No row means all zero.

    They hold what is public and not held back, so they are the same for every viewer.
    """

    movie = models.OneToOneField("movies.Movie", on_delete=models.CASCADE, primary_key=True, related_name="figures")
    rating_count = models.PositiveIntegerField(default=0)
    rating_sum = models.PositiveBigIntegerField(default=0, help_text="Half stars.")
    people = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Users who watched, rated or favourited it in public, each once."
    )
    plays = models.PositiveIntegerField(default=0)
    favorites = models.PositiveIntegerField(default=0)
    known_raters = models.PositiveIntegerField(
        default=0,
        validators=validators("figures.known_raters"),
        help_text="People elsewhere who rated it; a starting popularity.",
    )
    # Rows that an older version of the code writes meanwhile get the default of the database.
    popularity_seed = models.FloatField(
        default=0.0,
        db_default=0.0,
        validators=validators("figures.popularity_seed"),
        help_text="What popularity starts from, where a catalogue says it; 0 for unknown.",
    )

    class Meta:
        verbose_name_plural = "movie figures"
        constraints = [held("figures.popularity_seed", "movies_moviefigures_popularity_seed_range")]

    def __str__(self) -> str:
        return f"figures of {self.movie_id}"


class CatalogueCount(models.Model):
    """One figure of the whole catalogue, by name."""

    PUBLISHED_MOVIES = "published movies"
    PEOPLE = "people"

    name = models.CharField(max_length=30, primary_key=True)
    value = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
