"""POST /api/movies/{id}/merge and /unmerge, and what a merged movie's addresses answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from movies.models import Change, Merge, Movie
from movies.tests.factories import CreditFactory, MovieFactory, SuggestionFactory
from movies.tests.merging import snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def survivor() -> Movie:
    return MovieFactory.create(title="Heat", slug="heat-1995", imdb_id="tt0113277")


@pytest.fixture
def other() -> Movie:
    movie = MovieFactory.create(title="Calor", slug="calor-1995", imdb_id="tt0000001", tmdb_id=949, runtime=170)
    CreditFactory.create(movie=movie)
    return movie


def merge(client: APIClient, movie: Movie, into: Any, **headers: str) -> Any:
    return client.post(f"/api/movies/{movie.pk}/merge", {"into": into}, format="json", headers=headers or None)


def unmerge(client: APIClient, movie: Movie, **headers: str) -> Any:
    return client.post(f"/api/movies/{movie.pk}/unmerge", headers=headers or None)


def test_the_answer_is_the_survivor_with_what_it_got(curator: APIClient, survivor: Movie, other: Movie) -> None:
    response = merge(curator, other, survivor.pk)
    assert response.status_code == 200
    document = response.json()
    assert (document["id"], document["runtime"], document["tmdb_id"]) == (survivor.pk, 170, 949)
    assert response.headers["ETag"].startswith('"2-')
    assert curator.get(f"/api/movies/{survivor.pk}").json() == document
    assert set(Change.objects.values_list("via", "action")) == {("api", "merged")}


def test_every_address_of_the_merged_movie_leads_to_the_survivor(
    curator: APIClient, anyone: APIClient, survivor: Movie, other: Movie
) -> None:
    merge(curator, other, survivor.pk)
    path = f"/api/movies/{survivor.pk}"
    for address, location in {
        f"/api/movies/{other.pk}": path,
        "/api/movies/calor-1995": path,
        "/api/movies/calor-1995?fields=id,title": f"{path}?fields=id,title",
        "/api/movies/lookup?imdb_id=tt0000001": path,
        "/api/movies/lookup?fields=id&imdb_id=tt0000001": f"{path}?fields=id",
        f"/api/movies/{other.pk}/credits": f"{path}/credits",
        f"/api/movies/{other.pk}/images?kind=poster": f"{path}/images?kind=poster",
    }.items():
        response = anyone.get(address)
        assert (response.status_code, response.headers["Location"]) == (308, location), address
        assert response.json()["code"] == "moved"
        assert anyone.get(location).status_code == 200, location
    # The id that moved means the survivor itself.
    assert anyone.get("/api/movies/lookup?tmdb_id=949").json()["id"] == survivor.pk
    assert curator.patch(f"/api/movies/{other.pk}", {"year": 1994}, format="json").status_code == 308


def test_a_merge_of_a_merge_leads_to_the_last(curator: APIClient, survivor: Movie, other: Movie) -> None:
    last = MovieFactory.create()
    merge(curator, other, survivor.pk)
    merge(curator, survivor, last.pk)
    assert curator.get(f"/api/movies/{other.pk}").headers["Location"] == f"/api/movies/{last.pk}"


def test_undoing_answers_with_the_movie_that_is_back(curator: APIClient, survivor: Movie, other: Movie) -> None:
    before = {movie.pk: curator.get(f"/api/movies/{movie.pk}").json() for movie in (survivor, other)}
    merge(curator, other, survivor.pk)

    response = unmerge(curator, other)

    assert response.status_code == 200
    for movie in (survivor, other):
        document = curator.get(f"/api/movies/{movie.pk}").json()
        assert {**document, "updated_at": None} == {**before[movie.pk], "updated_at": None}
    assert response.json()["id"] == other.pk
    again = unmerge(curator, other)
    assert (again.status_code, again.json()["code"]) == (409, "not_merged")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/into", "required"),
        ({"into": None}, "/into", "null"),
        ({"into": "1"}, "/into", "invalid"),
        ({"into": 0}, "/into", "min_value"),
        ({"into": 10**30}, "/into", "max_value"),
        ({"into": 1, "inot": 1}, "/inot", "unknown"),
    ],
)
def test_input_that_is_wrong(curator: APIClient, other: Movie, body: dict[str, Any], pointer: str, code: str) -> None:
    response = curator.post(f"/api/movies/{other.pk}/merge", body, format="json")
    assert response.status_code == 400
    assert (pointer, code) in {(error["pointer"], error["code"]) for error in response.json()["errors"]}
    assert not Merge.objects.exists()


def test_nothing_is_sent_to_undo(curator: APIClient, survivor: Movie, other: Movie) -> None:
    merge(curator, other, survivor.pk)
    response = curator.post(f"/api/movies/{other.pk}/unmerge", {"into": survivor.pk}, format="json")
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/into")
    assert Merge.objects.get().undone_at is None


def test_movies_that_are_not_there_or_in_the_way(curator: APIClient, survivor: Movie, other: Movie) -> None:
    withdrawn = MovieFactory.create(state="withdrawn")
    for movie, into, status, code in (
        (Movie(pk=999), survivor.pk, 404, "not_found"),
        (other, 999, 400, "invalid"),
        (other, other.pk, 409, "conflict"),
        (other, withdrawn.pk, 409, "survivor_hidden"),
        (other, survivor.pk, 200, None),
        (other, survivor.pk, 409, "merged"),
        (survivor, other.pk, 409, "merged"),
    ):
        response = merge(curator, movie, into)
        assert response.status_code == status
        assert status == 200 or response.json()["code"] == code
    assert curator.post("/api/movies/heat-1995/merge", {"into": 1}, format="json").status_code == 404
    assert unmerge(curator, Movie(pk=999)).status_code == 404
    assert unmerge(curator, survivor).json()["code"] == "not_merged"


def test_if_match_is_the_version_of_the_movie_of_the_path(curator: APIClient, survivor: Movie, other: Movie) -> None:
    tag = curator.get(f"/api/movies/{other.pk}").headers["ETag"]
    Movie.objects.filter(pk=other.pk).update(version=2)
    assert merge(curator, other, survivor.pk, **{"If-Match": tag}).status_code == 412
    assert merge(curator, other, survivor.pk, **{"If-Match": '"2-0"'}).status_code == 200
    assert unmerge(curator, other, **{"If-Match": '"2-0"'}).status_code == 412
    assert unmerge(curator, other, **{"If-Match": '"3-0"'}).status_code == 200


def test_a_retry_with_the_same_key_merges_once(curator: APIClient, survivor: Movie, other: Movie) -> None:
    first = merge(curator, other, survivor.pk, **{"Idempotency-Key": "k"})
    again = merge(curator, other, survivor.pk, **{"Idempotency-Key": "k"})
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (200, "true")
    assert json.loads(again.content) == first.json()
    assert Merge.objects.count() == 1


def test_whoever_may_not_changes_nothing(
    anyone: APIClient, alice: APIClient, make_user: Any, survivor: Movie, other: Movie
) -> None:
    moderator = APIClient()
    moderator.force_authenticate(make_user(role="moderator"))
    before = snapshot()
    for client, status in ((anyone, 401), (alice, 403), (moderator, 403)):
        assert merge(client, other, survivor.pk).status_code == status
        assert unmerge(client, other).status_code == status
    assert snapshot() == before


def test_the_author_of_a_suggestion_is_led_to_the_film_it_was(
    curator: APIClient, make_user: Any, survivor: Movie
) -> None:
    author = make_user()
    suggestion = SuggestionFactory.create(suggested_by=author)
    merge(curator, suggestion.movie, survivor.pk)
    client = APIClient()
    client.force_authenticate(author)
    assert client.get(f"/api/movies/{suggestion.movie_id}").headers["Location"] == f"/api/movies/{survivor.pk}"
    assert client.get("/api/movies/suggestions").json()["results"][0]["state"] == "merged"
