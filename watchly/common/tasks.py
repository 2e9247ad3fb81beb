"""Jobs that keep the house: what a worker left behind is taken up again, what is old is cleared."""

from __future__ import annotations

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException

from watchly.common.jobs import HEARTBEAT_SECONDS
from watchly.common.models import IdempotencyRecord, JobFailure
from watchly.common.models.idempotency import KEPT

log = structlog.get_logger(__name__)


@app.periodic(cron="* * * * * */10")
@app.task(
    name="watchly.common.tasks.retry_stalled_jobs", queue="fast", queueing_lock="retry_stalled_jobs", pass_context=False
)
async def retry_stalled_jobs(timestamp: int) -> None:
    """Every 10 seconds: jobs whose worker has sent no heartbeat are given back (their worker was killed)."""
    manager = app.job_manager
    try:
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=HEARTBEAT_SECONDS):
            log.warning("job_stalled", job=job.id, task=job.task_name)
            await manager.retry_job(job, retry_at=timezone.now())
    except ConnectorException:
        log.warning("stalled_jobs_not_read", exc_info=True)


@app.periodic(cron="17 3 * * *")
@app.task(
    name="watchly.common.tasks.clear_idempotency_records", queue="default", queueing_lock="clear_idempotency_records"
)
def clear_idempotency_records(timestamp: int) -> None:
    """Every night: responses stored for retries for longer than 24 hours, and failures of jobs that are gone."""
    IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    JobFailure.objects.exclude(job_id__in=ProcrastinateJob.objects.values("pk")).delete()
