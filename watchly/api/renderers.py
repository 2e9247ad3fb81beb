"""JSON out: what a document statement rendered goes out as it is, the rest through DRF's encoder."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import renderers
from rest_framework.utils import encoders


class JSONEncoder(encoders.JSONEncoder):
    """DRF's, but decimals are numbers, as in the documents that PostgreSQL renders."""

    def default(self, obj: Any) -> Any:
        return float(obj) if isinstance(obj, Decimal) else super().default(obj)


class JSONRenderer(renderers.JSONRenderer):
    """JSON in UTF-8."""

    encoder_class = JSONEncoder
