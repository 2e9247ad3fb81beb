"""The parts that operations refer to, the operations outside the API, and the order of it all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from watchly.api import parameters, problems
from watchly.api.schema import problem_response, refer

_CONVENTIONS = """

**Errors** are problem documents (RFC 9457). What may stand in `code` is listed at
[/api/docs#problems](/api/docs#problems). An unknown parameter or field is an error that names it, never ignored. What
is not known is null, never 0 or empty.

**Reads** are public and need no sign-in. They carry an `ETag`: send it back as `If-None-Match`, and what has not
changed is a 304 without a body. `fields` picks fields, `expand` embeds what hangs on a movie.

**Signing in** gives an access token (`POST /api/auth/login`); programs may use an API key with scopes.

**Writes** of the catalogue need a role. `If-Match` stops a change of something that was edited meanwhile (412); an
`Idempotency-Key` makes a repeated POST get the first answer again instead of a second row.

**Every answer** carries an `X-Request-ID`, yours if you sent one. A trailing slash is accepted and not needed.
"""

_TEXT = {"type": "string"}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {**_TEXT, "format": "uri-reference", "description": "Where the code is explained."},
        "title": {**_TEXT, "description": "The status in words."},
        "status": {"type": "integer", "minimum": 300, "maximum": 599},
        "detail": {**_TEXT, "description": "What was wrong and what would be right."},
        "code": {**_TEXT, "description": "Stable and machine-readable."},
        "request_id": {"type": ["string", "null"], "description": "Finds the request in the log."},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
    },
}
_FIELD_ERROR: dict[str, Any] = {
    "type": "object",
    "description": "One thing wrong with the input.",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {**_TEXT, "description": "A JSON pointer into the body, or the name of a parameter behind a slash."},
        "code": _TEXT,
        "detail": _TEXT,
        "survivor_id": {"type": "integer", "description": "The id to use instead, where what was named was merged."},
    },
}
_HEALTH: dict[str, Any] = {
    "type": "object",
    "description": "How this server is.",
    "required": ["status"],
    "properties": {
        "status": {"type": "string", "enum": ["alive", "ready", "degraded", "unavailable"]},
        "database": {**_TEXT, "description": "What is wrong with the database."},
        "cache": {**_TEXT, "description": "`ok`, or what is wrong with the cache."},
    },
}


def _health(operation: str, summary: str, description: str, answers: dict[str, tuple[str, Any]]) -> dict[str, Any]:
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "description": description,
            "tags": ["operation"],
            "security": [],
            "parameters": [refer("parameters", "RequestId")],
            "responses": {
                "400": {"description": "`Host` is none that is served here. A page for people."},
            }
            | {
                status: {
                    "description": said,
                    "headers": {"X-Request-ID": refer("headers", "X-Request-ID")},
                    "content": {
                        "application/json": {
                            "schema": refer("schemas", "Health"),
                            "examples": {"answer": {"value": example}},
                        }
                    },
                }
                for status, (said, example) in answers.items()
            },
        }
    }


# Outside /api/, for probes, and no views of DRF.
OPERATION_PATHS: dict[str, Any] = {
    "/livez": _health(
        "isAlive",
        "Whether the process answers at all",
        "For a supervisor that restarts what is dead. Touches neither database nor cache.",
        {"200": ("It does.", {"status": "alive"})},
    ),
    "/readyz": _health(
        "isReady",
        "Whether requests can be served",
        "For a load balancer: the database answers within half a second and every migration is applied. Without the "
        "cache the server is ready, and degraded.",
        {
            "200": ("They can.", {"status": "ready", "cache": "ok"}),
            "503": ("They cannot.", {"status": "unavailable", "database": "does not answer"}),
        },
    ),
}


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular's hook: adds shared components and the paths of health, and describes every problem."""
    components = result.setdefault("components", {})
    components["schemas"] |= {"FieldError": _FIELD_ERROR, "Health": _HEALTH, "Problem": _PROBLEM}
    components["headers"] = dict(parameters.HEADERS)
    components["parameters"] = dict(parameters.SHARED)
    shared = {name.rpartition("/")[2] for name in _references(result["paths"]) if "/components/responses/" in name}
    components["responses"] = {name: _shared_response(name) for name in sorted(shared)}
    components["examples"] = {
        problems.example_name(code, status): {
            "summary": problems.PROBLEMS[code].meaning,
            "value": problems.example(code, status),
        }
        for code, status in _shown(result)
    }
    for kind in ("schemas", "examples"):
        components[kind] = dict(sorted(components[kind].items()))
    if components["schemas"].pop("NullEnum", None):
        _write_null(result)
    for operation in (each for path in result["paths"].values() for each in path.values()):
        if operation["security"] == [{}]:  # generated clients would ask for a token to sign in with
            operation["security"] = []
    result["paths"] |= OPERATION_PATHS
    result["info"]["description"] += _CONVENTIONS
    return result


def _references(node: Any) -> Iterator[str]:
    """Every reference below this node."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for each in node.values():
            yield from _references(each)
    elif isinstance(node, list):
        for each in node:
            yield from _references(each)


def _write_null(node: Any) -> None:
    """Says `null` where drf-spectacular refers to an enum of nothing but null."""
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        if isinstance(each, dict) and each.get("$ref") == "#/components/schemas/NullEnum":
            each.clear()
            each["type"] = "null"
        _write_null(each)


def _shared_response(name: str) -> dict[str, Any]:
    status, *codes = name.split("-")
    return problem_response(int(status), codes)


def _shown(result: dict[str, Any]) -> set[tuple[str, int]]:
    """The codes and statuses of the examples that something refers to."""
    names = {name.rpartition("/")[2] for name in _references(result) if "/components/examples/" in name}
    found = set()
    for name in names:
        code, _, status = name.partition("-")
        found.add((code, int(status) if status else problems.PROBLEMS[code].status))
    return found
