from __future__ import annotations

from django.db import models

from movies.definition.limits import held, longest, validators


class Company(models.Model):
    """A production company."""

    name = models.CharField(max_length=longest("company.name"))
    country = models.CharField(max_length=2, null=True, blank=True, help_text="ISO 3166-1 alpha-2.")
    tmdb_id = models.PositiveIntegerField(
        "TMDB id", null=True, blank=True, unique=True, validators=validators("company.tmdb_id")
    )

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "companies"
        constraints = [
            models.UniqueConstraint(
                fields=["name", "country"], name="movies_company_name_unique", nulls_distinct=False
            ),
            held("company.tmdb_id", "movies_company_tmdb_id_range"),
        ]

    def __str__(self) -> str:
        return self.name
