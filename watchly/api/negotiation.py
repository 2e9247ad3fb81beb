"""Content negotiation: there is one representation, so most requests need no parsing of what they would accept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

# The second is `watchly.api.errors.PROBLEM_JSON`, which is not yet there when DRF imports this.
_JSON, _PROBLEM_JSON = "application/json", "application/problem+json"


class JSONNegotiation(DefaultContentNegotiation):
    """DRF's, with a short way for clients that say nothing or take anything.

    Whoever takes problem documents alone, as generated clients do that ask for a DELETE, is no reason to refuse either.
    """

    def select_renderer(self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None) -> Any:
        first, accept = next(iter(renderers)), request.META.get("HTTP_ACCEPT", "").strip() or "*/*"
        if accept == "*/*" or (first.media_type == _JSON and accept in (_JSON, _PROBLEM_JSON)):
            return first, first.media_type
        return super().select_renderer(request, renderers, format_suffix)
