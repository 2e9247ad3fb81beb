from watchly.common.models.audit import AuditEvent
from watchly.common.models.idempotency import IdempotencyRecord
from watchly.common.models.job import Job
from watchly.common.models.job_failure import JobFailure

__all__ = ["AuditEvent", "IdempotencyRecord", "Job", "JobFailure"]
