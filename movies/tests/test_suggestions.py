"""Suggestions: a draft for whoever missed the film, nothing for others, and a curator's decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from movies.models import Credit, Movie, Person, Suggestion
from movies.search.query import find_movies
from movies.services.suggestions import (
    MOST_OPEN,
    accept_suggestion,
    likely_duplicates,
    reject_suggestion,
    suggest_movie,
)
from movies.tests.factories import MovieFactory, PersonFactory, SuggestionFactory
from watchly.common.actor import acting
from watchly.common.errors import Conflict, NotFound, RuleViolation

pytestmark = pytest.mark.django_db

PATH = "/api/movies/suggestions"
TOUR: dict[str, Any] = {
    "title": "The Long Tour",
    "year": 2026,
    "original_title": "Die lange Reise",
    "directors": ["Ada Example", "Michael Mann"],
    "imdb_id": "tt9999998",
    "tmdb_id": 999_998,
    "runtime": 95,
    "overview": "They walk.",
    "note": "Shown in May.",
}
MakeUser = Callable[..., Any]


def signed_in(user: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


# --- suggesting ------------------------------------------------------------------------------------------------------


def test_a_suggestion_is_a_draft_that_its_author_sees_at_once_and_nobody_else(
    make_user: MakeUser, anyone: APIClient, alice: APIClient, curator: APIClient
) -> None:
    mann = PersonFactory.create(name="Michael Mann")
    author = make_user()
    response = signed_in(author).post(PATH, TOUR)
    assert response.status_code == 201, response.content
    document = response.json()
    path = response.headers["Location"]
    assert path == f"/api/movies/{document['id']}"
    assert {name: document[name] for name in ("title", "year", "original_title", "imdb_id", "tmdb_id", "runtime")} == {
        name: TOUR[name] for name in ("title", "year", "original_title", "imdb_id", "tmdb_id", "runtime")
    }
    assert document["directors"] == [{"id": mann.pk, "name": "Michael Mann"}]
    movie = Movie.objects.get(pk=document["id"])
    assert (movie.state, movie.source) == ("draft", "suggestion")
    suggestion = Suggestion.objects.get()
    assert (suggestion.suggested_by_id, suggestion.note, suggestion.state) == (author.pk, "Shown in May.", "open")
    assert [client.get(path).status_code for client in (signed_in(author), curator, alice, anyone)] == [
        200, 200, 404, 404,
    ]  # fmt: skip


def test_nobody_is_made_of_a_name_before_a_curator_has_seen_it(make_user: MakeUser, anyone: APIClient) -> None:
    movie = suggest_movie(values={"title": "X"}, directors=["Somebody Rude"], suggested_by=make_user().pk).movie
    assert not Person.objects.exists()
    assert anyone.get("/api/people").json()["count"] == 0
    assert find_movies("X") == []
    assert movie.state == "draft"


def test_only_the_title_is_needed_and_what_is_not_known_is_refused(alice: APIClient) -> None:
    assert alice.post(PATH, {"title": "A film"}).status_code == 201
    for wrong in ({}, {"title": ""}, {"title": "B", "imdb_id": "113277"}, {"title": "B", "genres": ["drama"]}):
        assert alice.post(PATH, wrong).status_code == 400, wrong
    assert Suggestion.objects.count() == Movie.objects.count() == 1


@pytest.mark.parametrize(
    ("stored", "sent", "pointer"),
    [
        ({"title": "Heat", "imdb_id": "tt0113277"}, {"title": "Hitze", "imdb_id": "tt0113277"}, "/imdb_id"),
        ({"title": "Heat", "tmdb_id": 949}, {"title": "Hitze", "tmdb_id": 949}, "/tmdb_id"),
        ({"title": "The Heat", "year": 1995}, {"title": "heat!", "year": 1995}, "/title"),
        ({"title": "Heat", "year": 1995}, {"title": "Heat"}, "/title"),
    ],
)
def test_a_film_that_is_there_is_refused_and_named(
    stored: dict[str, Any], sent: dict[str, Any], pointer: str, alice: APIClient
) -> None:
    movie = MovieFactory.create(**stored)
    response = alice.post(PATH, sent)
    assert (response.status_code, response.json()["code"]) == (409, "duplicate")
    assert response.json()["errors"][0]["pointer"] == pointer
    assert f"/api/movies/{movie.pk}." in response.json()["detail"]
    assert not Suggestion.objects.exists()
    # That it is another film is believed of a title, never of an id.
    again = alice.post(PATH, {**sent, "not_duplicate": True})
    assert again.status_code == (201 if pointer == "/title" else 409)


def test_another_year_is_another_film(alice: APIClient) -> None:
    MovieFactory.create(title="Heat", year=1995)
    assert alice.post(PATH, {"title": "Heat", "year": 1986}).status_code == 201


def test_what_stands_in_the_way_is_said_by_its_state(alice: APIClient) -> None:
    survivor = MovieFactory.create(title="Heat", imdb_id="tt0113277")
    MovieFactory.create(title="Heat 2", state="merged", merged_into=survivor, tmdb_id=1)
    MovieFactory.create(title="Gone", state="withdrawn", tmdb_id=2)
    draft = MovieFactory.create(title="Draft", state="draft", tmdb_id=3)
    said = {number: alice.post(PATH, {"title": "T", "tmdb_id": number}).json()["detail"] for number in (1, 2, 3)}
    assert f"/api/movies/{survivor.pk}." in said[1]
    assert "withdrawn" in said[2]
    assert "suggested already" in said[3]
    assert str(draft.pk) not in said[3]


def test_twenty_wait_at_most_and_a_decision_makes_room(make_user: MakeUser) -> None:
    author = make_user()
    waiting = [SuggestionFactory.create(suggested_by=author) for _ in range(MOST_OPEN)]
    response = signed_in(author).post(PATH, {"title": "One more"})
    assert (response.status_code, response.json()["code"]) == (409, "too_many_open")
    assert "20" in response.json()["detail"]
    assert Suggestion.objects.count() == MOST_OPEN
    accept_suggestion(suggestion_id=waiting[0].pk)
    assert signed_in(author).post(PATH, {"title": "One more"}).status_code == 201
    assert signed_in(make_user()).post(PATH, {"title": "Of somebody else"}).status_code == 201


def test_a_retry_gets_the_first_answer_and_makes_nothing(alice: APIClient) -> None:
    first, second = (alice.post(PATH, TOUR, headers={"Idempotency-Key": "a"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.headers["Location"] == first.headers["Location"]
    assert Suggestion.objects.count() == 1


def test_one_sees_ones_own_with_what_became_of_them(make_user: MakeUser, alice: APIClient) -> None:
    author = make_user()
    open_, rejected = (SuggestionFactory.create(suggested_by=author) for _ in range(2))
    SuggestionFactory.create(suggested_by=make_user())
    reject_suggestion(suggestion_id=rejected.pk, reason="A series, not a film.")
    client = signed_in(author)
    found = client.get(PATH).json()["results"]
    assert [(each["id"], each["state"], each["reason"]) for each in found] == [
        (rejected.pk, "rejected", "A series, not a film."),
        (open_.pk, "open", None),
    ]
    assert found[1]["movie"]["id"] == open_.movie_id
    assert [each["id"] for each in client.get(f"{PATH}?state=open").json()["results"]] == [open_.pk]
    # The next caller of the very same address gets their own.
    assert alice.get(PATH).json()["results"] == []


@pytest.mark.parametrize("rows", [1, 20])
def test_a_list_of_many_takes_as_many_queries_as_a_list_of_one(
    rows: int, make_user: MakeUser, django_assert_num_queries: Any
) -> None:
    author = make_user()
    for _ in range(rows):
        SuggestionFactory.create(suggested_by=author)
    client = signed_in(author)
    with django_assert_num_queries(1):
        assert len(client.get(PATH).json()["results"]) == rows


# --- deciding --------------------------------------------------------------------------------------------------------


def test_an_accepted_one_is_there_for_everybody_with_the_people_it_names(
    make_user: MakeUser, anyone: APIClient
) -> None:
    mann = PersonFactory.create(name="Michael Mann")
    decider = make_user(role="curator")
    suggestion = suggest_movie(
        values={"title": "The Long Tour", "year": 2026},
        directors=["Ada Example", "Michael Mann"],
        suggested_by=make_user().pk,
    )
    with acting(via="admin", user_id=decider.pk):
        accept_suggestion(suggestion_id=suggestion.pk)
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.decided_by_id) == ("accepted", decider.pk)
    assert suggestion.decided_at is not None
    assert find_movies("long tour") == [suggestion.movie_id]
    document = anyone.get(f"/api/movies/{suggestion.movie_id}").json()
    assert [each["name"] for each in document["directors"]] == ["Ada Example", "Michael Mann"]
    mann.refresh_from_db()
    assert mann.credit_count == 1
    # What a suggestion says may be corrected by a later import: nothing of it is locked.
    assert Movie.objects.get(pk=suggestion.movie_id).locked_fields == []


def test_credits_that_a_curator_has_set_stay(make_user: MakeUser) -> None:
    suggestion = suggest_movie(values={"title": "T"}, directors=["Ada Example"], suggested_by=make_user().pk)
    Movie.objects.filter(pk=suggestion.movie_id).update(locked_fields=["credits"])
    accept_suggestion(suggestion_id=suggestion.pk)
    assert not Credit.objects.exists()


def test_a_rejected_one_is_withdrawn_with_the_reason(make_user: MakeUser) -> None:
    author = make_user()
    suggestion = SuggestionFactory.create(suggested_by=author)
    with pytest.raises(RuleViolation):
        reject_suggestion(suggestion_id=suggestion.pk, reason="  ")
    reject_suggestion(suggestion_id=suggestion.pk, reason="A series.")
    movie = Movie.objects.get(pk=suggestion.movie_id)
    assert (movie.state, movie.state_reason) == ("withdrawn", "A series.")
    assert signed_in(author).get(f"/api/movies/{movie.pk}").status_code == 410


def test_what_is_decided_is_not_decided_again() -> None:
    suggestion = SuggestionFactory.create()
    accept_suggestion(suggestion_id=suggestion.pk)
    with pytest.raises(Conflict, match="accepted already"):
        reject_suggestion(suggestion_id=suggestion.pk, reason="No.")
    assert Movie.objects.get(pk=suggestion.movie_id).state == "published"
    with pytest.raises(NotFound):
        accept_suggestion(suggestion_id=0)


def test_likely_duplicates_are_found_under_any_title() -> None:
    heat = MovieFactory.create(title="Heat", year=1995)
    MovieFactory.create(title="Something else", year=1995)
    draft = MovieFactory.create(title="Hitze", original_title="Heat", year=1995, state="draft")
    assert likely_duplicates(movie=draft) == [heat]
