"""The back office's pages of users, roles and sign-in. Only who holds the admin role sees them."""

from accounts.admin import gate
from accounts.admin.api_key import ApiKeyAdmin
from accounts.admin.group import RoleAdmin
from accounts.admin.lockout import AttemptAdmin
from accounts.admin.session import SessionAdmin
from accounts.admin.user import UserAdmin

# The gate belongs to them: its receiver must hear the first sign-in, which may come before its middleware is loaded.
__all__ = ["ApiKeyAdmin", "AttemptAdmin", "RoleAdmin", "SessionAdmin", "UserAdmin", "gate"]
