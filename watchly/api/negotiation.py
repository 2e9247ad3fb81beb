"""Content negotiation: there is one representation, so most requests need no parsing of what they would accept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

from watchly.api.errors import PROBLEM_JSON


class JSONNegotiation(DefaultContentNegotiation):
    """DRF's, with a short way for clients that say nothing or take anything.

    Whoever takes problem documents alone, as generated clients do that ask for a DELETE, is no reason to refuse either.
    """

    def select_renderer(self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None) -> Any:
        if request.META.get("HTTP_ACCEPT", "*/*") in ("*/*", "application/json", PROBLEM_JSON):
            first = next(iter(renderers))
            return first, first.media_type
        return super().select_renderer(request, renderers, format_suffix)
