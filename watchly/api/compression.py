"""Compression of answers. The entity tag stays strong: the coding is appended inside its quotes."""

from __future__ import annotations

import gzip

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

_SMALLEST = 1024  # bytes; below this gzip saves less than a packet
_LEVEL = 4  # past this the processor is dearer than the bytes
_TYPES = ("application/json", "application/problem+json", "text/", "application/vnd.oai", "application/yaml")


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header takes gzip (RFC 9110, 12.5.3), q=0 meaning no."""
    accepted: dict[str, float] = {}
    for part in header.split(","):
        coding, _, parameters = part.partition(";")
        quality = 1.0
        if "q=" in parameters:
            try:
                quality = float(parameters.split("q=", 1)[1].split(";")[0])
            except ValueError:
                quality = 0.0
        accepted[coding.strip().lower()] = quality
    return accepted.get("gzip", accepted.get("*", 0.0)) > 0


def compress(request: HttpRequest, response: HttpResponseBase) -> None:
    """Compresses a text answer of at least 1 KiB with gzip if the client takes it."""
    if (
        not isinstance(response, HttpResponse)
        or response.status_code != 200
        or len(response.content) < _SMALLEST
        or response.has_header("Content-Encoding")
        or not response.headers.get("Content-Type", "").startswith(_TYPES)
    ):
        return
    patch_vary_headers(response, ["Accept-Encoding"])
    if not accepts_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        return
    response.content = gzip.compress(response.content, _LEVEL, mtime=0)
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(response.content))
    tag = response.headers.get("ETag")
    if tag:
        response.headers["ETag"] = f'{tag[:-1]}-gz"'
