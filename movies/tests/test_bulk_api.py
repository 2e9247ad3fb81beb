"""POST /api/movies/bulk"""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from movies.models import Movie
from movies.tests.factories import MovieFactory

pytestmark = pytest.mark.django_db


def bulk(client: APIClient, *items: dict[str, Any], mode: str | None = None, **headers: str) -> Any:
    body: dict[str, Any] = {"items": list(items)}
    if mode:
        body["mode"] = mode
    return client.post("/api/movies/bulk", body, headers=headers)


def test_atomic_does_all(curator: APIClient) -> None:
    old, gone = MovieFactory.create(), MovieFactory.create()
    response = bulk(
        curator,
        {"op": "create", "title": "Heat", "year": 1995},
        {"op": "update", "id": old.pk, "runtime": 99},
        {"op": "delete", "id": gone.pk},
    )
    assert response.status_code == 200, response.content
    assert [result["status"] for result in response.json()["results"]] == [201, 200, 204]
    old.refresh_from_db()
    gone.refresh_from_db()
    assert (old.runtime, gone.state, Movie.objects.filter(title="Heat").count()) == (99, "withdrawn", 1)


@pytest.mark.parametrize(
    ("bad", "pointer"),
    [
        ({"op": "create", "title": ""}, "/items/1/title"),
        ({"op": "destroy"}, "/items/1/op"),
        ({"op": "update", "runtime": 5}, "/items/1/id"),
        ({"op": "update", "id": 999_999, "runtime": 5}, "/items/1/id"),
        ({"op": "create", "title": "B", "imdb_id": "tt0000001"}, "/items/1/imdb_id"),
        ({"op": "create", "id": 5, "title": "B"}, "/items/1/id"),
    ],
)
def test_atomic_does_nothing_if_one_item_is_refused(curator: APIClient, bad: dict[str, Any], pointer: str) -> None:
    MovieFactory.create(imdb_id="tt0000001")
    response = bulk(curator, {"op": "create", "title": "A"}, bad)
    assert response.status_code == 422
    assert pointer in [error["pointer"] for error in response.json()["errors"]]
    assert Movie.objects.count() == 1


def test_partial_does_what_it_can_and_says_of_each(curator: APIClient) -> None:
    movie = MovieFactory.create()
    response = bulk(
        curator,
        {"op": "create", "title": "A"},
        {"op": "create", "title": ""},
        {"op": "update", "id": 999_999, "runtime": 5},
        {"op": "update", "id": movie.pk, "version": 7, "runtime": 5},
        {"op": "update", "id": movie.pk, "runtime": 6},
        mode="partial",
    )
    assert response.status_code == 207
    results = response.json()["results"]
    assert [result["status"] for result in results] == [201, 400, 404, 412, 200]
    assert results[1]["errors"][0]["pointer"] == "/title"
    movie.refresh_from_db()
    assert (Movie.objects.count(), movie.runtime) == (2, 6)


def test_a_list_is_at_most_500_long(curator: APIClient) -> None:
    assert bulk(curator, *[{"op": "create", "title": "x"}] * 501).status_code == 400
    assert bulk(curator).status_code == 400
    assert not Movie.objects.exists()


def test_each_operation_takes_its_permission(alice: APIClient, anyone: APIClient) -> None:
    assert bulk(alice, {"op": "create", "title": "A"}).status_code == 403
    assert bulk(anyone, {"op": "create", "title": "A"}).status_code == 401
    assert not Movie.objects.exists()


def test_a_retry_replays(curator: APIClient) -> None:
    item = {"op": "create", "title": "A"}
    first = bulk(curator, item, **{"Idempotency-Key": "k"})
    again = bulk(curator, item, **{"Idempotency-Key": "k"})
    assert (first.content, again.headers["Idempotency-Replayed"]) == (again.content, "true")
    assert Movie.objects.count() == 1
