"""Absolute addresses in documents that constant SQL rendered.

PUBLIC_URL says where clients reach this installation. Without it that is the host of each request, which constant SQL
cannot know: documents hold a stand-in instead, and whatever answers a request puts the request's origin in its place.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

# RFC 2606: no host has such a name.
STAND_IN = "http://watchly.invalid"
_STAND_IN = STAND_IN.encode()


def media_prefix() -> str:
    """Returns what stands before the path of a stored file in every document: `https://host/media/`."""
    prefix: str = settings.MEDIA_URL
    return f"{settings.PUBLIC_URL or STAND_IN}{prefix}" if prefix.startswith("/") else prefix


def media_address(path: str | None) -> str | None:
    """Returns the address of a stored file as documents hold it, or None where there is no file."""
    return f"{media_prefix()}{path}" if path else None


def address(path: str) -> str:
    """Returns the address of a path of this server as documents hold it."""
    return f"{settings.PUBLIC_URL or STAND_IN}{path}"


def addressed(body: bytes, request: HttpRequest | Any) -> bytes:
    """Returns the body with the request's own origin where its addresses hold the stand-in."""
    if _STAND_IN not in body:
        return body
    return body.replace(_STAND_IN, request.build_absolute_uri("/").rstrip("/").encode())
