"""openapi.yaml says what the code does, all of it, and every operation is described whole."""

from __future__ import annotations

import ast
import gzip
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from jsonschema import Draft202012Validator
from rest_framework.test import APIClient

from movies.tests.factories import ImageFactory, MovieFactory, PersonFactory, VideoFactory
from social.services.changes import kinds
from watchly.api.operations import documented
from watchly.api.problems import PROBLEMS

# What it runs is measured by the tests of each part, and following every line of it would take a minute.
pytestmark = pytest.mark.no_cover

SNAPSHOT = Path(settings.BASE_DIR) / "openapi.yaml"
METHODS = ("get", "post", "put", "patch", "delete")
# Every route that is not in OpenAPI, by the beginning of its pattern, and why.
INTERNAL = {
    "": "the home page, for people",
    "admin/": "the back office, for people",
    "admin/autocomplete/": "the pickers of the back office, for people",
    "admin/second-factor/": "the second factor of staff, for people",
    "api/schema": "the documentation itself",
    "api/docs": "the documentation itself, for people",
    "api/redoc": "the documentation itself, for people",
    "^media/(?P<path>.+)$": "pictures; their addresses stand in the documents",
}


@cache
def snapshot() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(SNAPSHOT.read_text(encoding="utf-8"))
    return found


def operations() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", item[method])
        for path, item in snapshot()["paths"].items()
        for method in METHODS
        if method in item
    ]


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """What a reference names; anything else as it is."""
    while "$ref" in node:
        kind, name = node["$ref"].split("/")[2:]
        node = snapshot()["components"][kind][name]
    return node


def wrong(schema: dict[str, Any], value: Any) -> list[str]:
    """What the schema has against this value."""
    whole = {**schema, "components": snapshot()["components"]}
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(whole).iter_errors(value)]


# --- the snapshot -----------------------------------------------------------------------------------------------------


def test_the_snapshot_is_what_the_code_says() -> None:
    GENERATOR_STATS.reset()
    made = OpenApiYamlRenderer().render(SchemaGenerator().get_schema(request=None, public=True), renderer_context={})
    assert not GENERATOR_STATS, "the generator warns"
    assert made.decode() == SNAPSHOT.read_text(encoding="utf-8"), "Run `make openapi` and commit."


def test_what_is_served_is_the_snapshot() -> None:
    response = Client().get("/api/schema")
    assert response.headers["Content-Type"].startswith("application/vnd.oai.openapi")
    assert yaml.safe_load(response.content) == snapshot()
    assert Client().get("/api/schema", headers={"Accept": "application/json"}).json() == snapshot()


def test_the_schema_is_generated_once_and_has_an_entity_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Client().get("/api/schema")
    monkeypatch.setattr(SchemaGenerator, "get_schema", None)
    again = Client().get("/api/schema", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    packed = Client().get("/api/schema", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.content) == first.content
    assert packed.headers["ETag"] == first.headers["ETag"][:-1] + '-gz"'


# --- every URL --------------------------------------------------------------------------------------------------------


def routes(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if route in INTERNAL and route != "":
            yield route
        elif isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def test_every_url_is_documented_or_known_as_internal() -> None:
    documented_paths = {
        re.sub(r"\{(\w+)\}", r"<str:\1>", path.lstrip("/").replace("{id}", "{pk}")) for path in snapshot()["paths"]
    }
    assert documented_paths.isdisjoint(INTERNAL)
    of_the_entry = {"livez", "readyz"}
    assert set(routes(get_resolver().url_patterns)) | of_the_entry == documented_paths | set(INTERNAL)


def test_every_row_of_the_documentation_is_about_a_view() -> None:
    names = [operation["operationId"] for _, operation in operations()]
    assert len(names) == len(set(names))
    assert documented(object(), "list") is None


# --- every operation --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "operation"), operations(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_an_operation_is_described_whole(label: str, operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["description"]
    assert len(operation["tags"]) == 1
    assert "security" in operation
    assert any(status.startswith("2") for status in operation["responses"])
    for parameter in map(resolved, operation["parameters"]):
        assert parameter["description"], parameter["name"]
    for status, answer in operation["responses"].items():
        answer = resolved(answer)
        assert answer["description"]
        if label.split()[1].startswith("/api/"):
            assert "X-Request-ID" in answer["headers"], status
            assert {"400", "401", "406", "500", "503"} <= set(operation["responses"])
            assert status < "400" or "application/problem+json" in answer["content"]


def examples() -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Every example that is shown of a body or an answer, with its schema."""
    for label, operation in operations():
        bodies = {"body": operation.get("requestBody", {}), **operation["responses"]}
        for name, body in bodies.items():
            for media, content in resolved(body).get("content", {}).items():
                for title, example in content["examples"].items():
                    yield f"{label} {name} {media} {title}", content["schema"], resolved(example)["value"]


@pytest.mark.parametrize(("name", "schema", "value"), list(examples()), ids=[name for name, _, _ in examples()])
def test_an_example_fits_its_schema(name: str, schema: dict[str, Any], value: Any) -> None:
    assert not wrong(schema, value), name


def test_inputs_are_closed() -> None:
    for label, operation in operations():
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            assert resolved(content["schema"])["additionalProperties"] is False, (label, media)


# --- what is really answered ------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/api/movies/{movie}", "Movie"),
        ("/api/people/{person}", "Person"),
        ("/api/movies", "MoviePage"),
        ("/api/movies/{movie}/images", "ImagePage"),
        ("/api/people/{person}/credits", "PersonCreditPage"),
    ],
)
def test_a_document_has_every_field_that_is_documented_and_no_other(
    path: str, schema: str, anyone: APIClient, alice: APIClient
) -> None:
    person = PersonFactory.create()
    movie = MovieFactory.create(cast=[person], directors=[person])
    ImageFactory.create(movie=movie)
    VideoFactory.create(movie=movie)
    body = anyone.get(path.format(movie=movie.pk, person=person.pk)).json()
    assert not wrong({"$ref": f"#/components/schemas/{schema}"}, body)
    named, found = schema.removesuffix("Page"), body["results"][0] if "results" in body else body
    whole = snapshot()["components"]["schemas"][named]
    assert set(found) == set(whole["required"])
    embedded = set(whole["properties"]) - set(whole["required"])
    if embedded:
        expand = {"expand": ",".join(sorted(embedded))}  # what is about the caller is for who is signed in
        answer = alice.get(path.format(movie=movie.pk, person=person.pk), expand).json()
        asked = answer["results"][0] if "results" in answer else answer
        assert set(asked) == set(whole["properties"])
        assert not wrong({"$ref": f"#/components/schemas/{named}"}, asked)


# --- problems ---------------------------------------------------------------------------------------------------------


def raised_codes() -> set[str]:
    """Every code that the source gives to a refusal: `code=` of our errors, `default_code`, and `problem(...)`."""
    found: set[str] = set()
    for app in ("watchly", "movies", "accounts", "social", "analytics"):
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            if not {"tests", "migrations", "importers", "admin"} & set(path.parts):
                found |= set(_codes(ast.parse(path.read_text(encoding="utf-8"))))
    return found


_OURS = {
    "NotFound",
    "Gone",
    "Moved",
    "Forbidden",
    "Conflict",
    "StaleVersion",
    "RuleViolation",
    "TooLarge",
    "Unauthenticated",
    "RateLimited",
}


def _codes(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in _OURS:
                yield from (_text(word.value) for word in node.keywords if word.arg == "code" and _text(word.value))
            if name == "problem" and len(node.args) > 2 and _text(node.args[2]):
                yield _text(node.args[2])
            if name == "_Refused" and node.args and _text(node.args[0]):  # of a picture
                yield _text(node.args[0])


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_every_code_that_is_raised_is_documented() -> None:
    assert raised_codes() <= set(PROBLEMS)
    assert {"duplicate", "idempotency_key_reused", "image_polyglot"} <= raised_codes()  # the search finds something


def test_the_type_of_a_problem_leads_to_the_documentation() -> None:
    page = Client().get("/api/docs").content.decode()
    for code in PROBLEMS:
        assert f'id="problem-{code.replace("_", "-")}"' in page
    assert Client().get("/api/nothing").json()["type"] == "/api/docs#problem-not-found"


def test_the_pages_of_the_documentation_need_no_other_server() -> None:
    for path in ("/api/docs", "/api/redoc"):
        response = Client().get(path)
        assert response.headers["Content-Security-Policy"]  # what it says: watchly/tests/test_headers.py
        assert "https://" not in response.content.decode()


def _inner_names(name: str, schema: Any) -> Iterator[str]:
    """The names that a generated client gives to the objects without a name inside a schema."""
    for key, each in (schema.get("properties") or {}).items():
        for part in (each, *each.get("oneOf", ()), *each.get("anyOf", ())):
            if part.get("type") == "object" and ("properties" in part or part.get("additionalProperties")):
                inner = name + "".join(word.capitalize() for word in key.split("_"))
                yield inner
                yield from _inner_names(inner, part)


def test_no_two_schemas_get_one_name_in_a_generated_client() -> None:
    schemas = snapshot()["components"]["schemas"]
    inner = [made for name, schema in schemas.items() for made in _inner_names(name, schema)]
    assert {name for name in inner if name in schemas or inner.count(name) > 1} == set()


def test_a_change_of_ones_own_is_typed_by_its_kind() -> None:
    union = snapshot()["components"]["schemas"]["OwnChange"]
    assert union["discriminator"]["propertyName"] == "kind"
    for kind, where in union["discriminator"]["mapping"].items():
        properties = resolved({"$ref": where})["properties"]
        assert (properties["kind"]["const"], properties["data"]["oneOf"][1]) == (kind, {"type": "null"})
    assert set(union["discriminator"]["mapping"]) == {kind.name for kind in kinds()}
