"""People, credits and the vocabulary in the back office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from movies.models import CatalogueCount, Collection, Company, Credit, Genre, Movie, Person, Tag
from movies.services.figures import catalogue_count
from movies.tests.back_office import LIST, form_data, signed_in
from movies.tests.factories import CreditFactory, GenreFactory, MovieFactory, PersonFactory, TagFactory

pytestmark = pytest.mark.django_db

PEOPLE, CREDITS = "/admin/movies/person/", "/admin/movies/credit/"


@pytest.fixture
def browser(make_user: Callable[..., Any]) -> Client:
    return signed_in(make_user(role="admin"))


def names(response: Any) -> list[str]:
    return [str(row) for row in response.context["cl"].result_list]


def test_people_are_listed_by_credits_and_found_by_name(browser: Client) -> None:
    for name, count, imdb_id in (("Fritz Lang", 5, None), ("Thea von Harbou", 9, "nm0902376")):
        PersonFactory.create(name=name, credit_count=count, imdb_id=imdb_id)
    assert names(browser.get(PEOPLE)) == ["Thea von Harbou", "Fritz Lang"]
    assert names(browser.get(f"{PEOPLE}?o=1")) == ["Fritz Lang", "Thea von Harbou"]
    assert names(browser.get(f"{PEOPLE}?q=lang")) == ["Fritz Lang"]
    assert names(browser.get(f"{PEOPLE}?q=nm0902376")) == ["Thea von Harbou"]
    assert browser.get(f"{PEOPLE}?q=lang&o=1").status_code == 200
    found = browser.get("/admin/autocomplete/?app_label=movies&model_name=credit&field_name=person&term=lang").json()
    assert [result["text"] for result in found["results"]] == ["Fritz Lang · no movies"]


def test_a_person_is_added_renamed_and_deleted(browser: Client) -> None:
    before = catalogue_count(name=CatalogueCount.PEOPLE)
    browser.post(f"{PEOPLE}add/", {**form_data(browser.get(f"{PEOPLE}add/")), "name": "Friz Lang", "born": 1890})
    person = Person.objects.get()
    assert (person.name_key, catalogue_count(name=CatalogueCount.PEOPLE)) == ("friz lang", before + 1)
    address = f"{PEOPLE}{person.pk}/change/"
    data = form_data(browser.get(address))
    assert browser.post(address, {**data, "name": "Fritz Lang"}).status_code == 302
    assert names(browser.get(f"{PEOPLE}?q=fritz")) == ["Fritz Lang"]
    assert "before they are born" in browser.post(address, {**data, "died": 1880}).content.decode()
    assert browser.post(f"{PEOPLE}{person.pk}/delete/", {"post": "yes"}).status_code == 302
    assert (Person.objects.count(), catalogue_count(name=CatalogueCount.PEOPLE)) == (0, before)


def test_who_has_credits_and_what_is_in_use_is_not_deleted(browser: Client) -> None:
    genre, tag, person = GenreFactory.create(), TagFactory.create(), PersonFactory.create()
    collection, company = Collection.objects.create(name="C", slug="c"), Company.objects.create(name="Ufa")
    movie = MovieFactory.create(genres=[genre], tags=[tag], cast=[person], collection=collection)
    movie.companies.add(company)
    for noun, thing in (
        ("person", person),
        ("genre", genre),
        ("tag", tag),
        ("collection", collection),
        ("company", company),
    ):
        base = f"/admin/movies/{noun}/"
        assert "used by 1 movie" in browser.get(f"{base}{thing.pk}/delete/").content.decode(), noun
        browser.post(f"{base}{thing.pk}/delete/", {"post": "yes"})
        browser.post(base, {"action": "delete_selected", "_selected_action": [thing.pk], "post": "yes"})
        assert type(thing).objects.filter(pk=thing.pk).exists(), noun


def test_what_is_not_in_use_is_deleted(browser: Client) -> None:
    for _ in range(2):
        GenreFactory.create(), TagFactory.create()
    browser.post(f"/admin/movies/genre/{Genre.objects.latest('pk').pk}/delete/", {"post": "yes"})
    chosen = list(Tag.objects.values_list("pk", flat=True))
    browser.post("/admin/movies/tag/", {"action": "delete_selected", "_selected_action": chosen, "post": "yes"})
    assert (Genre.objects.count(), Tag.objects.count()) == (1, 0)


def test_the_vocabulary_leads_to_its_movies(browser: Client) -> None:
    genre, tag = GenreFactory.create(), TagFactory.create()
    MovieFactory.create(genres=[genre], tags=[tag])
    MovieFactory.create()
    for noun, query in (("genre", f"?genre={genre.pk}"), ("tag", f"?tags__id__exact={tag.pk}")):
        assert f"{LIST}{query}" in browser.get(f"/admin/movies/{noun}/").content.decode()
        assert len(browser.get(f"{LIST}{query}").context["cl"].result_list) == 1


def test_credits_are_found_by_person_and_by_movie(browser: Client) -> None:
    lang = PersonFactory.create(name="Fritz Lang")
    credit = CreditFactory.create(movie=MovieFactory.create(title="Metropolis"), person=lang)
    CreditFactory.create(kind="crew", job="Writer")
    for query in (
        "?q=lang",
        "?q=metropolis",
        f"?person__id__exact={lang.pk}",
        f"?movie__id__exact={credit.movie_id}",
        "?kind__exact=cast",
    ):
        assert [row.pk for row in browser.get(f"{CREDITS}{query}").context["cl"].result_list] == [credit.pk], query


def test_a_credit_that_changes_hands_counts_for_both(browser: Client) -> None:
    before, after = PersonFactory.create(), PersonFactory.create()
    movie = MovieFactory.create(cast=[before])
    credit = Credit.objects.get()
    address = f"{CREDITS}{credit.pk}/change/"
    assert browser.post(address, {**form_data(browser.get(address)), "person": after.pk}).status_code == 302
    assert list(Person.objects.order_by("pk").values_list("credit_count", flat=True)) == [0, 1]
    assert Movie.objects.get(pk=movie.pk).locked_fields == ["credits"]
    browser.post(f"{CREDITS}{credit.pk}/delete/", {"post": "yes"})
    assert list(Person.objects.order_by("pk").values_list("credit_count", flat=True)) == [0, 0]
    assert Movie.objects.get(pk=movie.pk).version == 3
