"""What each operation of the API does, in words and examples: one row an operation, in `<app>/api/documentation.py`.

A view stays what it is; the row says what cannot be read off it. A view without its row is a warning of the schema
generator, and warnings fail the build.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.module_loading import autodiscover_modules

Schema = dict[str, Any]
# A serializer class, a schema, or what makes a schema once the generator is there to name components.
Shape = type[Any] | Schema | Callable[[Any], Schema]

JSON, MULTIPART, FORM = "application/json", "multipart/form-data", "application/x-www-form-urlencoded"


@dataclass(frozen=True, kw_only=True)
class Body:
    """What is sent in one media type."""

    shape: Shape
    examples: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A good answer. `page` wraps the shape as a page of a list, `results` as `{"results": [...]}`."""

    status: int = 200
    says: str
    shape: Shape | None = None
    page: bool = False
    results: bool = False
    example: Any = None
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One row: a stable name, words, and what may be answered besides what every operation may answer.

    `problems` are codes of `watchly.api.problems`, with a status where it is not the code's own one. `cached` ones know
    If-None-Match, `versioned` ones If-Match, `idempotent` ones Idempotency-Key.
    """

    id: str
    tag: str
    summary: str
    description: str = ""
    path: Mapping[str, Schema] = field(default_factory=dict)
    query: Mapping[str, Schema] = field(default_factory=dict)
    body: Mapping[str, Body] = field(default_factory=dict)
    body_required: bool = True  # on PATCH it never is
    answers: tuple[Answer, ...]
    problems: tuple[str | tuple[str, int], ...] = ()
    cached: bool = False
    versioned: bool = False
    idempotent: bool = False


_ROWS: dict[tuple[type[Any], str], Operation] = {}


def document(view: type[Any], **rows: Operation) -> None:
    """Documents a view: a row for each action of a viewset, or each method of a plain view."""
    for name, row in rows.items():
        _ROWS[view, name] = row


def documented(view: Any, name: str) -> Operation | None:
    """The row of an action or method of this view, if somebody has written one."""
    _load()
    return _ROWS.get((type(view), name))


@lru_cache(maxsize=1)
def _load() -> None:
    """Reads every app's table. At the first question, so that nothing but the documentation pays for it."""
    autodiscover_modules("api.documentation")
