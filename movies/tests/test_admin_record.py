"""Histories and locks in the back office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from movies.admin.readable import told
from movies.models import Change, Movie, Person
from movies.tests.back_office import LIST, form_data, page, signed_in
from movies.tests.factories import ChangeFactory, ImportRunFactory, MovieFactory, PersonFactory

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/movies/person/"


@pytest.fixture
def browser(make_user: Callable[..., Any]) -> Client:
    return signed_in(make_user(role="curator", username="carla"))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("runtime", {"old": None, "new": 101}, {"label": "Runtime", "old": "nothing", "new": "101"}),
        ("imdb_id", {"old": "tt1", "new": None}, {"label": "IMDb id", "old": "tt1", "new": "nothing"}),
        ("genres", {"old": ["Crime"], "new": ["Drama"]}, {"label": "Genres", "gone": ["Crime"], "came": ["Drama"]}),
        ("countries", {"old": ["DE", "FR"], "new": ["FR", "DE"]}, {"label": "Countries", "order": ["FR", "DE"]}),
        (
            "credits",
            {"old": [{"person": 1, "name": "Ann"}], "new": [{"name": "Ann", "person": 1, "character": "Maria"}]},
            {"label": "Credits", "gone": ["Ann"], "came": ["Ann as Maria"]},
        ),
        ("crew", {"old": [], "new": [{"name": "Bob", "job": "Writer"}]}, {"label": "Crew", "came": ["Bob, Writer"]}),
        (
            "images",
            {"old": [], "new": [{"id": 7, "kind": "poster", "width": 2, "height": 3, "language": "fr"}]},
            {"label": "Images", "came": ["poster 7 (2 × 3, fr)"]},
        ),
        (
            "awards",
            {"old": [], "new": [{"award": "Oscar", "category": "Score", "won": True, "people": ["Ann", "Bob"]}]},
            {"label": "Awards", "came": ["Oscar · Score · won · Ann, Bob"]},
        ),
        ("locked_fields", {"old": [], "new": ["imdb_id"]}, {"label": "Locked", "came": ["IMDb id"]}),
        ("overview", {"old": "x" * 500, "new": ""}, {"label": "Overview", "old": f"{'x' * 400} …", "new": "nothing"}),
    ],
)
def test_a_change_is_told_in_words(name: str, value: Any, said: dict[str, Any]) -> None:
    shown = told(name, value)
    blank: dict[str, Any] = {"old": None, "new": None, "gone": [], "came": [], "order": []}
    assert {**blank, **said} == shown.__dict__


def test_a_history_shows_who_changed_what_in_place_of_djangos_log(browser: Client, make_user: Any) -> None:
    movie = MovieFactory.create(runtime=100)
    run = ImportRunFactory.create(names=["films.csv"])
    ChangeFactory.create(movie=movie, via="import", run=run, fields={"tagline": {"old": None, "new": "<b>Go</b>"}})
    browser.post(page(movie), {**form_data(browser.get(page(movie))), "runtime": 101})
    response = browser.get(f"{LIST}{movie.pk}/history/")
    first, second = response.context["lines"]
    assert (first["who"], first["via"], first["fields"][0].old, first["fields"][0].new) == (
        "carla", "back office", "100", "101"
    )  # fmt: skip
    assert (second["who"], second["run"]) == (None, {"pk": run.pk, "name": "films.csv"})
    text = response.content.decode()
    assert f"/admin/movies/importrun/{run.pk}/change/" in text
    assert "&lt;b&gt;Go&lt;/b&gt;" in text
    moderator = signed_in(make_user(role="moderator")).get(f"{LIST}{movie.pk}/history/").content.decode()
    assert "films.csv" in moderator
    assert "/admin/movies/importrun/" not in moderator


def test_a_long_history_is_read_page_by_page(browser: Client) -> None:
    movie = MovieFactory.create()
    for version in range(2, 54):
        ChangeFactory.create(movie=movie, version=version)
    ChangeFactory.create()
    seen = []
    address = "?"
    while address:
        response = browser.get(f"{LIST}{movie.pk}/history/{address}")
        seen += [line["change"].version for line in response.context["lines"]]
        address = response.context["older_url"]
    assert seen == list(range(53, 1, -1))
    assert browser.get(f"{LIST}{movie.pk}/history/?before=x").status_code == 200
    assert "Nothing has been changed" in browser.get(f"{LIST}{MovieFactory.create().pk}/history/").content.decode()
    assert browser.get(f"{LIST}999999/history/").status_code == 302


def test_a_lock_is_shown_with_who_and_when_and_opened_with_one_press(browser: Client) -> None:
    movie = MovieFactory.create(locked_fields=["tagline"])
    browser.post(page(movie), {**form_data(browser.get(page(movie))), "title": "Mine"})
    text = browser.get(page(movie)).content.decode()
    assert "before histories were kept" in text
    assert "by carla, " in text
    assert '<button type="submit" form="unlock" name="field" value="title"' in text
    assert f'action="{LIST}{movie.pk}/unlock/"' in text
    response = browser.post(f"{LIST}{movie.pk}/unlock/", {"field": "title"}, follow=True)
    assert "Refreshes may change “Title” again." in response.content.decode()
    movie.refresh_from_db()
    assert (movie.locked_fields, movie.title, movie.version) == (["tagline"], "Mine", 3)
    change = Change.objects.latest("pk")
    assert (change.action, change.via, change.fields) == (
        "unlocked", "admin", {"locked_fields": {"old": ["title"], "new": []}}
    )  # fmt: skip
    again = browser.post(f"{LIST}{movie.pk}/unlock/", {"field": "title"}, follow=True).content.decode()
    assert "is not locked here" in again
    assert browser.get(f"{LIST}{movie.pk}/unlock/").status_code == 405


def test_who_may_not_change_a_movie_sees_its_locks_and_opens_none(make_user: Callable[..., Any]) -> None:
    moderator = signed_in(make_user(role="moderator"))
    movie, person = MovieFactory.create(locked_fields=["title"]), PersonFactory.create(locked_fields=["name"])
    for address in (page(movie), f"{PEOPLE}{person.pk}/change/"):
        text = moderator.get(address).content.decode()
        assert "before histories were kept" in text
        assert 'form="unlock"' not in text
    assert moderator.post(f"{LIST}{movie.pk}/unlock/", {"field": "title"}).status_code == 403
    assert moderator.post(f"{PEOPLE}{person.pk}/unlock/", {"field": "name"}).status_code == 403
    assert Movie.objects.get(pk=movie.pk).locked_fields == ["title"]
    assert not Change.objects.exists()


def test_a_person_has_both_too(browser: Client) -> None:
    person = PersonFactory.create(name="Friz Lang")
    address = f"{PEOPLE}{person.pk}/change/"
    browser.post(address, {**form_data(browser.get(address)), "name": "Fritz Lang"})
    (line,) = browser.get(f"{PEOPLE}{person.pk}/history/").context["lines"]
    assert (line["who"], line["fields"][0].old, line["fields"][0].new) == ("carla", "Friz Lang", "Fritz Lang")
    assert "by carla, " in browser.get(address).content.decode()
    browser.post(f"{PEOPLE}{person.pk}/unlock/", {"field": "name"})
    person = Person.objects.get(pk=person.pk)
    assert (person.locked_fields, person.version) == ([], 3)
    assert browser.post(f"{PEOPLE}{person.pk}/unlock/", {"field": "name"}).status_code == 302
    assert list(person.changes.values_list("action", flat=True)) == ["unlocked", "edited"]
