"""What every page of the back office is made of: bounded counts, lists, pickers that know labels; and the trail."""

from watchly.common.admin.audit import AuditEventAdmin

__all__ = ["AuditEventAdmin"]
