"""Compressed request bodies, which no parser of the API reads."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from watchly.api.errors import problem


class PlainBodyMiddleware:
    """Refuses a compressed request body under /api/ with 415, whatever the operation (RFC 9110, 15.5.16)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        coding = request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower()
        if coding in ("", "identity") or not request.path_info.startswith("/api/"):
            return self.get_response(request)
        detail = f"The request body has the Content-Encoding {coding[:40]!r}: send it uncompressed."
        return problem(request, 415, "unsupported_media_type", detail, headers={"Accept-Encoding": "identity"})
