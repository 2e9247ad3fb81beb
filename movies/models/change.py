from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Change(models.Model):
    """Who changed what of a movie or a person, from what to what. Rows are added and never changed.

    A film that an import made has no row of its own: its `created_at` and `source` say it, and a dump makes millions.
    """

    class Action(models.TextChoices):
        CREATED = "created"
        EDITED = "edited"
        PUBLISHED = "published"
        WITHDRAWN = "withdrawn"
        RESTORED = "restored"
        MERGED = "merged"
        UNMERGED = "unmerged"
        UNLOCKED = "unlocked"
        SPLIT = "split"

    class Via(models.TextChoices):
        ADMIN = "admin", "back office"
        API = "api", "API"
        IMPORT = "import"
        PROVIDER = "provider"
        COMMAND = "command"

    movie = models.ForeignKey("movies.Movie", on_delete=models.CASCADE, null=True, blank=True, related_name="changes")
    person = models.ForeignKey("movies.Person", on_delete=models.CASCADE, null=True, blank=True, related_name="changes")
    action = models.CharField(max_length=9, choices=Action)
    via = models.CharField(max_length=8, choices=Via)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    run = models.ForeignKey("movies.ImportRun", on_delete=models.SET_NULL, null=True, related_name="+")
    # {"runtime": {"old": null, "new": 101}}
    fields = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, null=True, blank=True)
    version = models.PositiveIntegerField(help_text="The version that it made.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(movie__isnull=False, person__isnull=True) | Q(movie__isnull=True, person__isnull=False),
                name="movies_change_of_one_thing",
            ),
        ]
        indexes = [
            # The history of one movie or person, newest first; who locked a field.
            models.Index(fields=["movie", "-id"], name="movies_change_of_movie", condition=Q(movie__isnull=False)),
            models.Index(fields=["person", "-id"], name="movies_change_of_person", condition=Q(person__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.action} via {self.via}"
