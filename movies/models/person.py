from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Person(models.Model):
    """Somebody who made or acted in films."""

    name = models.CharField(max_length=300)
    biography = models.TextField(null=True, blank=True)
    born = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Year.")
    died = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Year.")
    imdb_id = models.CharField(
        "IMDb id", max_length=12, null=True, blank=True, unique=True, help_text="nm and at least seven digits."
    )
    tmdb_id = models.PositiveIntegerField("TMDB id", null=True, blank=True, unique=True)
    name_key = models.CharField(max_length=300, editable=False, default="", help_text="The normalised name.")
    credit_count = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, help_text="Rises with editorial writes only.")
    locked_fields = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "people"
        constraints = [
            models.CheckConstraint(
                condition=Q(imdb_id__isnull=True) | Q(imdb_id__regex=r"^nm[0-9]{7,10}$"),
                name="movies_person_imdb_id_form",
                violation_error_message="An IMDb id of a person is nm and seven to ten digits, such as nm0000199.",
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="movies_person_name_not_empty",
                violation_error_message="A person needs a name.",
            ),
        ]
        indexes = [
            # GET /api/people, most credited first; the same by name.
            models.Index(fields=["-credit_count", "id"], name="movies_person_by_credits"),
            models.Index(fields=["name_key", "id"], name="movies_person_by_name"),
            # The importer's match of a person of whom only the name is known.
            models.Index(fields=["name"], name="movies_person_name"),
        ]

    def __str__(self) -> str:
        return self.name
