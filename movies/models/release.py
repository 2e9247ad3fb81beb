from __future__ import annotations

from django.db import models

from movies.definition.limits import held, longest, validators


class ReleaseDate(models.Model):
    """When and how a movie came out in one country, and from which age it may be seen there."""

    class Kind(models.TextChoices):
        PREMIERE = "premiere"
        LIMITED = "limited"
        THEATRICAL = "theatrical"
        DIGITAL = "digital"
        PHYSICAL = "physical"
        TV = "tv", "TV"

    movie = models.ForeignKey("movies.Movie", on_delete=models.CASCADE, related_name="release_dates")
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2.")
    kind = models.CharField(max_length=10, choices=Kind)
    date = models.DateField(validators=validators("release_date.date"))
    certification = models.CharField(max_length=longest("release_date.certification"), null=True, blank=True)
    note = models.CharField(max_length=longest("release_date.note"), null=True, blank=True)

    class Meta:
        ordering = ["country", "date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["movie", "country", "kind", "date", "note"],
                name="movies_releasedate_unique",
                nulls_distinct=False,
            ),
            held("release_date.date", "movies_releasedate_date_range"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.date} {self.kind}"
