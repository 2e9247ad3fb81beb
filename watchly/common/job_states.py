"""The states of a job that somebody follows through the API: the same five for imports and exports."""

from __future__ import annotations

from django.db import models


class JobState(models.TextChoices):
    """What clients are told. A finished preview is a job that is done, like a file that is offered no longer."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
