"""What every page of the back office is made of: bounded counts, lists, pickers that know labels; and the trail."""

from watchly.common.admin.audit import AuditEventAdmin
from watchly.common.admin.jobs import JobAdmin

__all__ = ["AuditEventAdmin", "JobAdmin"]
