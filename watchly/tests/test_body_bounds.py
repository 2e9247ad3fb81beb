"""What a request body may cost before anything is decided: keys, items, depth, and the errors that come back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db


def _post(body: bytes) -> tuple[int, dict[str, Any], bytes]:
    response = Client().post("/api/auth/refresh", body, content_type="application/json")
    return response.status_code, response.json(), response.content


def _nested(levels: int) -> bytes:
    return b'{"refresh": ' + b"[" * levels + b"]" * levels + b"}"


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (json.dumps({f"k{n}": 1 for n in range(101)}).encode(), "an object has 101 keys, and at most 100 are accepted"),
        (json.dumps({"refresh": [1] * 3001}).encode(), "a list has 3,001 items, and at most 3,000 are accepted"),
        (_nested(32), "it is nested more than 32 levels deep"),
        (_nested(900), "it is nested more than 32 levels deep"),
        (_nested(20_000), "it is nested more than 32 levels deep"),
        (json.dumps({"k" * 201: 1}).encode(), "a key is longer than 200 characters"),
    ],
)
def test_a_body_with_more_than_any_input_needs_is_refused(body: bytes, detail: str) -> None:
    status, answer, _ = _post(body)
    assert (status, answer["code"], answer["detail"]) == (400, "parse_error", f"The body is too large: {detail}.")


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"Infinity", b"NaN"])
def test_a_number_that_is_not_finite_is_refused(number: bytes) -> None:
    status, answer, _ = _post(b'{"refresh": ' + number + b"}")
    assert (status, answer["code"]) == (400, "parse_error")


def test_thirty_one_levels_are_accepted() -> None:
    assert _post(_nested(31))[1]["code"] == "invalid"


def test_twenty_errors_are_reported_and_the_rest_is_counted() -> None:
    status, answer, _ = _post(json.dumps({f"k{n}": 1 for n in range(100)}).encode())
    assert (status, len(answer["errors"])) == (400, 20)
    assert answer["detail"].endswith("(and 99 more)")


def test_twenty_unknown_parameters_are_reported() -> None:
    answer = Client().get("/api/movies", {f"k{n}": 1 for n in range(500)}).json()
    assert len(answer["errors"]) == 20


@pytest.mark.parametrize("name", ["fields", "expand"])
@pytest.mark.parametrize("repeated", [False, True])
def test_a_parameter_has_fifty_words_at_most(name: str, repeated: bool) -> None:
    words = [f"w{n}" for n in range(20_000)]
    value = words[:1000] if repeated else ",".join(words)
    answer = Client().get("/api/movies", {name: value}).json()
    assert [(e["pointer"], e["code"], e["detail"]) for e in answer["errors"]] == [
        (f"/{name}", "max_length", "Send at most 50 words.")
    ]


def test_a_message_quotes_little_of_what_was_sent(curator: APIClient) -> None:
    response = curator.post("/api/movies", {"title": "Heat", "release_status": "x" * 100_000})
    assert (response.status_code, len(response.content) < 2000) == (400, True)


@pytest.mark.parametrize(
    ("path", "field", "item", "most"),
    [
        ("/api/me", "links", {"url": "wrong"}, 5),
        ("/api/movies", "genres", {"wrong": 1}, 50),
        ("/api/me/library/batch", "items", {"wrong": 1}, 500),
    ],
)
def test_a_list_is_counted_before_its_items_are_validated(
    curator: APIClient, path: str, field: str, item: dict[str, Any], most: int
) -> None:
    write = curator.patch if path == "/api/me" else curator.post
    answer = write(
        path, {"title": "Heat", field: [item] * (most + 1)} if path == "/api/movies" else {field: [item] * (most + 1)}
    )
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(f"/{field}", "max_length")]
