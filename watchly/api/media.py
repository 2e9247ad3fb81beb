"""Serves pictures from the local disk, for installations without a gateway or a storage provider in front."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

# What is served, and as what. Anything else under MEDIA_ROOT (a waiting import, a script that got there) is not there.
_TYPES = {".webp": "image/webp", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}
# No part starts with a dot, so there is neither a way up nor a hidden file; no backslash, no colon, no NUL.
_PATH = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*", re.ASCII)
_LONGEST_PATH = 255
_HEADERS = {
    # A name is random and its content never changes, so it is fetched once.
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Disposition": "inline",
    "X-Content-Type-Options": "nosniff",
    # Opened on its own, a file has no rights: no scripts, no origin, nothing to load.
    "Content-Security-Policy": "sandbox; default-src 'none'",
    # A front end on another origin shows the pictures.
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@require_safe
def media(request: HttpRequest, path: str) -> FileResponse:
    """The picture at this path under MEDIA_ROOT. Everything else, a folder or a way out among it, is 404."""
    content_type = _TYPES.get(Path(path).suffix)
    if content_type is None or len(path) > _LONGEST_PATH or not _PATH.fullmatch(path):
        raise Http404
    root = Path(settings.MEDIA_ROOT).resolve()
    try:
        file = (root / path).resolve(strict=True)
        # A link may lead out, although the path does not.
        if not file.is_relative_to(root) or not file.is_file():
            raise Http404
        response = FileResponse(file.open("rb"), content_type=content_type)
    except (OSError, RuntimeError) as error:  # a link that leads to itself is a RuntimeError up to Python 3.12
        raise Http404 from error
    for header, value in _HEADERS.items():
        response.headers[header] = value
    return response
