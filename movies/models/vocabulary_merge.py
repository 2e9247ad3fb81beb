from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


def _user() -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )


class VocabularyMerge(models.Model):
    """A genre, tag or company that was merged into another: what it was called still means that one.

    The merged row is deleted, so that lists and counts need not leave it out; this row is its other name and holds what
    an undo needs.
    """

    class Kind(models.TextChoices):
        GENRE = "genre"
        TAG = "tag"
        COMPANY = "company"

    kind = models.CharField(max_length=7, choices=Kind)
    # Of the three, the one of the kind: what the name means now. `into_id` is what the merge was into at first, which
    # may have been merged itself.
    genre = models.ForeignKey("movies.Genre", on_delete=models.CASCADE, null=True, related_name="aliases")
    tag = models.ForeignKey("movies.Tag", on_delete=models.CASCADE, null=True, related_name="aliases")
    company = models.ForeignKey("movies.Company", on_delete=models.CASCADE, null=True, related_name="aliases")
    into_id = models.BigIntegerField()
    merged_id = models.BigIntegerField(help_text="The id that it had.")
    name = models.CharField(max_length=200)
    # The other columns of the row: {"slug": "sci-fi"}.
    row = models.JSONField(default=dict)
    # Movies that had it and got the other one; movies that had both.
    moved = ArrayField(models.BigIntegerField(), default=list)
    both = ArrayField(models.BigIntegerField(), default=list)
    made_by = _user()
    made_at = models.DateTimeField(auto_now_add=True)
    undone_by = _user()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "merge of vocabulary"
        verbose_name_plural = "merges of vocabulary"
        permissions = [("merge_vocabulary", "Can merge genres, tags and companies")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "merged_id"], name="movies_vocabularymerge_once", condition=Q(undone_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=False)
                | Q(kind="genre", genre__isnull=False, tag__isnull=True, company__isnull=True)
                | Q(kind="tag", tag__isnull=False, genre__isnull=True, company__isnull=True)
                | Q(kind="company", company__isnull=False, genre__isnull=True, tag__isnull=True),
                name="movies_vocabularymerge_into_one",
            ),
        ]
        indexes = [
            # What a name that no row has any more means.
            models.Index(
                fields=["kind", "name"], name="movies_vocabularymerge_name", condition=Q(undone_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def survivor(self) -> Any:
        """What the name means now; None when the merge was undone."""
        return None if self.undone_at else getattr(self, self.kind)
