from __future__ import annotations

from procrastinate.contrib.django.models import ProcrastinateJob


class Job(ProcrastinateJob):
    """A job of the queue, as the back office shows it."""

    class Meta:
        proxy = True
        verbose_name = "background job"

    def __str__(self) -> str:
        return f"{self.task_name} {self.pk}"
