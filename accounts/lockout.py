"""django-axes' way in: Django's own sign-in pages and HTTP Basic are counted like the API's sign-in."""

from __future__ import annotations

from typing import Any

from axes.handlers.database import AxesDatabaseHandler

from accounts.services.lockout import Failures, failures_of, forget_failures, record_failure
from watchly.common.audit import record_event


class LockoutHandler(AxesDatabaseHandler):
    """axes' database handler with its counting in one statement each (`accounts.services.lockout`)."""

    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        found = self._failures(request, credentials)
        return found is not None and found.locked

    def get_failures(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        found = self._failures(request, credentials)
        return found.of_name if found is not None else 0

    def user_login_failed(self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
        name = _name_of(credentials)
        if request is None or name is None:
            return  # a call from a shell, which nobody guesses from
        if request.axes_locked_out:
            return  # a try during the lock does not prolong it
        found = record_failure(name=name, address=request.axes_ip_address)
        request.axes_locked_out = found.locked
        record_event("locked_out" if found.locked else "sign_in_failed")

    def user_logged_in(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        forget_failures(username=user.username, address=request.axes_ip_address)
        record_event("sign_in", subject_id=user.pk, actor_id=user.pk)

    def user_logged_out(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        if user is not None:
            record_event("sign_out", subject_id=user.pk, actor_id=user.pk)

    @staticmethod
    def _failures(request: Any, credentials: dict[str, Any] | None) -> Failures | None:
        name = _name_of(credentials)
        return failures_of(name=name, address=request.axes_ip_address) if name is not None else None


def _name_of(credentials: dict[str, Any] | None) -> str | None:
    """The name that was typed; None for none, and for one that PostgreSQL cannot be asked for."""
    name = (credentials or {}).get("username")
    return name if isinstance(name, str) and "\x00" not in name else None
