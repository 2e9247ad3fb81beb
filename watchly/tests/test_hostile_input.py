"""What no client sends by accident. Each once made the server fail; each is refused, or ignored."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from django.test import Client
from rest_framework.test import APIClient

from movies.tests.factories import ImportRunFactory
from watchly.tests.fixtures import MakeUser

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("pair", [b"a\x00da:x", b"ada:\x00", b"\xff:\xff"])
def test_credentials_with_bytes_that_no_name_has(pair: bytes) -> None:
    response = Client().get("/api/genres", headers={"Authorization": "Basic " + b64encode(pair).decode()})
    assert (response.status_code, response.json()["code"]) == (401, "authentication_failed")


def test_a_session_cookie_with_nul_is_no_session() -> None:
    for path in ("/api/genres", "/"):
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


@pytest.mark.parametrize(
    ("accept", "status"),
    [("application/problem+json", 204), ("text/html", 406), ("*/*", 204), ("application/json", 204)],
)
def test_who_takes_problems_alone_may_delete(curator: APIClient, accept: str, status: int) -> None:
    made = curator.post("/api/movies", {"title": "Heat"}).json()
    assert curator.delete(f"/api/movies/{made['id']}", headers={"Accept": accept}).status_code == status


def test_a_row_of_a_change_is_whole(curator: APIClient) -> None:
    made = curator.post("/api/movies", {"title": "Heat"}).json()
    response = curator.patch(f"/api/movies/{made['id']}", {"credits": [{"person": "Al Pacino"}]})
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/credits/0/kind")


@pytest.mark.parametrize(
    ("genre", "pointer"),
    [
        ({"foo": 1}, "/genres/0/foo"),
        ({"id": "crime"}, "/genres/0"),
        ("a\x00b", "/genres/0"),
        ("\ud800", "/genres/0"),
        (True, "/genres/0"),
        ({}, "/genres/0"),
        (1e300, "/genres/0"),
    ],
)
def test_a_genre_that_is_none(curator: APIClient, genre: object, pointer: str) -> None:
    body = json.dumps({"title": "Heat", "genres": [genre]})
    response = curator.generic("POST", "/api/movies", body, content_type="application/json")
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, pointer)


def test_no_body_at_all_where_a_form_is_meant(curator: APIClient) -> None:
    made = curator.post("/api/movies", {"title": "Heat"}).json()
    response = curator.post(f"/api/movies/{made['id']}/images")
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/file")


def test_forms_make_and_do_not_change(curator: APIClient) -> None:
    made = curator.post("/api/movies", {"title": "Heat", "awards": "", "year": ""}, format="multipart")
    assert (made.status_code, made.json()["year"]) == (201, None)
    path = f"/api/movies/{made.json()['id']}"
    assert curator.patch(path, {"year": "1995"}, format="multipart").status_code == 415
    assert curator.put(path, {"title": "Heat"}, format="multipart").status_code == 415


def test_a_word_that_is_neither_true_nor_false(curator: APIClient) -> None:
    made = curator.post("/api/movies", {"title": "Heat"}).json()
    assert curator.get(f"/api/movies/{made['id']}/awards?won=true").status_code == 200
    assert curator.get(f"/api/movies/{made['id']}/awards?won=maybe").status_code == 400


def test_what_takes_nothing_refuses_everything(make_user: MakeUser) -> None:
    client = APIClient()
    client.force_authenticate(make_user(is_superuser=True))
    run = ImportRunFactory.create(state="previewed", path="/nonexistent/upload")
    assert client.post(f"/api/imports/{run.pk}/start", {"now": True}).status_code == 400
    assert client.post(f"/api/imports/{run.pk}/cancel?now=1").status_code == 400
    run.refresh_from_db()
    assert run.state == "previewed"
