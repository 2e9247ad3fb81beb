"""Lone surrogates in JSON: refused with a pointer wherever they are, before a serializer or the database meets them."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from movies.tests.factories import MovieFactory
from watchly.common.surrogates import lone_surrogate
from watchly.tests.fixtures import MakeUser

HALF = "\ud83c"


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": "😀", "b": ["x", {"c": None}]}, None),
        (HALF, ()),
        ({"a": HALF}, ("a",)),
        ({"a": {HALF: 1}}, ("a",)),
        ({HALF: 1}, ()),
        ([{"a": ["x", "y" + HALF]}, HALF], (0, "a", 1)),
    ],
)
def test_the_first_lone_surrogate_is_found(value: Any, path: tuple[str | int, ...] | None) -> None:
    assert lone_surrogate(value) == path


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "body", "pointer"),
    [
        ("PUT", "/api/movies/{}/status", r'{"status": "\ud800"}', "/status"),
        ("PUT", "/api/movies/{}/status", r'{"\uDBFF": "watched"}', ""),
        ("POST", "/api/movies", r'{"title": "Heat", "release_status": "\ud800"}', "/release_status"),
        ("POST", "/api/movies/bulk", r'{"items": [{"op": "create", "movie": {"\udfff": 1}}]}', "/items/0/movie"),
        ("PATCH", "/api/me/preferences", r'{"notifications": {"like": {"\ud800": true}}}', "/notifications/like"),
        ("POST", "/api/me/library/batch", r'{"items": [{"movie": {"id": 1}, "status": "\ud800"}]}', "/items/0/status"),
        ("POST", "/api/auth/login", r'{"username": "ada", "password": "\ude00\ud83d"}', "/password"),
        ("POST", "/api/reports", r'"\ud800"', ""),
    ],
)
def test_half_a_character_is_refused_with_its_pointer(
    make_user: MakeUser, method: str, path: str, body: str, pointer: str
) -> None:
    client = APIClient()
    if "auth" not in path:
        client.force_authenticate(make_user(is_superuser=True))
    response = client.generic(method, path.format(MovieFactory.create().pk), body, content_type="application/json")

    (error,) = response.json()["errors"]
    assert (response.status_code, error["pointer"], error["code"]) == (400, pointer, "broken_text")


@pytest.mark.django_db
def test_half_a_character_in_a_json_field_of_a_form_is_refused(curator: APIClient) -> None:
    form = {"title": "Heat", "awards": r'[{"award": "\ud800", "category": "Sound", "won": true}]'}

    response = curator.post("/api/movies", form, format="multipart")

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/awards/0/award")


@pytest.mark.django_db
def test_both_halves_are_one_character(curator: APIClient) -> None:
    body = r'{"title": "\ud83d\ude00"}'

    assert curator.generic("POST", "/api/movies", body, content_type="application/json").json()["title"] == "😀"


@pytest.mark.django_db
@pytest.mark.parametrize("half", ["%ED%A0%80", "%ff", "%00"])
@pytest.mark.parametrize(
    "path",
    [
        "/api/movies?search={}", "/api/movies?genre={}", "/api/movies?tag={}", "/api/movies?country={}",
        "/api/movies?ordering={}", "/api/movies?fields={}", "/api/movies?{}=1", "/api/movies/{}", "/api/users/{}",
        "/api/search?q={}", "/api/movies/suggest?q={}", "/api/movies/lookup?imdb_id={}", "/api/feed?cursor={}",
        "/api/me/library?my_tag={}", "/api/me/changes?cursor={}",
    ],
)  # fmt: skip
def test_broken_text_in_an_address_is_never_a_fault_of_the_server(make_user: MakeUser, path: str, half: str) -> None:
    client = APIClient()
    client.force_authenticate(make_user())

    assert client.get(path.format(half)).status_code < 500
