"""Refused authorizations leave a line in the log of `watchly.security`: who, from where, at which route, and why.

Written are 403s, 401s for credentials that were sent and refused, and 401s of visitors at what takes a role. A visitor
without credentials at an ordinary endpoint is not: nothing was tried. Lines are bounded per caller and in all, and what
was left out is counted, so that an attack cannot hide in its own noise or fill a disk.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest

from watchly.api.permissions import RoleRule
from watchly.common.addresses import counted_as, truncated

log = structlog.get_logger("watchly.security")

WINDOW = 60.0  # seconds
MOST_PER_CALLER, MOST_IN_ALL = 10, 120  # lines in a window, of one process


@dataclass
class _Window:
    """What was written since `began`; bounded itself, since no more callers are counted than lines are written."""

    began: float = 0.0
    lines: int = 0
    left_out: int = 0
    by_caller: dict[str, int] = field(default_factory=dict)


_window = _Window()
_lock = Lock()


def note_refusal(request: HttpRequest, *, status: int, user_id: int | None, address: str | None) -> None:
    """Writes a line for a response with this status, if it is a refused authorization and the bounds leave room.

    `user_id` is the caller as far as known, `address` their whole address, of which a part is written.
    """
    if status not in (401, 403) or (status == 401 and not _tried(request)):
        return
    user_id = user_id or getattr(request, "refused_user_id", None)
    caller = f"user {user_id}" if user_id is not None else f"address {counted_as(address)}"
    admitted, left_out = _admit(caller)
    if left_out:
        log.warning("refusals_left_out", count=left_out)
    if admitted:
        match = request.resolver_match
        log.warning(
            "refused",
            status=status,
            code=getattr(request, "problem_code", None),
            method=request.method,
            route=match.route if match else None,
            user_id=user_id,
            address=truncated(address),
        )


def _tried(request: HttpRequest) -> bool:
    """Whether credentials were sent, or a role would be needed."""
    if "HTTP_AUTHORIZATION" in request.META or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return True
    match = request.resolver_match
    view: Any = getattr(match.func, "cls", None) if match else None
    return any(
        isinstance(rule, type) and issubclass(rule, RoleRule) for rule in getattr(view, "permission_classes", ())
    )


def _admit(caller: str) -> tuple[bool, int]:
    """Whether a line about this caller may be written now, and how many the last window left out."""
    global _window
    now = time.monotonic()
    with _lock:
        left_out = 0
        if now - _window.began > WINDOW:
            left_out, _window = _window.left_out, _Window(began=now)
        count = _window.by_caller.get(caller, 0)
        if count >= MOST_PER_CALLER or _window.lines >= MOST_IN_ALL:
            _window.left_out += 1
            return False, left_out
        _window.by_caller[caller] = count + 1
        _window.lines += 1
        return True, left_out
