"""Who may call what. Deny by default; a view names its rule."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

# What would be right is not the caller's to do.
NEEDS_ROLE = "Your roles do not allow this: an administrator can give you one that does."


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


class ReadAllWriteWith(BasePermission):
    """Everybody reads; writing takes the Django permission that the view's `write_permissions` names for the method."""

    message = NEEDS_ROLE

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method in SAFE_METHODS:
            return True
        if not request.user.is_authenticated:
            return False
        needed = getattr(view, "write_permissions", {}).get(request.method)
        return needed is not None and request.user.has_perm(needed)


class HasPermission(BasePermission):
    """Every method takes the Django permission that the view's `permission` names."""

    message = NEEDS_ROLE

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated and request.user.has_perm(view.permission))


class HasAnyPermission(BasePermission):
    """Takes one of the Django permissions that the view's `permissions` name; its input decides which."""

    message = NEEDS_ROLE

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated and any(map(request.user.has_perm, view.permissions)))
