from __future__ import annotations

from django.db import models


class Collection(models.Model):
    """Films that belong together ("part of"): a series, a trilogy."""

    name = models.CharField(max_length=200, unique=True)
    slug = models.SlugField(max_length=200, unique=True)
    tmdb_id = models.PositiveIntegerField("TMDB id", null=True, blank=True, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
