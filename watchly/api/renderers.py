"""JSON out: what a document statement rendered goes out as it is, the rest through DRF's encoder."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import renderers
from rest_framework.utils import encoders

from watchly.api.addresses import addressed


class JSONEncoder(encoders.JSONEncoder):
    """DRF's, but decimals are numbers, as in the documents that PostgreSQL renders."""

    def default(self, obj: Any) -> Any:
        return float(obj) if isinstance(obj, Decimal) else super().default(obj)


class JSONRenderer(renderers.JSONRenderer):
    """JSON in UTF-8."""

    encoder_class = JSONEncoder

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        body: bytes = super().render(data, accepted_media_type, renderer_context)
        request = (renderer_context or {}).get("request")
        return body if request is None else addressed(body, request)
