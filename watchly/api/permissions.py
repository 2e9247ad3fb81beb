"""Who may call what. Deny by default; a view names its rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

# What would be right is not the caller's to do.
NEEDS_ROLE = "Your roles do not allow this: an administrator can give you one that does."


# Staff without their second factor, in an installation that demands it.
NEEDS_SECOND_FACTOR = "Staff need their second factor for this: send a code to POST /api/auth/second-factor first."


class RoleRule(BasePermission):
    """A rule about Django permissions; a refusal says whether a role or only the second factor is missing."""

    message = NEEDS_ROLE
    code: str | None = None

    def holds(self, request: Request, permissions: Iterable[str]) -> bool:
        """Whether the caller has one of these permissions."""
        user: Any = request.user
        if not user.is_authenticated:
            return False
        if any(map(user.has_perm, permissions)):
            return True
        if getattr(user, "needs_second_factor", False):
            self.message, self.code = NEEDS_SECOND_FACTOR, "second_factor_required"
        return False


class DenyAll(BasePermission):
    """The default: a view that names no rule answers nobody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False


class SignedIn(BasePermission):
    """Whoever is signed in: what is answered is theirs."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated)


class SignedInWrites(SignedIn):
    """Everybody reads what is shown to them; whoever is signed in writes."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.method in SAFE_METHODS or super().has_permission(request, view)


class ReadAllWriteWith(RoleRule):
    """Everybody reads; writing takes the Django permission that the view's `write_permissions` names for the method."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method in SAFE_METHODS:
            return True
        needed = getattr(view, "write_permissions", {}).get(request.method)
        return self.holds(request, () if needed is None else (needed,))


class HasPermission(RoleRule):
    """Every method takes the Django permission that the view's `permission` names."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return self.holds(request, (view.permission,))


class HasAnyPermission(RoleRule):
    """Takes one of the Django permissions that the view's `permissions` name; its input decides which."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return self.holds(request, view.permissions)
