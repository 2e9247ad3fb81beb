"""Background jobs: those that wait, run, or failed for good, and why; failed ones can be run again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from procrastinate.contrib.django.models import ProcrastinateJob
from unfold.decorators import display

from watchly.common.admin.lists import BackOfficeAdmin, BoundedChangeList
from watchly.common.jobs import REQUEST_ID, cancel_job, retry_job
from watchly.common.models import Job, JobFailure

admin.site.unregister(ProcrastinateJob)  # procrastinate's own page names no reasons and audits nothing


class JobList(BoundedChangeList):
    """Adds why the last attempt of each job failed."""

    def load(self, rows: QuerySet[Any]) -> list[Any]:
        jobs = super().load(rows)
        reasons = dict(JobFailure.objects.filter(pk__in=[job.pk for job in jobs]).values_list("pk", "reason"))
        for job in jobs:
            job.reason = reasons.get(job.pk)
        return jobs


@admin.register(Job)
class JobAdmin(BackOfficeAdmin):
    """Read-only but for two actions: a job's content belongs to the code that deferred it."""

    changelist = JobList
    list_display = ("pk", "task_name", "status", "queue_name", "attempts", "scheduled_at", "reason", "request_id")
    list_filter = ("status", "queue_name")
    search_fields = ("task_name",)
    sortable_by = ()
    ordering = ("-pk",)
    actions = ("retry", "cancel")
    fields = readonly_fields = ("task_name", "args", "status", "queue_name", "attempts", "scheduled_at", "reason")

    @display(description="Last failure", empty_value="–")
    def reason(self, job: Any) -> str | None:
        if hasattr(job, "reason"):
            found: str | None = job.reason
            return found
        return JobFailure.objects.filter(pk=job.pk).values_list("reason", flat=True).first()

    @display(description="Request", empty_value="–")
    def request_id(self, job: Any) -> str | None:
        """The id of the request that deferred the job, as the log has it."""
        found: str | None = job.args.get(REQUEST_ID)
        return found

    @admin.action(description="Run failed jobs again", permissions=["change"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        count = 0
        for job in queryset.filter(status="failed"):
            retry_job(job_id=job.pk)
            count += 1
        messages.success(request, f"{count} failed job{'' if count == 1 else 's'} will run again.")

    @admin.action(description="Cancel waiting jobs", permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        count = sum(cancel_job(job_id=job.pk) for job in queryset.filter(status="todo"))
        messages.success(request, f"{count} waiting job{'' if count == 1 else 's'} canceled.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For the actions; on a job's own page every field is read-only."""
        return request.user.has_perm("common.change_job")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
