"""No message names a type of Python or a part of Django: every input is fed with values of every wrong kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.test import APIClient

from watchly.api.errors import flatten
from watchly.api.input import StrictSerializer
from watchly.common.errors import WatchlyError

pytestmark = pytest.mark.django_db
OF_PYTHON = re.compile(
    r"\b(dict|dictionary|tuple|NoneType|None|True|False|str|int|bool|float|bytes|datetime|object of type|pk|queryset"
    r"|QueryDict|ErrorDetail|Field|serializer|codec|Django|Python|list of items|valid string|traceback)\b"
)
WRONG: tuple[Any, ...] = (
    None, True, 7, -1, 1.5, 10**400, "", "x", "\x00", "\ud800", "9" * 2000, [], [None], [7], ["x", {}], [[]], {},
    {"a": 1}, {"id": {}}, {"kind": []},
)  # fmt: skip


def inputs() -> Iterator[type[Any]]:
    get_resolver().url_patterns  # noqa: B018  loads every serializer
    kinds: list[type[Any]] = [serializers.Serializer]
    seen = set()
    while kinds:
        kind = kinds.pop()
        if kind in seen:
            continue
        seen.add(kind)
        kinds += kind.__subclasses__()
        named = kind.__name__.endswith(("InputSerializer", "RequestSerializer", "BulkSerializer", "BulkItemSerializer"))
        ours = not kind.__module__.startswith(("rest_", "drf_")) and ".tests." not in kind.__module__
        if ours and (issubclass(kind, StrictSerializer) or named):
            yield kind


def said(kind: type[Any], data: Any, **how: Any) -> Iterator[str]:
    try:
        serializer = kind(data=data, **how)
        serializer.is_valid(raise_exception=True)
    except ValidationError as error:
        yield from (each["detail"] for each in flatten(error.detail))
    except WatchlyError as error:
        yield error.detail


def test_no_message_about_a_value_names_python() -> None:
    found: set[str] = set()
    kinds = list(inputs())
    assert len(kinds) > 40
    for kind in kinds:
        for body in WRONG:
            found.update(said(kind, body))
        names = list(kind().fields)
        for value in WRONG:
            found.update(said(kind, dict.fromkeys(names, value)))
            found.update(said(kind, {name: [value] for name in names}))
            found.update(said(kind, dict.fromkeys(names, value), partial=True, context={"form": True}))
        found.update(said(kind, {name: SimpleUploadedFile("x.txt", b"x") for name in names}))
    assert len(found) > 40
    assert {text for text in found if OF_PYTHON.search(text)} == set()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("application/json", b"[1, 2]"),
        ("application/json", b"null"),
        ("application/json", b"{'a': None}"),
        ("application/json", b"\xff"),
        ("text/plain", b"x"),
        ("", b"x"),
    ],
)
def test_no_message_about_a_body_names_python(curator: APIClient, content_type: str, body: bytes) -> None:
    for path in ("/api/movies", "/api/movies/import", "/api/lists", "/api/movies/bulk"):
        response = curator.generic("POST", path, body.decode("latin-1"), content_type=content_type)
        assert 400 <= response.status_code < 500, (path, response.content)
        problem = response.json()
        for text in (problem["detail"], *(error["detail"] for error in problem.get("errors", ()))):
            assert not OF_PYTHON.search(text), (path, text)
