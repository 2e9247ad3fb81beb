"""Problem documents (RFC 9457) for every refusal under /api/, whoever refuses.

The one place that knows both codes and statuses.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import structlog
from django.conf import settings
from django.core.exceptions import (
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults
from rest_framework import exceptions
from rest_framework.views import set_rollback

from watchly.api.compact import compact
from watchly.common import errors, outages

log = structlog.get_logger(__name__)

FieldErrors = Sequence[Mapping[str, Any]]
PROBLEM_JSON = "application/problem+json"
NOT_SIGNED_IN = "This is for who is signed in: send `Authorization: Bearer <access token>` or `Api-Key <key>`."

TITLES = {
    308: "Moved",
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    408: "Timeout",
    409: "Conflict",
    410: "Gone",
    412: "Precondition failed",
    413: "Too large",
    415: "Media type not supported",
    422: "Not processable",
    429: "Too many requests",
    500: "Internal error",
    503: "Unavailable",
    507: "Storage unavailable",
}

_STATUSES: dict[type[errors.WatchlyError], int] = {
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.Conflict: 409,
    errors.StaleVersion: 412,
    errors.RuleViolation: 400,
    errors.TooLarge: 413,
    errors.RateLimited: 429,
    errors.StorageUnavailable: 507,
    errors.ProviderUnavailable: 503,
    errors.Unavailable: 503,
}


def problem(
    request: HttpRequest | None,
    status: int,
    code: str,
    detail: str,
    *,
    field_errors: FieldErrors | None = None,
    headers: dict[str, str] | None = None,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """One problem document. `type` is a path of this server's documentation, stable for each code."""
    body: dict[str, Any] = {
        "type": f"/api/docs#problem-{code.replace('_', '-')}",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": getattr(request, "request_id", None),
    }
    if field_errors:
        body["errors"] = field_errors
    body.update(extra or {})
    response = HttpResponse(
        compact(json.dumps(body, ensure_ascii=False).encode()), status=status, content_type=PROBLEM_JSON
    )
    response.headers["Cache-Control"] = "no-store"
    if request is not None:
        request.problem_code = code  # type: ignore[attr-defined]  # for the security log
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


_MOST_ERRORS = 20  # in one response
_LONGEST_DETAIL = 500  # characters: a message may quote what was sent


def _field_error(pointer: str, code: str | None, detail: Any) -> dict[str, str]:
    return {"pointer": pointer, "code": code or "invalid", "detail": shorten(str(detail), _LONGEST_DETAIL)}


def _shortened(error: dict[str, Any]) -> dict[str, Any]:
    return {**error, "detail": shorten(error["detail"], _LONGEST_DETAIL)}


def shorten(text: str, most: int) -> str:
    """The text, or its first `most` characters and an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _and_more(detail: str, count: int, shown: int) -> str:
    return f"{detail} (and {count - shown} more)" if count > shown else detail


def flatten(detail: Any, pointer: str = "") -> list[dict[str, str]]:
    """DRF's nested validation detail as a flat list of {pointer, code, detail}."""
    if isinstance(detail, dict):
        found = []
        for key, value in detail.items():
            own = (
                pointer if key == "non_field_errors" else f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
            )
            found += flatten(value, own)
        return found
    if isinstance(detail, list):
        if detail and all(isinstance(item, exceptions.ErrorDetail) for item in detail):
            return [_field_error(pointer, item.code, item) for item in detail]
        return [error for index, item in enumerate(detail) for error in flatten(item, f"{pointer}/{index}")]
    return [_field_error(pointer, getattr(detail, "code", None), detail)]


def invalid(request: HttpRequest | None, field_errors: FieldErrors, *, status: int = 400) -> HttpResponse:
    """The answer to input of which some is wrong; its detail names the first."""
    first = field_errors[0]
    where = f"{first['pointer']}: " if first["pointer"] else ""
    detail = _and_more(f"{where}{first['detail']}", len(field_errors), 1)
    return problem(request, status, "invalid", detail, field_errors=field_errors[:_MOST_ERRORS])


def describe(exception: Exception) -> dict[str, Any]:
    """Status, code, detail and errors of a refusal that a service or a serializer raised."""
    if isinstance(exception, exceptions.ValidationError):
        found = flatten(exception.detail)
        detail = _and_more(found[0]["detail"], len(found), _MOST_ERRORS)
        return {"status": 400, "code": "invalid", "detail": detail, "errors": found[:_MOST_ERRORS]}
    if not isinstance(exception, errors.WatchlyError):
        raise exception
    return {
        "status": next((_STATUSES[kind] for kind in type(exception).__mro__ if kind in _STATUSES), 400),
        "code": exception.code,
        "detail": _and_more(exception.detail, len(exception.errors), _MOST_ERRORS),
        "errors": [_shortened(error.document()) for error in exception.errors[:_MOST_ERRORS]],
    }


def exception_handler(exception: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's hook: what a view or a service raised becomes a problem document; what nobody foresaw stays a 500."""
    request = context.get("request")
    http_request = getattr(request, "_request", request)
    set_rollback()
    return _answer(exception, http_request)


def _answer(exception: Exception, request: HttpRequest | None) -> HttpResponse | None:
    if isinstance(exception, errors.Moved):
        return _moved(exception, request)
    if isinstance(exception, errors.WatchlyError):
        said = describe(exception)
        headers = {}
        if isinstance(exception, errors.RateLimited | errors.ProviderUnavailable | errors.Unavailable):
            headers["Retry-After"] = str(exception.retry_after)
        if isinstance(exception, errors.Unauthenticated):
            headers["WWW-Authenticate"] = 'Bearer realm="api"'
        return problem(
            request, said["status"], said["code"], said["detail"], field_errors=said["errors"], headers=headers
        )
    if isinstance(exception, Http404):
        return problem(request, 404, "not_found", "There is no such thing.")
    if isinstance(exception, PermissionDenied):
        return problem(request, 403, "permission_denied", "You may not do this.")
    if isinstance(exception, RequestDataTooBig):
        return problem(request, 413, "too_large", _too_large(exception))
    if isinstance(exception, exceptions.ValidationError):
        return invalid(request, flatten(exception.detail))
    if isinstance(exception, exceptions.APIException):
        return _api_exception(exception, request)
    refusal = outages.refusal(exception)
    return _answer(refusal, request) if refusal is not None else None


def _moved(exception: errors.Moved, request: HttpRequest | None) -> HttpResponse:
    """308 to the same thing of the survivor: with the rest of the path and the parameters."""
    location = exception.location
    if request is not None and not exception.whole:
        collection = location.rpartition("/")[0] + "/"
        path = request.path.removeprefix(collection)
        if path == request.path:  # the address is about something else, so a body must have named it
            survivor = exception.survivor_id
            detail = f"What the body refers to was merged into {survivor}: use the id {survivor}."
            return problem(request, 409, "merged", detail)
        _, slash, rest = path.partition("/")
        query = request.META.get("QUERY_STRING", "")
        location += slash + quote(rest, safe="/") + (f"?{query}" if query else "")
    return problem(request, 308, exception.code, exception.detail, headers={"Location": location})


def _api_exception(exception: exceptions.APIException, request: HttpRequest | None) -> HttpResponse:
    headers: dict[str, str] = {}
    challenge = getattr(exception, "auth_header", None)
    if challenge:
        headers["WWW-Authenticate"] = challenge
    wait = getattr(exception, "wait", None)
    if wait is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    detail = exception.detail
    code = getattr(detail, "code", None) or exception.default_code
    text = detail if isinstance(detail, str) else exception.default_detail
    if isinstance(exception, exceptions.ParseError) and str(text).startswith("Multipart form parse error"):
        text = "The form cannot be read: send multipart/form-data whose Content-Type names the boundary of its parts."
    if isinstance(exception, exceptions.NotAuthenticated) and text == exception.default_detail:
        text = NOT_SIGNED_IN
    return problem(request, exception.status_code, str(code), str(text), headers=headers)


def is_api(request: HttpRequest) -> bool:
    """Whether the path belongs to the API, whose errors are problem documents."""
    return request.path.startswith("/api/") or request.path == "/api"


def _too_large(exception: Exception) -> str:
    """What the entry says of a body that was not read (watchly/entry/bodies.py), else what Django's own limits are."""
    if isinstance(exception, TooManyFieldsSent):
        return f"The request has more than {settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:,} fields."
    text = str(exception)
    own = text.startswith("The request body")
    return text if own else f"The request body is larger than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes."


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400: what Django refuses before a view runs (a foreign host, too many fields)."""
    if isinstance(exception, DisallowedHost):
        return _foreign_host(request)
    if not is_api(request) and isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return HttpResponse(f"{_too_large(exception)}\n", status=413, content_type="text/plain; charset=utf-8")
    if not is_api(request):
        return defaults.bad_request(request, exception)
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return problem(request, 413, "too_large", _too_large(exception))
    detail = "The request is malformed." if isinstance(exception, SuspiciousOperation) else "The request is not valid."
    return problem(request, 400, "bad_request", detail)


def _foreign_host(request: HttpRequest) -> HttpResponse:
    host = shorten(request.META.get("HTTP_HOST", ""), 100)
    log.warning("foreign_host", host=host)
    detail = (
        f"This server does not serve the host {host!r}: ALLOWED_HOSTS does not name it. "
        "Use a host that it names, or have its operator add this one."
    )
    if is_api(request):
        return problem(request, 400, "foreign_host", detail)
    return HttpResponse(f"{detail}\n", status=400, content_type="text/plain; charset=utf-8")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403."""
    if not is_api(request):
        return defaults.permission_denied(request, exception)
    return problem(request, 403, "permission_denied", "You may not do this.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404: an unrouted path too."""
    if not is_api(request):
        return defaults.page_not_found(request, exception)
    return problem(request, 404, "not_found", f"Nothing is at {request.path}. The paths are listed at /api/docs.")


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500. Shows nothing of what happened; the request id finds it in the log.

    A database that is away is found by middleware and by pages too, which no exception handler of DRF's covers.
    """
    refusal = outages.refusal(sys.exc_info()[1])
    if refusal is not None:
        answer = _answer(refusal, request)
        if answer is not None and not is_api(request):
            page = HttpResponse(render_to_string("unavailable.html", {"detail": refusal.detail}))
            page.status_code = answer.status_code
            page.headers["Retry-After"] = answer.headers.get("Retry-After", "60")
            page.headers["Cache-Control"] = "no-store"
            return page
        if answer is not None:
            return answer
    if not is_api(request):
        return defaults.server_error(request)
    return problem(request, 500, "internal_error", "Something went wrong here, not with your request.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW."""
    if not is_api(request):
        from django.views.csrf import csrf_failure as page

        return page(request, reason=reason)
    return problem(request, 403, "csrf_failed", "The CSRF token is missing or wrong: send it in X-CSRFToken.")
