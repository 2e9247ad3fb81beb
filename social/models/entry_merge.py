"""What a merge of two movies did to one person's library, so that it can be undone."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class EntryMerge(models.Model):
    """One person's things of a movie that was merged into another.

    The merge is named by its number alone: the catalogue keeps its merges for ever, and knows nothing of this table.
    """

    merge_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # The entries as they were, and what they became together: fields by name. Null where there was no entry.
    merged = models.JSONField(null=True)
    survivor = models.JSONField(null=True)
    combined = models.JSONField()
    play_ids = ArrayField(models.BigIntegerField(), default=list, help_text="Those that moved to the survivor.")
    # Its place among the films on top of the profile, if it was there and gave way or moved.
    top_position = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            # Also what an unmerge reads.
            models.UniqueConstraint(fields=["merge_id", "user"], name="social_entrymerge_once"),
        ]

    def __str__(self) -> str:
        return f"merge {self.merge_id} in the library of {self.user_id}"
