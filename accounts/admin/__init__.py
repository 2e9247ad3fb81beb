"""The back office's pages of users and roles. Only who holds the admin role sees them."""

from accounts.admin.group import RoleAdmin
from accounts.admin.user import UserAdmin

__all__ = ["RoleAdmin", "UserAdmin"]
