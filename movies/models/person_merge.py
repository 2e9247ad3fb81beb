from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q


def _user(**kwargs: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", **kwargs
    )


class PersonMerge(models.Model):
    """One person who was merged into another, with what it takes to undo it (docs/adr/0023)."""

    survivor = models.ForeignKey("movies.Person", on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey("movies.Person", on_delete=models.PROTECT, related_name="merges_of")
    # Credits that moved: [{"id": 7, "key": [movie, "cast", null, "Neo"]}], with what a credit is known by where an edit
    # has written it again since.
    moved = models.JSONField(default=list)
    # Credits that the survivor had already, whole, since a movie's cast must not name one person twice.
    removed = models.JSONField(default=list)
    # What the survivor lacked and got: {"born": {"old": null, "new": 1930}}; of credits that both had, as a list under
    # "credits": {"id": 7, "new": "Neo"}.
    filled = models.JSONField(default=dict)
    made_by = _user()
    made_at = models.DateTimeField(auto_now_add=True)
    undone_by = _user()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "merge of people"
        verbose_name_plural = "merges of people"
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], name="movies_personmerge_into_one", condition=Q(undone_at__isnull=True)
            ),
            models.CheckConstraint(condition=~Q(survivor=F("merged")), name="movies_personmerge_of_two"),
        ]

    def __str__(self) -> str:
        return f"person {self.merged_id} into {self.survivor_id}"


class PersonSplit(models.Model):
    """Credits of one person that turned out to be another's, who was made for them."""

    person = models.ForeignKey("movies.Person", on_delete=models.PROTECT, related_name="splits")
    created = models.ForeignKey("movies.Person", on_delete=models.PROTECT, related_name="splits_of")
    credits = models.PositiveIntegerField(help_text="How many moved.")
    # External ids that went with them: {"imdb_id": "nm2588606"}.
    taken = models.JSONField(default=dict)
    made_by = _user()
    made_at = models.DateTimeField(auto_now_add=True)
    undone_by = _user()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "split of a person"
        verbose_name_plural = "splits of people"
        constraints = [
            models.UniqueConstraint(fields=["created"], name="movies_personsplit_once"),
        ]

    def __str__(self) -> str:
        return f"person {self.created_id} out of {self.person_id}"
