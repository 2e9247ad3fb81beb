"""Conditional requests (RFC 9110, 13). An entity tag is "<version>-<digest>".

`If-None-Match` compares all of it; `If-Match` compares the version alone, which editorial writes raise, so that a
rating given meanwhile does not stop an editor. A coding that compression appended inside the quotes is ignored by both.
"""

from __future__ import annotations

import hashlib
import re

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from rest_framework.exceptions import ValidationError

from watchly.api.addresses import addressed
from watchly.api.compact import compact
from watchly.common.versions import Expected

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_CODING = re.compile(r"-(gz|br|zstd)$")
_LIST = re.compile(r'(?:(?:W/)?"[^"]*"|[\s,])+')
_MOST_TAGS = 50


def entity_tag(body: bytes, version: int = 0) -> str:
    """The tag of an answer: the version of the thing (0 for a page of many) and a digest of the bytes."""
    return f'"{version}-{hashlib.blake2b(body, digest_size=8).hexdigest()}"'


def _tags(header: str) -> list[str]:
    return [_CODING.sub("", tag) for tag in _TAG.findall(header)]


def json_answer(request: HttpRequest, body: bytes, *, version: int = 0, status: int = 200) -> HttpResponse:
    """The response to a read of JSON: the bytes without insignificant whitespace, or 304 if the client has them."""
    return conditional_answer(request, addressed(compact(body), request), version=version, status=status)


def conditional_answer(
    request: HttpRequest, body: bytes, *, version: int = 0, status: int = 200, content_type: str = "application/json"
) -> HttpResponse:
    """The response to a read: these bytes as they are, or 304 if the client has them already."""
    tag = entity_tag(body, version)
    wanted = request.META.get("HTTP_IF_NONE_MATCH")
    response: HttpResponse
    if wanted and request.method in ("GET", "HEAD") and (wanted.strip() == "*" or tag.strip('"') in _tags(wanted)):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(body, status=status, content_type=content_type)
    response.headers["ETag"] = tag
    user = getattr(request, "user", None)
    scope = "private" if user is not None and user.is_authenticated else "public"
    response.headers["Cache-Control"] = f"{scope}, no-cache"
    response.headers["Vary"] = "Authorization, Cookie, Accept-Encoding"
    return response


def expected_version(request: HttpRequest) -> Expected:
    """Returns the versions that If-Match lists, or None for no header and for `*`.

    Raises ValidationError for a header that is not a list of entity tags, or in which no tag is one of this API's.
    """
    header = request.META.get("HTTP_IF_MATCH", "").strip()
    if not header or header == "*":
        return None
    tags = _tags(header) if _LIST.fullmatch(header) else []
    versions = (tag.partition("-")[0] for tag in tags[:_MOST_TAGS])
    found = {int(version) for version in versions if version.isascii() and version.isdigit() and len(version) < 10}
    if found:
        return found
    raise ValidationError(
        {"If-Match": 'Send the ETag of your last read, for example "3-0f1e2d3c4b5a6978", or leave the header out.'},
        code="invalid_etag",
    )
