"""Namesakes: careers that no one person had, found and decided about, and pickers that tell people apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from movies.models import DoubtfulCareer, Person
from movies.services.doubtful_careers import dismiss_careers, find_doubtful_careers, reopen_careers
from movies.tasks import find_careers
from movies.tests.back_office import signed_in
from movies.tests.factories import CreditFactory, MovieFactory, PersonFactory

pytestmark = pytest.mark.django_db
CAREERS = "/admin/movies/doubtfulcareer/"


@pytest.fixture
def browser(make_user: Callable[..., Any]) -> Client:
    return signed_in(make_user(role="curator"))


def career(*years: int | None, job: str | None = None, **facts: Any) -> Person:
    person = PersonFactory.create(**facts)
    for year in years:
        kind = "crew" if job else "cast"
        CreditFactory.create(movie=MovieFactory.create(year=year), person=person, kind=kind, job=job)
    return person


@pytest.mark.parametrize(
    ("years", "facts", "reasons"),
    [
        ((1968, 2013), {"born": 1930, "died": 1980}, ["after_death"]),
        ((1925, 1990), {"born": 1930}, ["before_birth"]),
        ((1917, 1993), {}, ["span"]),
        ((2000, 2010), {"born": 1900}, ["span"]),
        ((1978, 1980, 2008, 2013), {}, ["gap"]),
        ((1917, 1993), {"born": 1930, "died": 1940}, ["before_birth", "after_death", "span"]),
        ((1968, 2000), {"born": 1930, "died": 1980}, None),
        ((1920, 1995), {"born": 1895}, None),
        ((1980, 2013), {}, None),
        ((1980, None), {"born": 1930}, None),
        ((1900, 2000), {"job": "Novel", "died": 1817}, None),
    ],
)
def test_a_career_is_doubtful(years: Any, facts: dict[str, Any], reasons: list[str] | None) -> None:
    career(*years, **facts)
    find_careers()
    found = list(DoubtfulCareer.objects.values_list("reasons", flat=True))
    assert found == ([reasons] if reasons else [])


def test_the_list_follows_the_catalogue_and_keeps_dismissals() -> None:
    stays, fixed = career(1917, 1993), career(1917, 1993)
    assert find_doubtful_careers() == 2
    assert find_doubtful_careers() == 0
    first = DoubtfulCareer.objects.get(person=stays)
    assert dismiss_careers(career_ids=[first.pk]) == 1
    fixed.credits.filter(movie__year=1993).delete()
    CreditFactory.create(movie=MovieFactory.create(year=1995), person=stays)
    find_doubtful_careers()
    first.refresh_from_db()
    assert (DoubtfulCareer.objects.get(), first.state, first.last_year) == (first, "dismissed", 1995)
    assert reopen_careers(career_ids=[first.pk]) == 1


def test_what_no_life_explains_comes_before_what_is_rare(browser: Client) -> None:
    rare = career(1978, 1980, 2008, 2013)
    impossible = career(1900, 2000)
    Person.objects.filter(pk=rare.pk).update(credit_count=99)
    find_doubtful_careers()
    assert [row.person for row in browser.get(CAREERS).context["cl"].result_list] == [impossible, rare]


def test_a_curator_is_led_from_the_list_to_the_split(browser: Client, make_user: Callable[..., Any]) -> None:
    person = career(1968, 2013, name="Steve McQueen", born=1930, died=1980)
    find_doubtful_careers()
    row = DoubtfulCareer.objects.get()
    text = browser.get(CAREERS).content.decode()
    for said in ("Steve McQueen", "1968–2013", "1930–1980", "credits long after death"):
        assert said in text, said
    counts = {item["label"]: item["count"] for item in browser.get("/admin/").context["attention"]}
    assert counts["Doubtful careers: likely namesakes"] == "1"
    assert browser.get(f"{CAREERS}{row.pk}/change/").headers["Location"] == f"/admin/movies/person/{person.pk}/split/"
    moderator = signed_in(make_user(role="moderator"))
    assert moderator.get(f"{CAREERS}{row.pk}/change/").headers["Location"].endswith(f"{person.pk}/change/")
    asked = {"action": "dismiss", "_selected_action": [row.pk]}
    moderator.post(CAREERS, asked)
    assert DoubtfulCareer.objects.get().state == "open"
    browser.post(CAREERS, asked)
    assert DoubtfulCareer.objects.get().state == "dismissed"
    browser.post(f"{CAREERS}?state=dismissed", {"action": "reopen", "_selected_action": [row.pk]})
    assert DoubtfulCareer.objects.get().state == "open"


def test_a_picker_tells_namesakes_apart(browser: Client, django_assert_max_num_queries: Any) -> None:
    for years, born in (((1963, 1968, 1970), 1930), ((2013,), 1969), ((), None)):
        person = PersonFactory.create(name="Steve McQueen", born=born)
        for number, year in enumerate(years):
            movie = MovieFactory.create(title=f"Movie of {year}", year=year, popularity=10 - number)
            CreditFactory.create(movie=movie, person=person)
            CreditFactory.create(movie=movie, person=person, character="Again")
    address = "/admin/autocomplete/?app_label=movies&model_name=credit&field_name=person&term=mcqueen"
    with django_assert_max_num_queries(8):
        found = browser.get(address).json()
    assert sorted(row["text"] for row in found["results"]) == [
        "Steve McQueen (born 1930) · Movie of 1963 (1963), Movie of 1968 (1968)",
        "Steve McQueen (born 1969) · Movie of 2013 (2013)",
        "Steve McQueen · no movies",
    ]
    assert Client().get(address).status_code == 302
