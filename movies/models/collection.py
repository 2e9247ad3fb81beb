from __future__ import annotations

from django.db import models

from movies.definition.limits import held, longest, validators


class Collection(models.Model):
    """Films that belong together ("part of"): a series, a trilogy."""

    name = models.CharField(max_length=longest("collection.name"), unique=True)
    slug = models.SlugField(max_length=longest("collection.name"), unique=True)
    tmdb_id = models.PositiveIntegerField(
        "TMDB id", null=True, blank=True, unique=True, validators=validators("collection.tmdb_id")
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            held("collection.tmdb_id", "movies_collection_tmdb_id_range"),
        ]

    def __str__(self) -> str:
        return self.name
