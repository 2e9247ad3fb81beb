"""Responses to requests that Django never sees, made on the event loop: no database, no session, no thread."""

from __future__ import annotations

import io
from typing import Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from watchly.api.errors import is_api, problem
from watchly.common.errors import RuleViolation, StorageUnavailable
from watchly.entry.answers import Answer
from watchly.entry.bodies import WHOLE_SECONDS, OverBudgetError, TooSlowError
from watchly.entry.threads import OverloadedError

_RETRY_AFTER_SECONDS = 2


class Refusals:
    """Makes them pass the outer middleware, so that each has a request id, its headers and a line in the log."""

    def __init__(self) -> None:
        handler: Any = _respond
        for name in reversed(settings.OUTER_MIDDLEWARE):
            handler = convert_exception_to_response(import_string(name)(handler))
        self._handler = handler

    def __call__(self, environ: dict[str, Any], error: Exception) -> Answer:
        # Without its media type, which may be what is malformed.
        request = WSGIRequest({**environ, "CONTENT_TYPE": "", "CONTENT_LENGTH": "0", "wsgi.input": io.BytesIO()})
        request.refused_with = error  # type: ignore[attr-defined]
        response = self._handler(request)
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]
        return Answer(response.status_code, headers, response.content)


def _respond(request: HttpRequest) -> HttpResponse:
    status, code, detail = _described(request.refused_with)  # type: ignore[attr-defined]
    headers = {"Retry-After": str(_RETRY_AFTER_SECONDS)} if status == 503 else {}
    if is_api(request):
        return problem(request, status, code, detail, headers=headers)
    return HttpResponse(f"{detail}\n", status=status, content_type="text/plain; charset=utf-8", headers=headers)


def _described(error: Exception) -> tuple[int, str, str]:
    if isinstance(error, RuleViolation):
        return 400, error.code, error.detail
    if isinstance(error, StorageUnavailable):
        return 507, error.code, error.detail
    if isinstance(error, TooSlowError):
        return 408, "timeout", f"The request body did not arrive in time: send it within {WHOLE_SECONDS:.0f} seconds."
    if isinstance(error, OverBudgetError):
        return 503, "overloaded", "Too many unfinished uploads at once. Try again in a moment."
    if isinstance(error, OverloadedError):
        return 503, "overloaded", "The server is busy. Try again in a moment."
    return 500, "internal_error", "Something went wrong on the server, not with your request."
