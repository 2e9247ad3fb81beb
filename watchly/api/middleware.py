"""What every request and every answer has.

A request id, one line in the log, and under /api/ a path without its last slash.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from structlog.contextvars import bind_contextvars, clear_contextvars

from watchly.api.compression import compress
from watchly.api.refusals import note_refusal
from watchly.common.actor import Actor, bind_actor
from watchly.common.addresses import parsed, truncated

log = structlog.get_logger("watchly.access")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")


def client_address(request: HttpRequest) -> str | None:
    """The address that called, behind as many proxies as NUM_PROXIES says; None where there is no valid one."""
    return address_in(request.META)


def address_in(environ: Mapping[str, Any]) -> str | None:
    """The client's address as a WSGI environ gives it; see `client_address`."""
    forwarded = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    proxies: Any = settings.REST_FRAMEWORK["NUM_PROXIES"]
    given = forwarded[-min(proxies, len(forwarded))] if proxies and forwarded else environ.get("REMOTE_ADDR", "")
    found = parsed(given)
    return str(found) if found is not None else None


def _actor_of(request: HttpRequest) -> Actor:
    user = getattr(request, "user", None)
    door = request.path_info.split("/", 2)[1]
    return Actor(
        user_id=user.pk if user is not None and user.is_authenticated else None,
        via=door if door in ("api", "admin") else "page",
        address=truncated(client_address(request)),
        request_id=getattr(request, "request_id", None),
    )


def _known_user_id(request: HttpRequest) -> int | None:
    """Who called, if the request asked: the access log costs no query of its own."""
    user = getattr(request, "_cached_user", None)  # of the session, as Django's middleware keeps it
    if user is None:
        user = request.__dict__.get("user")  # as DRF sets it once it has authenticated
        if isinstance(user, SimpleLazyObject):
            return None
    return user.pk if user is not None and user.is_authenticated else None


class RequestMiddleware:
    """Accepts or makes the request id, binds it to every log line, and returns it.

    A trailing slash under /api/ is taken off before routing: both forms of a path are the same resource.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        bind_actor(lambda: _actor_of(request))
        path = request.path_info
        if path.startswith("/api/") and path.endswith("/"):
            request.path_info = path.rstrip("/")
            request.path = request.path.rstrip("/")
        for name in [name for name, value in request.COOKIES.items() if "\x00" in value]:
            del request.COOKIES[name]  # no cookie of ours, and PostgreSQL cannot be asked for a session of that name
        response = self.get_response(request)
        counted: list[tuple[str, str]] = getattr(request, "rate_limits", [])
        if counted:  # by watchly.api.limits
            response.headers["RateLimit-Policy"] = ", ".join(policy for policy, _ in counted)
            response.headers["RateLimit"] = ", ".join(state for _, state in counted)
        if response.status_code in (401, 403):
            note_refusal(
                request,
                status=response.status_code,
                user_id=_known_user_id(request),
                address=client_address(request),
            )
        compress(request, response)
        response.headers["X-Request-ID"] = request_id
        if settings.ACCESS_LOG:
            match = request.resolver_match
            log.info(
                "request",
                method=request.method,
                route=match.route if match else None,
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000, 1),
                user_id=_known_user_id(request),
                address=truncated(client_address(request)),
            )
        return response
