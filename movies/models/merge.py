from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Merge(models.Model):
    """One movie that was merged into another, with what it takes to undo it.

    Nothing is deleted by a merge: rows move to the survivor, and what the survivor has already stays with the merged.
    """

    survivor = models.ForeignKey("movies.Movie", on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey("movies.Movie", on_delete=models.PROTECT, related_name="merges_of")
    state_before = models.CharField(max_length=9, help_text="Of the movie that was merged.")
    reason_before = models.CharField(max_length=300, null=True, blank=True)
    # Table to ids of the rows that moved to the survivor, and those that were added to it (its other title).
    moved = models.JSONField(default=dict)
    added = models.JSONField(default=dict)
    # What the survivor lacked and got: {"runtime": {"old": null, "new": 101}}.
    filled = models.JSONField(default=dict)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], name="movies_merge_into_one", condition=Q(undone_at__isnull=True)
            ),
            models.CheckConstraint(condition=~Q(survivor=F("merged")), name="movies_merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.survivor_id}"
