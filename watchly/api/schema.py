"""OpenAPI: what drf-spectacular cannot see by itself."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema


class ApiSchema(AutoSchema):
    """One operation."""


def public_paths(endpoints: list[Any]) -> list[Any]:
    """Only what is under /api/ or is operation."""
    return endpoints


def finish(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """The last touch on the whole document."""
    return result
