"""Parameters and headers that many operations share, and how filters become parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django_filters import rest_framework as filters

from watchly.api.filters import BooleanFilter
from watchly.api.pages import LARGEST_PAGE, LARGEST_PAGE_SIZE, PAGE_SIZE

LARGEST_ID = 2**63 - 1
ID = {"type": "integer", "format": "int64", "minimum": 1, "maximum": LARGEST_ID}
_TAG = r'(W/)?"[0-9]{1,9}(-[0-9a-z-]*)?"'

HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {
        "description": "The version and a digest of the bytes; a compressed answer appends its coding.",
        "schema": {"type": "string", "pattern": r'^"[0-9]+-[0-9a-f]{16}(-(gz|br|zstd))?"$'},
        "example": '"3-0f1e2d3c4b5a6978"',
    },
    "Location": {
        "description": "Where it is.",
        "schema": {"type": "string", "format": "uri-reference"},
        "example": "/api/movies/949",
    },
    "Cache-Control": {
        "description": "`public, no-cache` for anonymous reads, else `private, no-cache`.",
        "schema": {"type": "string"},
        "example": "public, no-cache",
    },
    "X-Request-ID": {
        "description": "The request's id: the one that was sent, or one made here. It stands in every line of the log.",
        "schema": {"type": "string", "pattern": r"^[A-Za-z0-9._:/+=-]{1,128}$"},
        "example": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    },
    "Idempotency-Replayed": {
        "description": "`true` when this is the first answer once more.",
        "schema": {"type": "string", "enum": ["true"]},
        "example": "true",
    },
    "Retry-After": {
        "description": "Seconds to wait.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 2,
    },
    "WWW-Authenticate": {
        "description": "How to sign in.",
        "schema": {"type": "string"},
        "example": 'Bearer realm="api"',
    },
    "RateLimit-Policy": {
        "description": "Each limit that counted this request: its name, its quota and its window in seconds.",
        "schema": {"type": "string"},
        "example": '"login";q=20;w=60',
    },
    "RateLimit": {
        "description": "What is left of each, and in how many seconds its window ends.",
        "schema": {"type": "string"},
        "example": '"login";r=17;t=42',
    },
}

SHARED: dict[str, dict[str, Any]] = {
    "RequestId": {
        "name": "X-Request-ID",
        "in": "header",
        "description": "An id of yours for this request, 1 to 128 letters, digits and `._:/+=-`. Another is replaced.",
        "schema": {"type": "string"},
        "example": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The `ETag` of what you hold: 304 if it is still the same.",
        "schema": {"type": "string"},
        "example": '"0-ffffffffffffffff"',
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The `ETag` of your last read, or several separated by commas: 412 if the row was edited since. "
        "Only the version counts.",
        "schema": {"type": "string", "pattern": rf"^\s*(\*|{_TAG}(\s*,\s*{_TAG})*)?\s*$"},
        "example": "*",
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "A key of yours for this request: sent again within 24 hours, it gets the first answer again.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]{1,255}$"},
        "example": "5a0d9a52-9c3c-4c56-8a0f-7f3f5b2f3d11",
    },
    "Page": {
        "name": "page",
        "in": "query",
        "description": "Which page, from 1.",
        "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": 1},
        "example": 1,
    },
    "PageSize": {
        "name": "page_size",
        "in": "query",
        "description": "Rows on a page of a list that has numbered pages (`page`). Lists in time take `limit`.",
        "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE_SIZE, "default": PAGE_SIZE},
        "example": 20,
    },
    "Cursor": {
        "name": "cursor",
        "in": "query",
        "description": "Where to go on: as it stands in `next` and `previous`. Without it, from the beginning.",
        "schema": {"type": "string"},
    },
    "Limit": {
        "name": "limit",
        "in": "query",
        "description": "At most so many rows from `cursor` on. Lists with numbered pages take `page_size` instead.",
        "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE_SIZE, "default": PAGE_SIZE},
        "example": 20,
    },
}


def query(name: str, schema: dict[str, Any], description: str = "", **more: Any) -> dict[str, Any]:
    """A query parameter."""
    schema = dict(schema)
    given: dict[str, Any] = {key: schema.pop(key) for key in ("description", "example", "required") if key in schema}
    return {"name": name, "in": "query", "description": description, **given, "schema": schema, **more}


def words(name: str, known: tuple[str, ...], description: str) -> dict[str, Any]:
    """A parameter that lists known words: repeated, or separated by commas."""
    schema = {"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(known)}}
    said = f"{description} Repeat the parameter, or separate by commas."
    return query(name, schema, said, style="form", explode=True, example=list(known[:2]))


def ordering(orderings: Mapping[str, Any], default: str, more: tuple[str, ...] = ()) -> dict[str, Any]:
    """The parameter `ordering`: names, the reverse of each, and those that have none (`more`).

    `orderings` maps each name to its expressions and those of its reverse. A name orders the best or latest first, or
    what is written first (a title, a year); its description says which.
    """
    names = list(orderings)
    highest = [name for name in names if getattr(orderings[name][0][0], "descending", False)]
    lowest = [name for name in names if name not in highest]
    told = ["The order of the results."]
    top, bottom = "highest or latest", "lowest or earliest"
    for these, first, last in ((highest, top, bottom), (lowest, bottom, top)):
        if these:
            told.append(f"{', '.join(f'`{name}`' for name in these)}: the {first} first;")
            told.append(f"a leading `-` reverses it, so `ordering=-{these[0]}` lists the {last} first.")
    if more:
        told.append(f"{', '.join(f'`{name}`' for name in more)} has no reverse.")
    told.append(f"Unknown values come last both ways. Default: `{default}`.")
    schema = {"type": "string", "enum": [*names, *(f"-{name}" for name in names), *more]}
    return query("ordering", schema, " ".join(told), example=names[0])


def of_filter(name: str, found: filters.Filter, *, repeatable: bool) -> dict[str, Any]:
    """The parameter of one filter of a filterset."""
    extra = found.extra
    schema: dict[str, Any] = {"type": "string"}
    if isinstance(found, filters.NumberFilter):
        schema = {"type": "number" if isinstance(found.field, forms.DecimalField) else "integer"}
        limits = found.field.validators
        schema["minimum"] = max(each.limit_value for each in limits if isinstance(each, MinValueValidator))
        schema["maximum"] = min(each.limit_value for each in limits if isinstance(each, MaxValueValidator))
        if schema.get("maximum", 0) >= 2**31:
            schema["format"] = "int64"
    elif isinstance(found, BooleanFilter):
        schema = {"type": "boolean"}
    elif isinstance(found, filters.ChoiceFilter):
        schema["enum"] = [value for value, _ in extra["choices"]]
    elif extra.get("max_length"):
        schema["maxLength"] = extra["max_length"]
    if repeatable:
        schema = {"type": "array", "items": schema}
        return query(name, schema, extra.get("help_text", ""), style="form", explode=True)
    return query(name, schema, extra.get("help_text", ""))
