from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from movies.definition.limits import PERSON_IMDB_ID, held, longest, validators


class PersonQuerySet(models.QuerySet["Person"]):
    def unmerged(self) -> PersonQuerySet:
        """Those who are somebody of their own: not merged into another."""
        return self.filter(merged_into__isnull=True)


class Person(models.Model):
    """Somebody who made or acted in films."""

    name = models.CharField(max_length=longest("person.name"))
    biography = models.TextField(max_length=longest("person.biography"), null=True, blank=True)
    born = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=validators("person.born"), help_text="Year."
    )
    died = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=validators("person.died"), help_text="Year."
    )
    imdb_id = models.CharField(
        "IMDb id", max_length=12, null=True, blank=True, unique=True, help_text="nm and at least seven digits."
    )
    tmdb_id = models.PositiveIntegerField(
        "TMDB id", null=True, blank=True, unique=True, validators=validators("person.tmdb_id")
    )
    name_key = models.CharField(
        max_length=longest("person.name"), editable=False, default="", help_text="The normalised name."
    )
    # The person whom this one was merged into, always the last of a chain. The row stays: its address leads to that
    # person, and an import that knows this name or these ids finds that person.
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="merged_people",
    )
    credit_count = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, help_text="Rises with editorial writes only.")
    locked_fields = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "people"
        permissions = [("merge_person", "Can merge, unmerge and split people")]
        constraints = [
            models.CheckConstraint(
                condition=Q(imdb_id__isnull=True) | Q(imdb_id__regex=f"^{PERSON_IMDB_ID}$"),
                name="movies_person_imdb_id_form",
                violation_error_message="An IMDb id of a person is nm and seven to ten digits, such as nm0000199.",
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="movies_person_name_not_empty",
                violation_error_message="A person needs a name.",
            ),
            held("person.biography", "movies_person_biography_length"),
            held("person.born", "movies_person_born_range"),
            held("person.died", "movies_person_died_range"),
            held("person.tmdb_id", "movies_person_tmdb_id_range"),
        ]
        indexes = [
            # GET /api/people, most credited first; the same by name.
            models.Index(fields=["-credit_count", "id"], name="movies_person_by_credits"),
            models.Index(fields=["name_key", "id"], name="movies_person_by_name"),
            # The importer's match of a person of whom only the name is known.
            models.Index(fields=["name"], name="movies_person_name"),
            # The other names of a person: of those who were merged into them.
            models.Index(
                fields=["merged_into"], name="movies_person_merged_into", condition=Q(merged_into__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def years(self) -> str:
        """`1930–1980`, `born 1969`, `died 1980`, or nothing where no year is known."""
        if self.born and self.died:
            return f"{self.born}–{self.died}"
        return f"born {self.born}" if self.born else f"died {self.died}" if self.died else ""
