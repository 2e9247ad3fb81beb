from __future__ import annotations

from django.db import models


class JobFailure(models.Model):
    """Why the latest attempt of a background job failed. Deleted with the job."""

    job_id = models.BigIntegerField(primary_key=True, help_text="The number of the job in the queue.")
    reason = models.CharField(max_length=1000)
    failed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.job_id}: {self.reason}"
