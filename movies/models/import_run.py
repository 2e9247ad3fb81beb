from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from watchly.common.job_states import JobState


class ImportRun(models.Model):
    """One run of the importer over one file or set of files, from a command, the API or the back office."""

    class State(models.TextChoices):
        WAITING = "waiting"
        PREVIEWING = "previewing"
        PREVIEWED = "previewed"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    # What clients are told, who tell a preview by `preview`.
    TOLD: ClassVar[dict[str, JobState]] = {
        State.WAITING: JobState.PENDING,
        State.PREVIEWING: JobState.RUNNING,
        State.PREVIEWED: JobState.DONE,
        State.RUNNING: JobState.RUNNING,
        State.DONE: JobState.DONE,
        State.FAILED: JobState.FAILED,
        State.CANCELLED: JobState.CANCELLED,
    }

    # Beyond so many lines the report counts on without keeping them.
    REPORT_KEPT: ClassVar = 10_000

    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    format = models.CharField(max_length=20, default="auto", help_text="auto until it is recognised.")
    names = models.JSONField(default=list, help_text="Names of the files, as they came.")
    path = models.CharField(max_length=300, null=True, blank=True, help_text="Where an uploaded file waits.")
    preview = models.BooleanField(default=False, help_text="Say what would change, write nothing.")
    update_existing = models.BooleanField(default=False)
    options = models.JSONField(
        default=dict, help_text="What a format lets choose, such as the kinds of titles to keep."
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Raised in the transaction of each batch, with its rows: a killed run goes on from here.
    checkpoint = models.JSONField(default=dict)
    total_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    read_bytes = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    created = models.PositiveBigIntegerField(default=0)
    updated = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    skipped = models.PositiveBigIntegerField(
        default=0, help_text="Rows that were not wanted: of another kind of title, or about films that are not held."
    )
    rejected = models.PositiveBigIntegerField(default=0)
    ambiguous = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="Rows that may be any of several movies: none of them was changed."
    )
    remarks = models.PositiveBigIntegerField(
        default=0, help_text="Rows that came in, with something to say about them."
    )
    digest = models.CharField(max_length=64, blank=True, default="", help_text="SHA-256 of the files, hexadecimal.")
    changes = models.JSONField(default=list, help_text="A preview's sample: what would change, field by field.")
    error = models.TextField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "import"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"import {self.pk} ({self.state})"

    @property
    def unreported(self) -> int:
        """How many lines of the report were counted and not kept, since there were more than `REPORT_KEPT`."""
        return max(0, self.rejected + self.ambiguous + self.remarks - self.REPORT_KEPT)


class ImportReject(models.Model):
    """One line of the report: a row that was refused, with what would be right.

    An `accepted` one is a remark on a row that came in.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rejects")
    file = models.CharField(max_length=255)
    line = models.PositiveBigIntegerField(help_text="Line or record in the file, from 1.")
    code = models.CharField(max_length=40)
    detail = models.CharField(max_length=500)
    content = models.CharField(max_length=500, blank=True, help_text="The beginning of the row.")
    accepted = models.BooleanField(default=False, help_text="A remark: the row came in.")

    class Meta:
        verbose_name = "refused row"
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["run", "id"], name="movies_importreject_run"),
            # The back office's list of refused rows across all runs, the newest first: all, and those of one code.
            models.Index(fields=["id"], name="movies_importreject_refused", condition=Q(accepted=False)),
            models.Index(fields=["code", "id"], name="movies_importreject_code", condition=Q(accepted=False)),
        ]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.code}"


class ImportedMovie(models.Model):
    """Which row a run met a movie by, so that a movie that is in one file twice is taken once.

    What the row called it tells another movie of the same title from the same one. Cleared when the run ends.
    """

    # Without an index of its own: the constraint's serves, and a planner without statistics would prefer the shorter.
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="+", db_index=False)
    # No foreign key: a preview counts movies that do not exist yet below zero.
    movie_id = models.BigIntegerField()
    file = models.CharField(max_length=255)
    line = models.PositiveBigIntegerField()
    title_key = models.CharField(max_length=200, null=True)
    year = models.PositiveSmallIntegerField(null=True)
    imdb_id = models.CharField(max_length=12, null=True)
    tmdb_id = models.PositiveIntegerField(null=True)
    wikidata_id = models.CharField(max_length=12, null=True)
    slug = models.CharField(max_length=140, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "movie_id"], name="movies_importedmovie_once")]

    def __str__(self) -> str:
        return f"{self.movie_id} at {self.file}:{self.line}"
