"""One's library and favourites, and what it adds to the catalogue for who is signed in."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.tests.factories import UserFactory
from movies.api.filters import MOVIE_ORDERINGS, MovieFilter
from movies.models import Movie
from movies.tests.factories import CreditFactory, GenreFactory, MovieFactory, PersonFactory
from social.api.filters import LIBRARY_ORDERINGS, LibraryFilter
from social.models import LibraryEntry
from social.tests.factories import LibraryEntryFactory, PlayFactory
from social.tests.people import signed_in, somebody
from watchly.api.views import DocumentViewSet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_plans() -> None:
    DocumentViewSet.plans.clear()


def ids(response: Any) -> list[int]:
    assert response.status_code == 200, response.content
    return [row.get("movie", row)["id"] for row in response.json()["results"]]


@pytest.fixture
def shelf() -> tuple[Any, APIClient, dict[str, int]]:
    """Somebody with three movies, of a catalogue of five, and a neighbour with one of them."""
    user, client = somebody()
    crime = GenreFactory.create(name="Crime")
    heat = MovieFactory.create(title="Heat", year=1995, runtime=170, genres=[crime], rating_average="4.20")
    ran = MovieFactory.create(title="Ran", year=1985, runtime=160, rating_average="4.50")
    alien = MovieFactory.create(title="Alien", year=1979, runtime=None)
    MovieFactory.create(title="Heathers", year=1988, genres=[crime])
    day = "2024-05-0{}T12:00:00Z".format
    LibraryEntryFactory.create(user=user, movie=heat, status="watched", half_stars=9, rated_at=day(2), favorite=True,
                               favorited_at=day(3), tags=["noir"], last_watched_at=day(1), plays=1)  # fmt: skip
    LibraryEntryFactory.create(user=user, movie=ran, status="watched", half_stars=6, rated_at=day(4), tags=["epic"],
                               last_watched_at=day(5), plays=2)  # fmt: skip
    LibraryEntryFactory.create(user=user, movie=alien, status="planned", favorite=True, favorited_at=day(9))
    LibraryEntryFactory.create(movie=heat, status="dropped", half_stars=1)
    return user, client, {"heat": heat.pk, "ran": ran.pk, "alien": alien.pk}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "alien ran heat"),
        ("status=watched", "ran heat"),
        ("favorite=true", "alien heat"),
        ("favorite=false", "ran"),
        ("rated=true", "ran heat"),
        ("rated=false", "alien"),
        ("stars_min=3.5", "heat"),
        ("stars_min=3&stars_max=3", "ran"),
        ("my_tag=noir", "heat"),
        ("my_tag=Noir", ""),
        ("genre=crime", "heat"),
        ("year_max=1990", "alien ran"),
        ("year_max=1990&status=watched", "ran"),
        ("search=heat", "heat"),
        ("rating_min=4.3&favorite=false", "ran"),
        ("seen=false", "alien"),
        ("ordering=-added", "heat ran alien"),
        ("ordering=rated", "ran heat alien"),
        ("ordering=-rated", "heat ran alien"),
        ("ordering=watched", "ran heat alien"),
        ("ordering=stars", "heat ran alien"),
        ("ordering=favorited", "alien heat ran"),
        ("ordering=title", "alien heat ran"),
        ("ordering=newest", "heat ran alien"),
        ("ordering=oldest", "alien ran heat"),
        ("ordering=rating", "ran heat alien"),
        ("ordering=-runtime", "heat ran alien"),
        ("ordering=runtime&rated=true", "ran heat"),
        ("status=dropped", ""),
    ],
)
def test_filters_and_orderings_combine(shelf: Any, query: str, found: str) -> None:
    _, client, movies = shelf
    response = client.get(f"/api/me/library?{query}")
    assert ids(response) == [movies[name] for name in found.split()]
    assert response.json()["count"] == len(found.split())


def test_the_library_knows_every_filter_and_ordering_of_the_catalogue(shelf: Any) -> None:
    _, client, _ = shelf
    assert set(MovieFilter.names()) <= set(LibraryFilter.names())
    assert set(MOVIE_ORDERINGS) <= set(LIBRARY_ORDERINGS)
    for name in LIBRARY_ORDERINGS:
        assert len(ids(client.get(f"/api/me/library?ordering={name}"))) == 3
        assert len(ids(client.get(f"/api/me/library?ordering=-{name}"))) == 3


def test_a_row_is_the_entry_with_its_movie(shelf: Any) -> None:
    _, client, movies = shelf
    row = client.get("/api/me/library?status=watched&ordering=title").json()["results"][0]
    assert {name: row[name] for name in ("status", "stars", "favorite", "tags", "plays_count")} == {
        "status": "watched", "stars": 4.5, "favorite": True, "tags": ["noir"], "plays_count": 1,
    }  # fmt: skip
    assert (row["movie"]["id"], row["movie"]["title"], row["movie"]["genres"][0]["slug"]) == (
        movies["heat"], "Heat", "crime",
    )  # fmt: skip
    assert list(client.get("/api/me/library?fields=stars,movie").json()["results"][0]) == ["movie", "stars"]


@pytest.mark.parametrize(
    "query", ["stars_min=0", "stars_max=3.3", "rated=maybe", "status=seen", "my_tags=x", "ordering=ratd", "expand=me"]
)
def test_a_wrong_parameter_is_named(alice: APIClient, query: str) -> None:
    response = alice.get(f"/api/me/library?{query}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "/" + query.split("=")[0]


def test_favourites_have_the_newest_first(shelf: Any) -> None:
    _, client, movies = shelf
    assert ids(client.get("/api/me/favorites")) == [movies["alien"], movies["heat"]]
    assert ids(client.get("/api/me/favorites?genre=crime")) == [movies["heat"]]


@pytest.mark.parametrize("path", ["/api/me/library", "/api/me/favorites", "/api/me/history", "/api/me/changes"])
def test_nobody_in_particular_has_a_library(anyone: APIClient, path: str) -> None:
    assert anyone.get(path).status_code == 401


@pytest.mark.parametrize("rows", [1, 20])
def test_a_list_of_many_takes_as_many_statements_as_one_of_one(rows: int, django_assert_num_queries: Any) -> None:
    user, client = somebody()
    for _ in range(rows):
        LibraryEntryFactory.create(user=user, favorite=True)
    for path in ("/api/me/library", "/api/me/favorites", "/api/movies?expand=me", "/api/movies?status=planned"):
        with django_assert_num_queries(1):
            assert client.get(path).status_code == 200


# --- what it adds to the catalogue -----------------------------------------------------------------------------------


def test_me_is_embedded_wherever_a_movie_is_listed(shelf: Any) -> None:
    user, client, movies = shelf
    person = PersonFactory.create()
    CreditFactory.create(movie_id=movies["heat"], person=person)
    heat = client.get(f"/api/movies/{movies['heat']}/me").json()
    assert heat["stars"] == 4.5
    listed = {movie["id"]: movie["me"] for movie in client.get("/api/movies?expand=me").json()["results"]}
    assert listed[movies["heat"]] == heat
    assert listed[Movie.objects.get(title="Heathers").pk]["status"] is None
    assert client.get(f"/api/movies/{movies['heat']}?expand=me&fields=id").json() == {"id": movies["heat"], "me": heat}
    assert client.get("/api/movies/lookup?tmdb_id=1&expand=me").status_code == 404
    assert client.get(f"/api/people/{person.pk}/credits?expand=me").json()["results"][0]["me"] == heat
    # A percent sign in what is asked for is no parameter of the statement.
    assert client.get("/api/movies?expand=me&search=100%25").status_code == 200
    assert user.pk


@pytest.mark.parametrize(
    "path",
    ["users/ann/library?", "users/ann/favorites?", "users/ann/history?", "movies/{ran}/similar?",
     "movies/suggest?q=heat&", "search?q=heat&"],
)  # fmt: skip
def test_me_is_embedded_in_lists_of_others_and_of_what_is_like_a_movie(
    shelf: Any, anyone: APIClient, path: str
) -> None:
    _, client, movies = shelf
    ann = UserFactory.create(username="ann")
    LibraryEntryFactory.create(user=ann, movie_id=movies["heat"], status="watched", favorite=True, half_stars=2)
    PlayFactory.create(user=ann, movie_id=movies["heat"])
    both = PersonFactory.create()
    for name in ("heat", "ran"):
        CreditFactory.create(movie_id=movies[name], person=both, position=0)
    address = f"/api/{path.format(**movies)}"

    def found(response: Any) -> list[dict[str, Any]]:
        body = response.json()
        return list(body["movies"] if "movies" in body else body["results"])

    with CaptureQueriesContext(connection) as plain:
        alone = client.get(address)
    with CaptureQueriesContext(connection) as embedded:
        answer = client.get(f"{address}expand=me")

    heat = client.get(f"/api/movies/{movies['heat']}/me").json()
    assert found(answer)[0] == {**found(alone)[0], "me": heat}
    assert heat["stars"] == 4.5
    assert len(embedded) == len(plain) <= 3
    assert anyone.get(address).status_code == 200
    assert anyone.get(f"{address}expand=me").status_code == 401


def test_a_kept_plan_shows_each_caller_their_own(shelf: Any, alice: APIClient, anyone: APIClient) -> None:
    _, client, _ = shelf
    address = "/api/movies?expand=me&year=1995"
    assert client.get(address).json()["results"][0]["me"]["stars"] == 4.5
    assert alice.get(address).json()["results"][0]["me"]["stars"] is None
    neighbour = LibraryEntry.objects.get(status="dropped").user
    assert signed_in(neighbour).get(address).json()["results"][0]["me"]["stars"] == 0.5
    assert anyone.get(address).status_code == 401


def test_nobody_in_particular_is_told_to_sign_in(anyone: APIClient, alice: APIClient) -> None:
    movie = MovieFactory.create()
    for address in ("/api/movies?expand=me", f"/api/movies/{movie.pk}?expand=me", "/api/movies?seen=true",
                    "/api/movies?status=planned"):  # fmt: skip
        alice.get(address)  # whose plan is not for everybody
        response = anyone.get(address)
        assert response.status_code == 401, address
        assert "sign in" in response.json()["detail"]
    assert anyone.get("/api/movies?seen=perhaps").status_code == 400
    assert ids(anyone.get("/api/movies")) == [movie.pk]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=watched", "heat ran"),
        ("status=planned", "alien"),
        ("seen=true", "heat ran"),
        ("seen=true&genre=crime", "heat"),
        ("seen=false&year_max=1980", "alien"),
    ],
)
def test_the_catalogue_narrows_to_what_one_has_said(shelf: Any, alice: APIClient, query: str, found: str) -> None:
    _, client, movies = shelf
    address = f"/api/movies?{query}&ordering=title"
    assert ids(client.get(address)) == [movies[name] for name in found.split()]
    assert len(ids(alice.get(address))) == (1 if "false" in query else 0)
    assert ids(client.get(address)) == [movies[name] for name in found.split()]


def test_a_new_word_is_found_at_once(alice: APIClient) -> None:
    movie = MovieFactory.create()
    assert ids(alice.get("/api/movies?seen=true")) == []
    alice.put(f"/api/movies/{movie.pk}/rating", {"stars": 4})
    assert ids(alice.get("/api/movies?seen=true")) == [movie.pk]
    assert alice.get("/api/movies").json()["results"][0]["rating_average"] == 4
