from __future__ import annotations

from django.db import models
from django.db.models import Q

from movies.definition.limits import longest, validators


class Credit(models.Model):
    """One part that one person has in one movie: in the cast with a character, or in the crew with a job."""

    class Kind(models.TextChoices):
        CAST = "cast"
        CREW = "crew"

    DIRECTOR = "Director"

    movie = models.ForeignKey("movies.Movie", on_delete=models.CASCADE, related_name="credits")
    person = models.ForeignKey("movies.Person", on_delete=models.CASCADE, related_name="credits")
    kind = models.CharField(max_length=4, choices=Kind)
    character = models.CharField(max_length=longest("credit.character"), null=True, blank=True)
    department = models.CharField(max_length=longest("credit.department"), null=True, blank=True)
    job = models.CharField(max_length=longest("credit.job"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=validators("credit.position"), help_text="Billing order, from 0."
    )

    class Meta:
        ordering = ["kind", "position", "pk"]
        constraints = [
            # The same person twice in one cast is legal with two characters.
            models.UniqueConstraint(
                fields=["movie", "kind", "person", "job", "character"],
                name="movies_credit_part_unique",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(kind="cast", job__isnull=True, department__isnull=True)
                | Q(kind="crew", job__isnull=False, character__isnull=True),
                name="movies_credit_kind_fields",
                violation_error_message="The cast has no job and no department; the crew has a job and no character.",
            ),
        ]
        indexes = [
            # GET /api/people/{id}/credits, and the filter `person`.
            models.Index(fields=["person", "movie"], name="movies_credit_person"),
            # The directors of every listed movie.
            models.Index(
                fields=["movie", "position", "person"],
                name="movies_credit_directors",
                condition=Q(kind="crew", job="Director"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.movie_id}: {self.character or self.job or self.kind}"
