from __future__ import annotations

from django.db import models

from movies.definition.limits import longest


class AlternativeTitle(models.Model):
    """A title under which a movie is known elsewhere, by country and language where those are known."""

    movie = models.ForeignKey("movies.Movie", on_delete=models.CASCADE, related_name="alternative_titles")
    title = models.CharField(max_length=longest("alternative_title.title"))
    country = models.CharField(max_length=2, null=True, blank=True, help_text="ISO 3166-1 alpha-2.")
    language = models.CharField(max_length=3, null=True, blank=True, help_text="ISO 639-1, else 639-3.")
    kind = models.CharField(
        max_length=longest("alternative_title.kind"),
        null=True,
        blank=True,
        help_text="Working title, reissue, festival …",
    )

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["movie", "title", "country", "language"],
                name="movies_alternativetitle_unique",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.title
