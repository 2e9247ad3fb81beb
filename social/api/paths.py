"""Ids in paths."""

from __future__ import annotations

from watchly.api.views import LARGEST_ID
from watchly.common.errors import NotFound


def path_id(text: str) -> int:
    """An id of a path. Raises NotFound for what none can be."""
    value = int(text[:20]) if text.isascii() and text.isdigit() else 0
    if not 0 < value <= LARGEST_ID:
        raise NotFound()
    return value
