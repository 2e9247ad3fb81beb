"""Doing one thing to many movies from the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from movies.admin import selection
from movies.models import Change, Movie
from movies.tests.back_office import LIST, page, signed_in
from movies.tests.factories import GenreFactory, MovieFactory, TagFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(make_user: Callable[..., Any]) -> Client:
    return signed_in(make_user(role="curator"))


def ask(browser: Client, action: str, movies: list[Movie], **more: Any) -> Any:
    return browser.post(LIST, {"action": action, "_selected_action": [movie.pk for movie in movies], **more})


def do(browser: Client, name: str, question: Any, **answers: Any) -> Any:
    return browser.post(f"{LIST}do/{name}/", {"movies": question.context["movies"], **answers}, follow=True)


def test_withdrawing_asks_for_a_reason(browser: Client) -> None:
    movies = [MovieFactory.create(), MovieFactory.create()]
    question = ask(browser, "withdraw_movies", movies)
    assert "2 movies" in question.content.decode()
    assert all(movie.title in question.content.decode() for movie in movies)
    refused = do(browser, "withdraw", question)
    assert "required" in refused.content.decode()
    assert set(Movie.objects.values_list("state", flat=True)) == {"published"}
    done = do(browser, "withdraw", question, reason="Twice the same.")
    assert "2 of 2 movies withdrawn." in done.content.decode()
    assert set(Movie.objects.values_list("state", "state_reason")) == {("withdrawn", "Twice the same.")}
    assert set(Change.objects.values_list("action", "via", "reason")) == {("withdrawn", "admin", "Twice the same.")}
    assert not LogEntry.objects.exists()


def test_drafts_are_published_and_withdrawn_movies_restored(browser: Client) -> None:
    draft, withdrawn = MovieFactory.create(state="draft"), MovieFactory.create(state="withdrawn")
    everything = {"state": "any"}
    question = browser.post(
        f"{LIST}?state=any", {"action": "publish_movies", "_selected_action": [draft.pk, withdrawn.pk]}
    )
    assert "1 of 2 movies published." in do(browser, "publish", question, **everything).content.decode()
    question = browser.post(
        f"{LIST}?state=any", {"action": "restore_movies", "_selected_action": [draft.pk, withdrawn.pk]}
    )
    assert "This field is required" in do(browser, "restore", question).content.decode()
    restored = do(browser, "restore", question, reason="It is a film.").content.decode()
    assert "1 of 2 movies restored." in restored
    assert set(Movie.objects.values_list("state", flat=True)) == {"published"}


def test_genres_and_tags_are_added_and_removed(browser: Client) -> None:
    drama, crime, heist = (
        GenreFactory.create(name="Drama"),
        GenreFactory.create(name="Crime"),
        TagFactory.create(name="heist"),
    )
    movies = [MovieFactory.create(genres=[crime]), MovieFactory.create()]
    question = ask(browser, "vocabulary_movies", movies)
    done = do(
        browser, "vocabulary", question, add_genres=[drama.pk], remove_genres=[crime.pk], add_tags=[heist.pk]
    ).content.decode()
    assert "2 of 2 movies given genres. 1 of 2 movies rid of genres. 2 of 2 movies given tags." in done
    assert list(Movie.objects.values_list("genre_ids", "tag_ids")) == [([drama.pk], [heist.pk])] * 2
    assert [name for (name,) in Movie.objects.first().genres.values_list("name")] == ["Drama"]  # type: ignore[union-attr]


def test_an_edit_that_says_nothing_or_contradicts_itself_is_refused(browser: Client) -> None:
    drama = GenreFactory.create(name="Drama")
    question = ask(browser, "vocabulary_movies", [MovieFactory.create()])
    assert "Choose at least one" in do(browser, "vocabulary", question).content.decode()
    both = do(browser, "vocabulary", question, add_genres=[drama.pk], remove_genres=[drama.pk])
    assert "both added and removed: Drama" in both.content.decode()
    assert Movie.objects.get().version == 1


def test_all_that_match_can_be_chosen_up_to_a_number(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    movies = [MovieFactory.create(countries=["FR"]) for _ in range(3)]
    MovieFactory.create(countries=["DE"])
    address = f"{LIST}?country=FR"
    data = {"action": "withdraw_movies", "_selected_action": [movies[0].pk], "select_across": "1"}
    question = browser.post(address, data)
    assert sorted(selection.unpack(question.context["movies"]) or []) == sorted(movie.pk for movie in movies)
    monkeypatch.setattr(selection, "MOST", 2)
    assert "More than 2 movies match" in browser.post(address, data, follow=True).content.decode()


def test_a_list_of_movies_cannot_be_made_up(browser: Client) -> None:
    movie = MovieFactory.create()
    for word in ("", "nonsense", str(movie.pk), selection.pack([movie.pk])[:-1]):
        response = browser.post(f"{LIST}do/withdraw/", {"movies": word, "reason": "No."}, follow=True)
        assert "Choose the movies first" in response.content.decode()
    assert Movie.objects.get().state == "published"


def test_one_movie_takes_its_steps_from_its_own_page(browser: Client) -> None:
    movie = MovieFactory.create(state="draft")
    for step, state, next_steps in (
        ("publish", "published", {"cast", "merge", "withdraw"}),
        ("withdraw", "withdrawn", {"merge", "restore"}),
        ("restore", "published", {"cast", "merge", "withdraw"}),
    ):
        question = browser.get(f"{LIST}{movie.pk}/{step}/")
        assert "1 movie" in question.content.decode()
        done = do(browser, step, question, reason="Because.")
        assert done.redirect_chain == [(page(movie), 302)]
        movie.refresh_from_db()
        assert movie.state == state
        offered = {each["path"].rstrip("/").rpartition("/")[2] for each in done.context["actions_detail"]}
        assert offered == next_steps
    assert browser.get(f"{LIST}999999/withdraw/").status_code == 404
