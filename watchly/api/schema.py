"""OpenAPI: what drf-spectacular cannot see by itself."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.permissions import AllowAny

from watchly.api.permissions import ReadAllWriteWith


class FieldErrorSerializer(serializers.Serializer[Any]):
    """One thing wrong with the input."""

    pointer = serializers.CharField(
        help_text="A JSON pointer into the body, or the name of a parameter behind a slash."
    )
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """Why a request was refused (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What was wrong and what would be right.")
    code = serializers.CharField(help_text="Stable and machine-readable.")
    request_id = serializers.CharField(allow_null=True)
    errors = FieldErrorSerializer(many=True, required=False)


_EXAMPLES: dict[int, tuple[str, str, str]] = {
    400: ("Bad request", "invalid", "/page_size: '1000' is not a whole number from 1 to 100."),
    401: ("Not signed in", "not_authenticated", "Authentication credentials were not provided."),
    403: ("Not allowed", "permission_denied", "You do not have permission to perform this action."),
    404: ("Not found", "not_found", "There is no movie 123."),
    409: ("Conflict", "duplicate", "tt0113277 belongs to movie 949 (Heat (1995))."),
    410: ("Gone", "gone", "This movie was withdrawn from the catalogue."),
    412: (
        "Precondition failed",
        "stale_version",
        "The movie is at version 4, not 3: read it again, then repeat the change.",
    ),
    413: ("Too large", "too_large", "The body is larger than the 4194304 bytes that are taken."),
    415: ("Media type not supported", "unsupported_media_type", 'Unsupported media type "text/plain" in request.'),
    422: ("Not processable", "idempotency_key_reused", "This Idempotency-Key was used with another request."),
}


def problem_response(status: int) -> OpenApiResponse:
    """The documentation of one error answer."""
    title, code, detail = _EXAMPLES[status]
    example = {
        "type": f"/api/docs#problem-{code.replace('_', '-')}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    }
    if status == 400:
        example["errors"] = [{"pointer": "/page_size", "code": "out_of_range", "detail": detail.split(": ", 1)[1]}]  # type: ignore[assignment]
    return OpenApiResponse(ProblemSerializer, description=title, examples=[OpenApiExample(title, value=example)])


class ApiSchema(AutoSchema):
    """Adds to each operation what the conventions give it: error answers, shared parameters, security."""

    def get_summary(self) -> str | None:
        """The first line of the action's or the view's docstring, unless `extend_schema` says it."""
        return super().get_summary()

    def get_auth(self) -> list[dict[str, Any]]:
        if self.public:
            return []
        return super().get_auth()

    @property
    def public(self) -> bool:
        """Whether anybody may call this operation."""
        permissions = self.view.get_permissions()
        return all(
            isinstance(permission, AllowAny) or (isinstance(permission, ReadAllWriteWith) and self.method == "GET")
            for permission in permissions
        )

    def get_override_parameters(self) -> list[OpenApiParameter]:
        return list(super().get_override_parameters())
