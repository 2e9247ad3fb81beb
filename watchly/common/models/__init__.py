from watchly.common.models.audit import AuditEvent
from watchly.common.models.idempotency import IdempotencyRecord

__all__ = ["AuditEvent", "IdempotencyRecord"]
