from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from movies.definition.limits import held, longest, validators


class Award(models.Model):
    """One nomination of a movie, won or not. The same category may name a movie twice, for different people."""

    movie = models.ForeignKey("movies.Movie", on_delete=models.CASCADE, related_name="awards")
    award = models.CharField(max_length=longest("award.award"), help_text="Academy Award …")
    ceremony = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=validators("award.ceremony"), help_text="Its number: 98 for the 98th."
    )
    category = models.CharField(max_length=longest("award.category"))
    won = models.BooleanField()
    people = ArrayField(
        models.CharField(max_length=longest("award.person")), default=list, blank=True, help_text="Names, as nominated."
    )

    class Meta:
        ordering = ["award", "ceremony", "category", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["movie", "award", "ceremony", "category", "people"],
                name="movies_award_nomination_unique",
                nulls_distinct=False,
            ),
            held("award.ceremony", "movies_award_ceremony_range"),
            held("award.people", "movies_award_people_most"),
        ]

    def __str__(self) -> str:
        return f"{self.award} {self.ceremony}, {self.category}"
