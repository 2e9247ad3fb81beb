"""POST /api/movies/fetch, GET /api/movies/{id}/watch-providers, and the back office's refresh."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from movies.admin.selection import pack
from movies.models import Movie
from movies.providers.tmdb import NOTICE
from movies.tests.back_office import LIST, page, signed_in
from movies.tests.factories import MovieFactory, ProviderRecordFactory
from movies.tests.test_provider_movies import jobs
from movies.tests.tmdb import HEAT
from movies.tests.tmdb_server import StandIn, say

pytestmark = pytest.mark.django_db
FILM = "/3/movie/949"
MakeUser = Callable[..., Any]


def test_a_curator_brings_in_a_film_and_reads_it_anew(provider: StandIn, curator: APIClient) -> None:
    provider.answers |= {FILM: HEAT, "/3/find/tt0113277": {"movie_results": [{"id": 949}]}}

    made = curator.post("/api/movies/fetch", {"tmdb_id": 949})

    movie = Movie.objects.get()
    assert (made.status_code, made.json()["title"], made.headers["Location"]) == (
        201,
        "Heat",
        f"/api/movies/{movie.pk}",
    )
    again = curator.post("/api/movies/fetch", {"imdb_id": "tt0113277"})
    assert (again.status_code, again.json()["id"], again.headers["ETag"]) == (200, movie.pk, made.headers["ETag"])


def test_a_retry_gets_the_first_answer(provider: StandIn, curator: APIClient) -> None:
    provider.answers[FILM] = HEAT
    for _ in range(2):
        response = curator.post("/api/movies/fetch", {"tmdb_id": 949}, headers={"Idempotency-Key": "once"})
        assert response.status_code == 201
    assert len(provider.asked) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/tmdb_id"),
        ({"tmdb_id": 949, "imdb_id": "tt0113277"}, "/tmdb_id"),
        ({"tmdb_id": 0}, "/tmdb_id"),
        ({"tmdb_id": "949"}, "/tmdb_id"),
        ({"tmdb_id": 2**31}, "/tmdb_id"),
        ({"imdb_id": "tt1/../../account"}, "/imdb_id"),
        ({"imdb_id": "tt0113277\n"}, "/imdb_id"),
        ({"tmdb": 949}, "/tmdb"),
    ],
)
def test_what_is_no_id_is_refused_and_nobody_is_asked(
    provider: StandIn, curator: APIClient, body: dict[str, Any], pointer: str
) -> None:
    response = curator.post("/api/movies/fetch", body)
    accepted = body == {"imdb_id": "tt0113277\n"} and response.status_code == 404  # trimmed, as every text is
    assert accepted or (response.status_code, response.json()["errors"][0]["pointer"]) == (400, pointer)
    assert all(path.startswith(("/3/find/tt0113277",)) for path in provider.paths())


def test_refusals_say_why(provider: StandIn, curator: APIClient, alice: APIClient, settings: Any) -> None:
    def refused() -> tuple[int, str]:
        response = curator.post("/api/movies/fetch", {"tmdb_id": 949})
        return response.status_code, response.json()["code"]

    assert refused() == (400, "invalid")
    provider.answers[FILM] = say(500)
    response = curator.post("/api/movies/fetch", {"tmdb_id": 949})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "60")
    provider.answers[FILM] = HEAT
    other = MovieFactory.create(imdb_id="tt0113277", tmdb_id=1)
    assert refused() == (409, "id_conflict")
    Movie.objects.filter(pk=other.pk).update(state="withdrawn", tmdb_id=949)
    assert refused() == (409, "withdrawn")
    asked = len(provider.asked)
    assert alice.post("/api/movies/fetch", {"tmdb_id": 949}).status_code == 403
    settings.TMDB_API_KEY = None
    assert refused() == (409, "provider_off")
    assert len(provider.asked) == asked


def test_where_to_watch_is_open_to_all_and_names_its_sources(provider: StandIn, anyone: APIClient) -> None:
    provider.answers[FILM] = HEAT
    movie = MovieFactory.create(title="Heat", tmdb_id=949)

    response = anyone.get(f"/api/movies/{movie.pk}/watch-providers", {"country": "de"})

    assert response.status_code == 200
    found = response.json()
    assert found.pop("fetched_at").endswith("Z")
    assert found == {
        "movie": movie.pk, "country": "DE", "link": "https://www.themoviedb.org/movie/949/watch?locale=DE",
        "flatrate": [{"id": 8, "name": "Netflix"}], "free": [], "ads": [], "rent": [],
        "buy": [{"id": 2, "name": "Apple TV"}], "attribution": "JustWatch", "notice": NOTICE,
    }  # fmt: skip
    path = f"/api/movies/{movie.pk}/watch-providers?country=de"
    assert anyone.get(path, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


def test_where_to_watch_of_what_is_not_there(provider: StandIn, anyone: APIClient, curator: APIClient) -> None:
    draft, survivor = MovieFactory.create(state="draft"), MovieFactory.create()
    merged = MovieFactory.create(state="merged", merged_into=survivor)
    withdrawn = MovieFactory.create(state="withdrawn")

    def status(client: APIClient, pk: object, country: str = "DE") -> int:
        return client.get(f"/api/movies/{pk}/watch-providers", {"country": country}).status_code

    assert [status(anyone, pk) for pk in (draft.pk, merged.pk, withdrawn.pk, 0, "heat")] == [404, 308, 410, 404, 404]
    assert status(curator, draft.pk) == 200
    assert [status(anyone, survivor.pk, country) for country in ("", "XX", "Germany")] == [400, 400, 200]
    assert anyone.get(f"/api/movies/{survivor.pk}/watch-providers?country=DE&lang=de").status_code == 400
    assert provider.asked == []


def test_strangers_cannot_make_us_ask_without_end(provider: StandIn, anyone: APIClient, settings: Any) -> None:
    settings.TMDB_CALLS_AN_HOUR = 2
    for number in range(5):
        movie = MovieFactory.create(tmdb_id=1000 + number)
        assert anyone.get(f"/api/movies/{movie.pk}/watch-providers?country=DE").status_code == 200
    assert len(provider.asked) == 2


def test_the_back_office_asks_for_a_refresh_and_shows_whose_data_it_is(provider: StandIn, make_user: MakeUser) -> None:
    client = signed_in(make_user(role="curator"))
    record = ProviderRecordFactory.create(movie=MovieFactory.create(tmdb_id=949), external_id=949)
    other = MovieFactory.create()
    chosen = {"action": "refresh_movies", "_selected_action": [record.movie_id, other.pk]}

    asked = client.post(LIST, chosen)
    assert asked.status_code == 200
    assert NOTICE in asked.content.decode()
    movies = asked.context["movies"]
    done = client.post("/admin/movies/movie/do/refresh/", {"movies": movies}, follow=True)

    assert "1 of 2 movies will be read anew from TMDB." in done.content.decode()
    assert [args["movie_id"] for name, args in jobs() if name == "refresh_from_provider"] == [record.movie_id]
    assert NOTICE in client.get(page(record.movie)).content.decode()


def test_without_a_key_the_back_office_says_so(provider: StandIn, settings: Any, make_user: MakeUser) -> None:
    settings.TMDB_API_KEY = None
    client = signed_in(make_user(role="curator"))
    movie = MovieFactory.create(tmdb_id=949)
    assert b"refresh_movies" not in client.get(LIST).content
    refused = client.post("/admin/movies/movie/do/refresh/", {"movies": pack([movie.pk])})
    assert "TMDB is not set up here" in refused.content.decode()
    assert jobs() == []
