"""What the front page of the back office says of background jobs."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse

from watchly.common.admin.attention import Attention
from watchly.common.models import Job


def failed_jobs(request: HttpRequest) -> Sequence[Attention]:
    """The jobs whose attempts are used up."""
    url = f"{reverse('admin:common_job_changelist')}?status__exact=failed"
    return [Attention("Failed background jobs", Job.objects.filter(status="failed"), url, "common.view_job")]
