"""Bytes that no client sends by accident. Each once made the server fail; each is an answer of the 4xx kind, or ignored."""

from __future__ import annotations

from base64 import b64encode

import pytest
from django.test import Client
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("pair", [b"a\x00da:x", b"ada:\x00", b"\xff:\xff"])
def test_credentials_with_bytes_that_no_name_has(pair: bytes) -> None:
    response = Client().get("/api/genres", headers={"Authorization": "Basic " + b64encode(pair).decode()})
    assert (response.status_code, response.json()["code"]) == (401, "authentication_failed")


def test_a_session_cookie_with_nul_is_no_session() -> None:
    for path in ("/api/genres", "/", "/livez"):
        assert Client().get(path, headers={"Cookie": r'sessionid="aaaaaaaaaaaa\000b"'}).status_code == 200


@pytest.mark.parametrize("op", [{}, [], None, 1, True])
def test_a_bulk_item_whose_op_is_no_word(curator: APIClient, op: object) -> None:
    response = curator.post("/api/movies/bulk", {"items": [{"op": op}]})
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/items/0/op")
    partial = curator.post("/api/movies/bulk", {"mode": "partial", "items": [{"op": op, "id": "x"}]})
    assert (partial.status_code, partial.json()["results"][0]["op"], partial.json()["results"][0]["id"]) == (
        207,
        None,
        None,
    )
