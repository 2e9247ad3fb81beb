"""The back office's pages of users, roles and sign-in. Only who holds the admin role sees them."""

from accounts.admin.api_key import ApiKeyAdmin
from accounts.admin.group import RoleAdmin
from accounts.admin.lockout import AttemptAdmin
from accounts.admin.session import SessionAdmin
from accounts.admin.user import UserAdmin

__all__ = ["ApiKeyAdmin", "AttemptAdmin", "RoleAdmin", "SessionAdmin", "UserAdmin"]
