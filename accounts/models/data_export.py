"""A copy of all that an account holds, asked for by its owner."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from watchly.common.job_states import JobState


class DataExportQuerySet(models.QuerySet["DataExport"]):
    def under_way(self) -> DataExportQuerySet:
        """Those that wait for the job or that it works on."""
        return self.filter(state__in=DataExport.UNDER_WAY)

    def over(self) -> DataExportQuerySet:
        """Those whose file was offered for long enough."""
        return self.filter(state=DataExport.State.READY, expires_at__lte=timezone.now())


class DataExport(models.Model):
    """One archive: asked for, made by a job, offered for 24 hours, then gone but for this row."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        READY = "ready"
        FAILED = "failed"
        EXPIRED = "expired"

    UNDER_WAY = (State.WAITING, State.RUNNING)
    # What clients are told. An expired export was done; its file is gone, so it has no address.
    TOLD: ClassVar[dict[str, JobState]] = {
        State.WAITING: JobState.PENDING,
        State.RUNNING: JobState.RUNNING,
        State.READY: JobState.DONE,
        State.FAILED: JobState.FAILED,
        State.EXPIRED: JobState.DONE,
    }

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    # Random, chosen when it is asked for: a job that runs twice writes the same file.
    path = models.CharField(max_length=100, help_text="Below PRIVATE_ROOT.")
    bytes = models.PositiveBigIntegerField(null=True)
    error = models.CharField(max_length=300, null=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True, help_text="When the file goes.")

    objects: Any = DataExportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            # One at a time, decided by the database. Serves the look for one's own, too.
            models.UniqueConstraint(
                fields=["user"],
                name="accounts_dataexport_one_under_way",
                condition=models.Q(state__in=["waiting", "running"]),
            ),
        ]
        indexes = [
            # The hourly clearing, and what of it has gone.
            models.Index(fields=["created_at"], name="accounts_dataexport_created"),
        ]

    def __str__(self) -> str:
        return f"export {self.pk} ({self.state})"
