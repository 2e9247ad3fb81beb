from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Merge(models.Model):
    """One movie that was merged into another, with what it takes to undo it.

    Nothing is deleted by a merge: rows move to the survivor, and what the survivor has already stays with the merged.
    """

    # An advisory lock: held alone by whoever merges or parts, so that what one touches is known before rows are locked,
    # and shared by the batches of imports, which would write to a movie that is being merged.
    LOCK: ClassVar[int] = 0x57_1A_0004

    survivor = models.ForeignKey("movies.Movie", on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey("movies.Movie", on_delete=models.PROTECT, related_name="merges_of")
    state_before = models.CharField(max_length=9, help_text="Of the movie that was merged.")
    reason_before = models.CharField(max_length=300, null=True, blank=True)
    # Table to the rows that moved to the survivor, [{"id": 7, "key": ["cast", 3, null, "Neo"], "position": 0}], with
    # the place that each had, and what it is known by where an update has written it anew since.
    moved = models.JSONField(default=dict)
    # Table to ids of the rows that were added to it (its other title).
    added = models.JSONField(default=dict)
    # What the survivor lacked and got: {"runtime": {"old": null, "new": 101}}; of rows that both have, as a list under
    # "rows": {"table": "movies_credit", "id": 7, "field": "character", "old": null, "new": "Neo"}.
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
