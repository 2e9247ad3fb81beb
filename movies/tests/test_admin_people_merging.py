"""Merging and splitting people in the back office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from movies.models import Person, PersonMerge, PersonSplit
from movies.services.figures import refresh_credit_counts
from movies.services.people_merging import merge_people
from movies.tests.back_office import signed_in
from movies.tests.factories import CreditFactory, MovieFactory, PersonFactory

pytestmark = pytest.mark.django_db
PEOPLE, MERGES, SPLITS = (f"/admin/movies/{noun}/" for noun in ("person", "personmerge", "personsplit"))


@pytest.fixture
def browser(make_user: Callable[..., Any]) -> Client:
    return signed_in(make_user(role="curator"))


@pytest.fixture
def mcqueen() -> Person:
    person = PersonFactory.create(name="Steve McQueen", born=1930, died=1980)
    for title, year in (("Bullitt", 1968), ("12 Years a Slave", 2013)):
        CreditFactory.create(movie=MovieFactory.create(title=title, year=year), person=person, character=f"In {title}")
    refresh_credit_counts(person_ids=None)
    return person


def test_two_people_are_chosen_compared_merged_and_parted(browser: Client, mcqueen: Person) -> None:
    other = PersonFactory.create(name="Steven McQueen")
    assert browser.get(f"{PEOPLE}{other.pk}/merge/").headers["Location"] == f"{MERGES}of/{other.pk}/"
    assert "choose another person" in browser.get(f"{MERGES}of/{other.pk}/?other={other.pk}").content.decode()
    chosen = browser.get(f"{MERGES}of/{other.pk}/?other={mcqueen.pk}")
    assert chosen.headers["Location"] == f"{MERGES}compare/{other.pk}/{mcqueen.pk}/"
    text = browser.get(chosen.headers["Location"]).content.decode()
    for said in ("Bullitt (1968)", "In Bullitt", "1930", "2 credits", "0 credits", "Merge into this one"):
        assert said in text, said
    asked = {"survivor": mcqueen.pk, "merged": other.pk, "survivor_version": 1, "merged_version": 1}
    stale = browser.post(f"{MERGES}merge/", asked | {"merged_version": 7}, follow=True).content.decode()
    assert "look at both again" in stale
    assert "What moved, undo" in browser.post(f"{MERGES}merge/", asked, follow=True).content.decode()
    page = browser.get(f"{PEOPLE}{other.pk}/change/").content.decode()
    assert "became part of" in page
    assert 'name="_save"' not in page
    assert [row.pk for row in browser.get(PEOPLE).context["cl"].result_list] == [mcqueen.pk]
    merge = PersonMerge.objects.get()
    assert "Undo this merge" in browser.get(f"{MERGES}{merge.pk}/change/").content.decode()
    assert "Steven McQueen" in browser.get(MERGES).content.decode()
    undone = browser.post(f"{MERGES}{merge.pk}/undo/")
    assert undone.headers["Location"] == f"{PEOPLE}{other.pk}/change/"
    assert "undone already" in browser.post(f"{MERGES}{merge.pk}/undo/", follow=True).content.decode()
    assert Person.objects.unmerged().count() == 2


def test_the_page_of_a_split_marks_what_no_one_career_explains(browser: Client, mcqueen: Person) -> None:
    address = f"{PEOPLE}{mcqueen.pk}/split/"
    response = browser.get(address)
    late = mcqueen.credits.get(movie__year=2013)
    assert [row["credit"].pk for row in response.context["rows"] if row["chosen"]] == [late.pk]
    data = {"name": "Steve McQueen", "born": 1969, "credits": [late.pk]}
    assert "at least one" in browser.post(address, data | {"credits": []}).content.decode()
    assert "before they are born" in browser.post(address, data | {"died": 1900}).content.decode()
    assert PersonSplit.objects.count() == 0
    created = browser.post(address, data)
    split = PersonSplit.objects.get()
    assert created.headers["Location"] == f"{PEOPLE}{split.created_id}/change/"
    assert (split.created.born, split.created.credit_count) == (1969, 1)
    assert "Undo this split" in browser.get(f"{SPLITS}{split.pk}/change/").content.decode()
    assert browser.get(SPLITS).status_code == 200
    assert browser.post(f"{SPLITS}{split.pk}/undo/").headers["Location"] == f"{PEOPLE}{mcqueen.pk}/change/"
    assert mcqueen.credits.count() == 2


def test_a_gap_of_decades_marks_the_later_credits(browser: Client) -> None:
    person = PersonFactory.create()
    for year in (1917, 1925, 1977, 1981):
        CreditFactory.create(movie=MovieFactory.create(year=year), person=person)
    CreditFactory.create(movie=MovieFactory.create(year=None), person=person)
    rows = browser.get(f"{PEOPLE}{person.pk}/split/").context["rows"]
    assert [row["credit"].movie.year for row in rows if row["chosen"]] == [1977, 1981]


def test_moderators_look_and_change_nothing(make_user: Callable[..., Any], mcqueen: Person) -> None:
    moderator, other = signed_in(make_user(role="moderator")), PersonFactory.create()
    for address in (f"{PEOPLE}{mcqueen.pk}/split/", f"{PEOPLE}{mcqueen.pk}/merge/", f"{MERGES}of/{mcqueen.pk}/"):
        assert moderator.get(address).status_code == 403, address
        assert moderator.post(address, {"credits": [1], "name": "X"}).status_code == 403, address
    assert moderator.get(f"{MERGES}compare/{mcqueen.pk}/{other.pk}/").status_code == 403
    assert moderator.post(f"{MERGES}merge/", {"survivor": mcqueen.pk, "merged": other.pk}).status_code == 403
    merge = merge_people(survivor_id=mcqueen.pk, merged_id=other.pk)
    assert "Undo this merge" not in moderator.get(f"{MERGES}{merge.pk}/change/").content.decode()
    assert moderator.post(f"{MERGES}{merge.pk}/undo/").status_code == 403
    assert Person.objects.get(pk=other.pk).merged_into == mcqueen
