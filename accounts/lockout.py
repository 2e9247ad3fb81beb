"""django-axes' way in: Django's own sign-in pages and HTTP Basic are counted like the API's sign-in."""

from __future__ import annotations

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.contrib.auth.backends import ModelBackend

from accounts.services.lockout import claim_try, forget_failures, is_last_try, key_of_name
from watchly.common.audit import record_event


class LockoutHandler(AxesDatabaseHandler):
    """axes' database handler with the counting of `accounts.services.lockout`.

    axes asks `is_locked` once for each try, before any password is looked at: the try is counted there. The backend
    below forgets it if the password was right.
    """

    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        name = _name_of(credentials)
        if name is None:
            return False
        key, user_id = key_of_name(name)
        found = claim_try(key=key, user_id=user_id, address=request.axes_ip_address)
        request.tried, request.tried_last = key, is_last_try(found)
        return found.locked

    def get_failures(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        return 0  # only axes' own messages ask

    def user_login_failed(self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
        if request is None or _name_of(credentials) is None:
            return  # a call from a shell, which nobody guesses from
        if request.axes_locked_out:
            return  # a try during the lock does not prolong it
        request.axes_locked_out = getattr(request, "tried_last", False)
        record_event("locked_out" if request.axes_locked_out else "sign_in_failed")

    def user_logged_in(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        record_event("sign_in", subject_id=user.pk, actor_id=user.pk)

    def user_logged_out(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        if user is not None:
            record_event("sign_out", subject_id=user.pk, actor_id=user.pk)


class CountedBackend(ModelBackend):
    """Name and password; the right one takes back the try that the handler counted."""

    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Any:
        user = super().authenticate(request, username=username, password=password, **kwargs)
        if user is not None and hasattr(request, "tried"):
            forget_failures(key=request.tried, address=request.axes_ip_address)
        return user


def _name_of(credentials: dict[str, Any] | None) -> str | None:
    """The name that was typed; None for none, and for one that PostgreSQL cannot be asked for."""
    name = (credentials or {}).get("username")
    return name if isinstance(name, str) and "\x00" not in name else None
