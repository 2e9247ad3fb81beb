"""A search that finds nothing here asks TMDB: bounded, remembered, and no more often than is allowed."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from rest_framework.test import APIClient

from movies.models import Movie
from movies.providers import allowance
from movies.services.provider_search import search_through
from movies.tests.conftest import Clock
from movies.tests.factories import MovieFactory
from movies.tests.test_provider_movies import jobs
from movies.tests.tmdb import HEAT
from movies.tests.tmdb_server import StandIn, hang, say

pytestmark = pytest.mark.django_db
SEARCH = "/3/search/movie"


def result(number: int, title: str, **more: Any) -> dict[str, Any]:
    """A row of TMDB's answer to a search."""
    return {
        "adult": False, "backdrop_path": None, "genre_ids": [80, 10770, 999_999], "id": number,
        "original_language": "en", "original_title": title, "overview": "One.", "popularity": 1.0, "poster_path": None,
        "release_date": "1995-12-15", "title": title, "video": False, "vote_average": 7.9, "vote_count": 99, **more,
    }  # fmt: skip


def results(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"page": 1, "results": list(rows), "total_pages": 1, "total_results": len(rows)}


def found(client: APIClient, query: str, **more: Any) -> list[str]:
    response = client.get("/api/movies", {"search": query, **more})
    assert response.status_code == 200
    return [movie["title"] for movie in response.json()["results"]]


def test_what_is_missing_is_made_found_and_completed(provider: StandIn, anyone: APIClient) -> None:
    adult, concert = result(3, "For Adults", adult=True), result(4, "Heat Live", video=True)
    provider.answers[SEARCH] = results(result(949, "Heat"), adult, concert, {"id": None}, result(2, "Heat 2"))

    assert found(anyone, "heat") == ["Heat", "Heat 2"]

    heat = Movie.objects.get(tmdb_id=949)
    assert (heat.source, heat.state, heat.year, heat.overview) == ("tmdb", "published", 1995, "One.")
    assert sorted(heat.genres.values_list("name", flat=True)) == ["Crime", "TV Movie"]
    assert jobs() == [("fetch_from_provider", {"tmdb_id": 949}), ("fetch_from_provider", {"tmdb_id": 2})]
    assert provider.asked[0][1]["include_adult"] == "false"
    assert found(anyone, "heat") == ["Heat", "Heat 2"]  # from here on it is found here
    assert len(provider.asked) == 1


def test_a_search_with_hits_asks_nobody_and_neither_does_typing(provider: StandIn, anyone: APIClient) -> None:
    MovieFactory.create(title="Heat")
    assert found(anyone, "heat") == ["Heat"]
    assert anyone.get("/api/movies/suggest", {"q": "nothing like it"}).json() == {"results": []}
    assert anyone.get("/api/movies", {"search": "nothing like it", "ordering": "nonsense"}).status_code == 400
    assert len(provider.asked) <= 1


def test_nothing_there_is_remembered_too(provider: StandIn, anyone: APIClient) -> None:
    provider.answers[SEARCH] = results()
    assert [found(anyone, query) for query in ("Xyzzy", "xyzzy ", "XYZZY")] == [[], [], []]
    assert len(provider.asked) == 1


def test_what_is_known_there_by_another_title_is_found_again(provider: StandIn, anyone: APIClient) -> None:
    held = MovieFactory.create(title="Heat", tmdb_id=949)
    gone = MovieFactory.create(title="Gone", tmdb_id=5, state="withdrawn")
    merged = MovieFactory.create(title="Old", tmdb_id=6, state="merged", merged_into=held)
    provider.answers[SEARCH] = results(
        result(5, gone.title), result(6, merged.title), result(949, "Heat"), result(7, "Other")
    )

    assert found(anyone, "fuego contra fuego") == ["Heat", "Other"]
    assert found(anyone, "fuego contra fuego") == ["Heat", "Other"]
    assert len(provider.asked) == 1
    held.refresh_from_db()
    assert held.overview is None  # a search changes nothing of what is held


def test_a_year_is_asked_for_as_a_year(provider: StandIn) -> None:
    provider.answers[SEARCH] = [results(), results(result(1, "Death Race 2000"))]
    assert len(search_through(query="death race 2000")) == 1
    assert [(query["query"], query.get("year")) for _, query in provider.asked] == [
        ("death race", "2000"),
        ("death race 2000", None),
    ]
    search_through(query="blade runner 2049")
    assert provider.asked[-1][1]["query"] == "blade runner 2049"


@pytest.mark.parametrize("query", ["", "x", " ", "\x00", "!"])
def test_what_is_no_title_is_not_asked(provider: StandIn, query: str) -> None:
    assert search_through(query=query) == []
    assert provider.asked == []


def test_without_a_key_nobody_is_asked(provider: StandIn, settings: Any, anyone: APIClient) -> None:
    settings.TMDB_API_KEY = None
    assert found(anyone, "heat") == []
    assert provider.asked == []


@pytest.mark.parametrize("how", ["slow", "broken"])
def test_a_service_that_does_not_answer_is_no_error_here(
    provider: StandIn, anyone: APIClient, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr("movies.providers.tmdb.BRISK", 0.3)
    provider.answers[SEARCH] = hang(provider) if how == "slow" else say(500)

    assert found(anyone, "heat") == []
    assert found(anyone, "heat") == []

    assert len(provider.asked) == 1  # not again within ten seconds
    assert not Movie.objects.exists()


def test_each_caller_causes_so_many_calls_an_hour(
    provider: StandIn, settings: Any, anyone: APIClient, alice: APIClient
) -> None:
    settings.TMDB_CALLS_AN_HOUR = 2
    provider.answers[SEARCH] = results()
    for word in ("one", "two", "three", "four"):
        found(anyone, f"nothing {word}")
    assert len(provider.asked) == 2
    found(alice, "nothing five")
    assert len(provider.asked) == 3
    settings.TMDB_CALLS_AN_HOUR = 0
    found(alice, "nothing six")
    assert len(provider.asked) == 3


def test_all_together_cause_so_many_a_minute(provider: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "_MOST_A_MINUTE", 1)
    provider.answers[SEARCH] = results()
    for word in ("one", "two"):
        search_through(query=f"nothing {word}")
    assert len(provider.asked) == 1


def test_half_of_the_threads_wait_at_most(provider: StandIn) -> None:
    provider.answers[SEARCH] = results()
    with allowance.turn(), allowance.turn():
        assert search_through(query="nothing") == []
    assert provider.asked == []
    search_through(query="nothing")
    assert len(provider.asked) == 1


def test_one_caller_asks_what_many_want(provider: StandIn) -> None:
    provider.answers[SEARCH] = results(result(949, "Heat"))
    assert search_through(query="heat")
    cache.delete_pattern("tmdb:search:????????????????????????????????")  # type: ignore[attr-defined]
    assert search_through(query="heat") == []  # somebody is asking
    assert len(provider.asked) == 1


def test_a_film_that_the_database_refuses_costs_no_other(provider: StandIn, anyone: APIClient) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE movies_movie ADD CONSTRAINT never CHECK (title <> 'Heat 2')")
    provider.answers[SEARCH] = results(*(result(number, f"Heat {number}") for number in range(1, 6)))
    assert found(anyone, "heat") == ["Heat 1", "Heat 3", "Heat 4", "Heat 5"]
    assert [args["tmdb_id"] for _, args in jobs()] == [1, 3, 4, 5]


def test_without_a_cache_nobody_is_asked(provider: StandIn, settings: Any, anyone: APIClient) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:9/0"}}
    assert found(anyone, "heat") == []
    assert provider.asked == []


def test_a_film_that_others_made_meanwhile_is_met(provider: StandIn, clock: Clock) -> None:
    MovieFactory.create(title="Heat", year=1995, imdb_id="tt0113277")
    provider.answers[SEARCH] = results(result(949, "Heat"))
    ids = search_through(query="fuego")
    assert list(Movie.objects.values_list("pk", "tmdb_id")) == [(ids[0], 949)]
    assert HEAT["id"] == 949
