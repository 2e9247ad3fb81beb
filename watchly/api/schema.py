"""OpenAPI: the schema of each operation, from its row, its view and its serializers.

drf-spectacular maps serializers; what is said about an operation comes from `watchly.api.operations`, what every
operation shares is added here, and `watchly.api.schema_hooks` adds the parts that operations refer to.
"""

from __future__ import annotations

from typing import Any, cast

from drf_spectacular.drainage import warn
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, force_instance
from rest_framework.permissions import AllowAny
from rest_framework.serializers import ModelSerializer

from watchly.api import parameters
from watchly.api.documents import Document
from watchly.api.input import StrictSerializer
from watchly.api.key_scopes import opening_scopes
from watchly.api.limits import limits_of
from watchly.api.operations import JSON, Answer, Operation, Shape, documented
from watchly.api.permissions import ReadAllWriteWith, RoleRule, SignedInWrites
from watchly.api.problems import PROBLEMS, example_name
from watchly.api.streams import Streams, StreamViewSet
from watchly.api.views import DocumentViewSet

_EVERYWHERE = ("bad_request", "invalid", "authentication_failed", "not_acceptable", "internal_error", "unavailable")
_SHARED_CODES = 3
_WITH_BODY = ("too_large", "unsupported_media_type")
_COUNTED = ("RateLimit-Policy", "RateLimit")
_PROBLEM_HEADERS: dict[int, tuple[str, ...]] = {
    308: ("Location",),
    401: ("WWW-Authenticate",),
    429: ("Retry-After", *_COUNTED),
    503: ("Retry-After",),
}


def refer(kind: str, name: str) -> dict[str, str]:
    """A reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def problem_response(status: int, codes: list[str]) -> dict[str, Any]:
    """The answer with a problem of one of these codes."""
    names = (*_PROBLEM_HEADERS.get(status, ()), "X-Request-ID")
    return {
        "description": " ".join(f"`{code}`: {PROBLEMS[code].meaning}" for code in codes),
        "headers": {name: refer("headers", name) for name in names},
        "content": {
            "application/problem+json": {
                "schema": refer("schemas", "Problem"),
                "examples": {code: refer("examples", example_name(code, status)) for code in codes},
            }
        },
    }


class ApiSchema(AutoSchema):
    """Adds to each operation what its row says and what the conventions give it."""

    @property
    def row(self) -> Operation:
        """This operation's row; without one, a warning and a stand-in."""
        action = getattr(self.view, "action", None) or self.method.lower()
        found = documented(self.view, action)
        if found is None:
            warn(f"{type(self.view).__name__}.{action} has no row in its app's api/documentation.py.")
            return Operation(id=super().get_operation_id(), tag="", summary="", answers=())
        return found

    # --- words ---

    def get_operation_id(self) -> str:
        return self.row.id

    def get_summary(self) -> str:
        return self.row.summary

    def get_description(self) -> str:  # type: ignore[override]  # drf-spectacular's, not DRF's
        said = self.row.description or f"{self.row.summary}."
        return f"{said}\n\nAn API key needs the scope {self.key_scope}." if self.key_scope else said

    def get_tags(self) -> list[str]:
        return [self.row.tag]

    # --- who may ---

    def get_auth(self) -> list[dict[str, Any]]:
        """The ways to sign in; an empty one first where nobody has to, although a draft shows itself to a curator."""
        known: list[dict[str, Any]] = [each for each in super().get_auth() if each]
        if self.key_scope is None:
            known = [each for each in known if "apiKeyAuth" not in each]
        return [{}, *known] if self.public else known

    @property
    def key_scope(self) -> str | None:
        """What an API key needs to call this operation, in words; None where none may."""
        scopes = opening_scopes(self.view, self.method) if self.view.authentication_classes else ()
        return " or ".join(f"`{scope}`" for scope in scopes) or None

    @property
    def limited(self) -> bool:
        """Whether calls are counted whoever makes them."""
        return next(limits_of(self.view, self.method), None) is not None

    @property
    def public(self) -> bool:
        """Whether anybody may call this operation."""
        permissions = self.view.get_permissions()
        return all(
            isinstance(permission, AllowAny)
            or (isinstance(permission, (ReadAllWriteWith, SignedInWrites)) and self.method == "GET")
            for permission in permissions
        )

    # --- what goes in ---

    def _get_parameters(self) -> list[dict[str, Any]]:
        row = self.row
        found = [
            {"name": name, "in": "path", "required": True, "description": "The id.", "example": 949, **schema}
            for name, schema in self._path(row).items()
        ]
        found += [parameters.query(name, schema) for name, schema in row.query.items()]
        found += self._document_parameters()
        if row.cached:
            found.append(refer("parameters", "IfNoneMatch"))
        if row.versioned:
            found.append(refer("parameters", "IfMatch"))
        if row.idempotent:
            found.append(refer("parameters", "IdempotencyKey"))
        return [*found, refer("parameters", "RequestId")]

    def _path(self, row: Operation) -> dict[str, dict[str, Any]]:
        names = [part.strip("{}") for part in self.path.split("/") if part.startswith("{")]
        return {name: dict(row.path.get(name, {"schema": parameters.ID})) for name in names}

    def _document_parameters(self) -> list[dict[str, Any]]:
        """Those that a viewset of documents reads: its filters and its page in a list, `fields` and `expand` always."""
        view = self.view
        if not self._picks:
            return self._own_parameters() if self.method == "GET" else []
        document: Document = self._documents.document
        found: list[dict[str, Any]] = []
        if isinstance(view, StreamViewSet):
            found += [refer("parameters", "Cursor"), refer("parameters", "Limit")]
        elif isinstance(view, DocumentViewSet) and view.action == "list":
            for name, each in view.filterset_class.known().items():
                found.append(parameters.of_filter(name, each, repeatable=name in view.repeatable))
            found.append(parameters.ordering(view.orderings, view.default_ordering, view.more_orderings))
            found += [refer("parameters", "Page"), refer("parameters", "PageSize")]
        found.append(parameters.words("fields", document.fields, "Only these fields."))
        if document.expansions:
            found.append(parameters.words("expand", document.expansions, "Embed these too."))
        return found

    def _own_parameters(self) -> list[dict[str, Any]]:
        """Those of a view that lists or reads in a way of its own: `picks` says that it reads `fields` and `expand`."""
        view: Any = self.view
        found: list[dict[str, Any]] = []
        if self.row.answers[0].page:
            streams = view.pagination_class is Streams
            found += [refer("parameters", name) for name in (("Cursor", "Limit") if streams else ("Page", "PageSize"))]
            if getattr(view, "orderings", None):
                found.append(parameters.ordering(view.orderings, next(iter(view.orderings))))
        if getattr(view, "picks", False):
            found.append(parameters.words("fields", view.document.fields, "Only these fields."))
            if view.document.expansions:
                found.append(parameters.words("expand", view.document.expansions, "Embed these too."))
        return found

    def _get_request_body(self, direction: str = "request") -> dict[str, Any] | None:
        if not self.row.body:
            return None
        content = {
            media: {
                "schema": self.shape(body.shape, "request"),
                "examples": {name: {"value": value} for name, value in body.examples.items()},
            }
            for media, body in self.row.body.items()
        }
        return {"required": self.method != "PATCH" and not self.row.body_optional, "content": content}

    # --- what comes out ---

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        found = {str(answer.status): self._answer(answer) for answer in self.row.answers}
        if self.row.cached:
            headers = self._headers("ETag", "Cache-Control")
            found["304"] = {"description": "What you hold is what there is.", "headers": headers}
        by_status: dict[int, list[str]] = {}
        for each in self._problems():
            code, status = each if isinstance(each, tuple) else (each, PROBLEMS[each].status)
            by_status.setdefault(status, []).append(code)
        found.update({str(status): self._problem(status, codes) for status, codes in by_status.items()})
        return dict(sorted(found.items()))

    def _problems(self) -> list[str | tuple[str, int]]:
        row, codes = self.row, [*_EVERYWHERE]
        if not self.public:
            codes += ["not_authenticated", "permission_denied"]
        if any(isinstance(rule, RoleRule) for rule in self.view.get_permissions()) and not self.public:
            codes.append("second_factor_required")
        if self.key_scope:
            codes.append("scope_missing")
        if self.key_scope or self.limited:
            codes.append("rate_limited")
        if row.body:
            codes += _WITH_BODY
        if JSON in row.body or any("form" in media for media in row.body):
            codes.append("parse_error")
        if row.idempotent:
            codes += ["answer_not_kept", "idempotency_key_reused"]
        if row.versioned:
            codes.append("stale_version")
        if isinstance(self.view, DocumentViewSet) and self.view.action == "list":
            codes.append("not_found")
        return list(dict.fromkeys([*codes, *row.problems]))

    def _headers(self, *names: str) -> dict[str, Any]:
        return {name: refer("headers", name) for name in (*names, "X-Request-ID")}

    @staticmethod
    def _problem(status: int, codes: list[str]) -> dict[str, Any]:
        """Few codes are what many operations share: a reference, which `schema_hooks` fills in by its name."""
        name = "-".join([str(status), *codes])
        return refer("responses", name) if len(codes) <= _SHARED_CODES else problem_response(status, codes)

    def _answer(self, answer: Answer) -> dict[str, Any]:
        names = (*answer.headers, *(("ETag", "Cache-Control") if self.row.cached else ()))
        if self.limited:
            names = (*names, *_COUNTED)
        if self.row.idempotent:
            names = (*names, "Idempotency-Replayed")
        found: dict[str, Any] = {"description": answer.says, "headers": self._headers(*names)}
        if answer.shape is None:
            return found
        schema = self.shape(answer.shape, "response")
        whole = self._picks and answer.shape is self._documents.document.serializer_class
        if whole or (self.method == "GET" and getattr(self.view, "picks", False)):
            schema = {"anyOf": [schema, self._picked(answer.shape)]}
        if answer.page:
            schema = self._page(schema)
        elif answer.results:
            schema = {
                "type": "object",
                "required": ["results"],
                "properties": {"results": {"type": "array", "items": schema}},
            }
        found["content"] = {JSON: {"schema": schema, "examples": {"answer": {"value": answer.example}}}}
        return found

    @property
    def _documents(self) -> DocumentViewSet | StreamViewSet:
        return cast("DocumentViewSet | StreamViewSet", self.view)

    @property
    def _picks(self) -> bool:
        return isinstance(self.view, DocumentViewSet | StreamViewSet) and self.method == "GET"

    def shape(self, shape: Shape, direction: str) -> dict[str, Any]:
        """The schema of a serializer (by reference), of a schema, or of what makes one."""
        if isinstance(shape, dict):
            return dict(shape)
        if isinstance(shape, type):
            instance = force_instance(shape)
            instance.partial = self.method == "PATCH" and direction == "request"
            reference: dict[str, Any] = self.resolve_serializer(instance, direction).ref  # type: ignore[arg-type]
            return reference
        return shape(self)

    def component(self, name: str, schema: dict[str, Any]) -> dict[str, Any]:
        """A reference to a schema under this name, put there if it is not yet."""
        made = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, object=name, schema=schema)
        self.registry.register_on_missing(made)
        return refer("schemas", name)

    def _picked(self, shape: Any) -> dict[str, Any]:
        """What `fields=` leaves of a document: the same properties, none of them certain."""
        name = self._get_serializer_name(force_instance(shape), "response")
        whole = self.registry[self.resolve_serializer(shape, "response")].schema
        said = f"Some fields of a {name}, as `fields` picked them."
        return self.component(
            f"Partial{name}",
            {"type": "object", "description": said, "minProperties": 1, "properties": whole["properties"]},
        )

    def _page(self, results: dict[str, Any]) -> dict[str, Any]:
        view: Any = self.view
        serializer = view.document.serializer_class if hasattr(view, "document") else view.serializer_class
        name = self._get_serializer_name(force_instance(serializer), "response")
        schema = view.pagination_class().get_paginated_response_schema({"type": "array", "items": results})
        return self.component(f"{name}Page", {"description": "A page of a list.", **schema})

    # --- serializers ---

    def get_serializer_name(self, serializer: Any, direction: str) -> str:
        return type(serializer).__name__.removesuffix("Serializer")

    def _get_serializer_name(self, serializer: Any, direction: str, bypass_extensions: bool = False) -> str:
        name: str = super()._get_serializer_name(serializer, direction, bypass_extensions)
        # Inputs are classes of their own and named so.
        return name.removesuffix("Request") if isinstance(serializer, StrictSerializer) else name

    def _map_serializer(self, serializer: Any, direction: str, bypass_extensions: bool = False) -> dict[str, Any]:
        schema: dict[str, Any] = super()._map_serializer(serializer, direction, bypass_extensions)
        instance = force_instance(serializer)
        if not type(instance).__doc__:
            schema.pop("description", None)  # a base class's, which is not about this one
        if direction == "response" and "properties" in schema:
            return self._output(instance, schema)
        if isinstance(instance, StrictSerializer) and "properties" in schema:
            meta = getattr(instance, "Meta", None)
            for name in (*getattr(meta, "read_only", ()), *getattr(meta, "ignored", ())):
                said = "Kept by the server: it may be sent back as it was read, another value is refused."
                schema["properties"][name] = {"readOnly": True, "description": said}
            schema["additionalProperties"] = False
        return schema

    def _output(self, serializer: Any, schema: dict[str, Any]) -> dict[str, Any]:
        """A document holds each of its fields; what may be embedded is there when it was asked for."""
        whole = isinstance(serializer, ModelSerializer)
        schema["required"] = [
            name for name, field in serializer.fields.items() if whole or field.required or field.read_only
        ]
        for each in schema["properties"].values():
            for noise in ("readOnly", "default"):
                each.pop(noise, None)
            if len(each.get("allOf", ())) == 1:  # made to carry what was taken off above
                each.update(each.pop("allOf")[0])
            if "enum" in each:
                each["enum"] = [value for value in each["enum"] if value != ""]  # unknown is null, never empty
        for name, field in Document.embedded(type(serializer)).items():
            schema["properties"][name] = self._map_serializer_field(field, "response")
        return schema
