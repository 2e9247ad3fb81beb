"""Merging and splitting people: what moves, what an undo gives back, and who finds whom afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from movies.importers.people import People
from movies.importers.record import PersonRef
from movies.models import CatalogueCount, Change, Credit, Person, PersonMerge, PersonSplit
from movies.search.query import find_people
from movies.services.figures import catalogue_count, recount_catalogue, refresh_credit_counts
from movies.services.people import remove_people, update_person
from movies.services.people_merging import merge_people, person_merge_of, unmerge_person
from movies.services.people_splitting import split_person, undo_split
from movies.services.relations import person_of
from movies.tests.factories import CreditFactory, MovieFactory, PersonFactory
from watchly.common.errors import Conflict, NotFound, RuleViolation, StaleVersion

pytestmark = pytest.mark.django_db
FACTS = ("name", "biography", "born", "died", "imdb_id", "tmdb_id", "locked_fields", "merged_into_id", "credit_count")


def state() -> tuple[Any, Any]:
    """All people and credits as they are stored."""
    rows = Credit.objects.order_by("pk").values_list(
        "pk", "movie", "person", "kind", "character", "department", "job", "position"
    )
    return list(Person.objects.order_by("pk").values("pk", *FACTS)), list(rows)


def people(*names: str, **facts: Any) -> list[Person]:
    return [PersonFactory.create(name=name, **facts) for name in names]


@pytest.fixture
def two() -> tuple[Person, Person]:
    """One actor twice: both in one movie, one of them without the character; both directed another."""
    stays = PersonFactory.create(name="Robert Downey Jr.", born=1965)
    goes = PersonFactory.create(
        name="Robert Downey, Jr.", born=1965, imdb_id="nm0000375", biography="An actor.", locked_fields=["biography"]
    )
    both, directed = MovieFactory.create(), MovieFactory.create()
    CreditFactory.create(movie=both, person=stays)
    CreditFactory.create(movie=both, person=goes, character="Tony Stark", position=3)
    for person in (stays, goes):
        CreditFactory.create(movie=directed, person=person, kind="crew", job="Director", department="Directing")
    CreditFactory.create(person=goes, character="Chaplin")
    refresh_credit_counts(person_ids=None)
    recount_catalogue()
    return stays, goes


def test_credits_ids_and_missing_facts_move_and_doubles_become_one(two: tuple[Person, Person]) -> None:
    stays, goes = two
    merge_people(survivor_id=stays.pk, merged_id=goes.pk)
    for person in (stays, goes):
        person.refresh_from_db()
    assert (stays.imdb_id, stays.biography, stays.locked_fields) == ("nm0000375", "An actor.", ["biography"])
    assert (goes.merged_into, goes.imdb_id, goes.credit_count, stays.credit_count) == (stays, None, 0, 3)
    parts = sorted(Credit.objects.filter(person=stays).values_list("character", "job"), key=str)
    assert parts == [("Chaplin", None), ("Tony Stark", None), (None, "Director")]
    assert catalogue_count(name=CatalogueCount.PEOPLE) == 1
    recount_catalogue()
    assert catalogue_count(name=CatalogueCount.PEOPLE) == 1
    assert list(Change.objects.values_list("person", "action", "fields").order_by("person")) == [
        (stays.pk, "merged", {"merged": {"old": None, "new": goes.pk}}),
        (goes.pk, "merged", {"merged_into": {"old": None, "new": stays.pk}}),
    ]


def test_an_undo_gives_both_back_exactly(two: tuple[Person, Person]) -> None:
    before = state()
    merge = merge_people(survivor_id=two[0].pk, merged_id=two[1].pk)
    assert unmerge_person(merge_id=merge.pk) == two[1]
    assert state() == before
    assert catalogue_count(name=CatalogueCount.PEOPLE) == 2
    with pytest.raises(Conflict):
        unmerge_person(merge_id=merge.pk)


def test_an_undo_keeps_what_was_edited_since_and_finds_rewritten_credits(two: tuple[Person, Person]) -> None:
    stays, goes = two
    merge = merge_people(survivor_id=stays.pk, merged_id=goes.pk)
    update_person(person_id=stays.pk, values={"biography": "Another text."})
    chaplin = Credit.objects.get(character="Chaplin")
    old = chaplin.pk
    chaplin.delete()
    CreditFactory.create(movie=chaplin.movie, person=stays, character="Chaplin")
    unmerge_person(merge_id=merge.pk)
    for person in (stays, goes):
        person.refresh_from_db()
    assert (stays.biography, goes.biography) == ("Another text.", "An actor.")
    rewritten = Credit.objects.get(character="Chaplin")
    assert (rewritten.person, rewritten.pk == old) == (goes, False)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0)])
def test_undone_in_any_order_merges_leave_nothing_behind(order: tuple[int, ...]) -> None:
    a, b, c, d = people("A", "B", "C", "D")
    movie = MovieFactory.create()
    for person in (a, b, c, d):
        CreditFactory.create(movie=movie, person=person, character="The Double")
        CreditFactory.create(person=person)
    refresh_credit_counts(person_ids=None)
    before = state()
    merges = [
        merge_people(survivor_id=b.pk, merged_id=a.pk),
        merge_people(survivor_id=b.pk, merged_id=d.pk),
        merge_people(survivor_id=c.pk, merged_id=b.pk),
    ]
    assert set(Person.objects.exclude(pk=c.pk).values_list("merged_into", flat=True)) == {c.pk}
    for number in order:
        unmerge_person(merge_id=merges[number].pk)
    assert state() == before


def test_searches_imports_and_credits_by_name_find_the_survivor(two: tuple[Person, Person]) -> None:
    stays, goes = two
    other_id = PersonFactory.create(name="Tony Stark", imdb_id="nm7654321")
    merge_people(survivor_id=stays.pk, merged_id=goes.pk)
    merge_people(survivor_id=stays.pk, merged_id=other_id.pk)
    assert find_people("robert downey, jr.") == find_people("tony stark") == [stays.pk]
    assert person_of({"name": "Tony Stark"}, "/credits/0") == stays
    with pytest.raises(Conflict, match=f"use the id {stays.pk}"):
        person_of({"id": goes.pk}, "/credits/0")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        refs = [PersonRef("Tony Stark", None, None), PersonRef("Somebody", "nm7654321", None)]
        found, made = People().numbers(cursor, refs)
    assert (set(found.values()), made) == ({stays.pk}, 0)


def test_who_cannot_be_merged(two: tuple[Person, Person]) -> None:
    stays, goes = two
    third = PersonFactory.create()
    for survivor, merged, refusal in (
        (stays.pk, stays.pk, Conflict), (stays.pk, 999_999, NotFound), (999_999, goes.pk, RuleViolation)
    ):  # fmt: skip
        with pytest.raises(refusal):
            merge_people(survivor_id=survivor, merged_id=merged)
    with pytest.raises(StaleVersion):
        merge_people(survivor_id=stays.pk, merged_id=goes.pk, expected_version=9)
    merge_people(survivor_id=stays.pk, merged_id=goes.pk)
    for survivor, merged in ((third.pk, goes.pk), (goes.pk, third.pk)):
        with pytest.raises(Conflict, match="was merged"):
            merge_people(survivor_id=survivor, merged_id=merged)
    with pytest.raises(Conflict, match="not merged"):
        person_merge_of(person_id=third.pk)
    with pytest.raises(Conflict, match="undo"):
        remove_people(person_ids=[goes.pk])
    with pytest.raises(Conflict, match="change that one"):
        update_person(person_id=goes.pk, values={"born": 1966})


# --- splitting -------------------------------------------------------------------------------------------------------


@pytest.fixture
def mcqueen() -> Person:
    person = PersonFactory.create(name="Steve McQueen", born=1930, died=1980, imdb_id="nm2588606")
    for title, year in (("Bullitt", 1968), ("12 Years a Slave", 2013)):
        CreditFactory.create(movie=MovieFactory.create(title=title, year=year), person=person)
    refresh_credit_counts(person_ids=None)
    recount_catalogue()
    return person


def late(person: Person) -> list[int]:
    return list(person.credits.filter(movie__year=2013).values_list("pk", flat=True))


def test_a_split_makes_a_person_of_the_same_name_with_the_chosen_credits(mcqueen: Person) -> None:
    values = {"born": 1969, "imdb_id": "nm2588606"}
    split = split_person(person_id=mcqueen.pk, credit_ids=late(mcqueen), values=values)
    director = split.created
    for person in (mcqueen, director):
        person.refresh_from_db()
    assert (director.name, director.born, director.imdb_id, director.credit_count) == (
        "Steve McQueen",
        1969,
        "nm2588606",
        1,
    )
    assert (mcqueen.imdb_id, mcqueen.credit_count) == (None, 1)
    assert set(find_people("steve mcqueen")) == {mcqueen.pk, director.pk}
    assert catalogue_count(name=CatalogueCount.PEOPLE) == 2
    # Of two people of one name, the one who is in the movie already is meant.
    assert person_of({"name": "Steve McQueen"}, "/credits/0", movie=director.credits.get().movie) == director
    assert set(Change.objects.filter(action="split").values_list("person", flat=True)) == {mcqueen.pk, director.pk}


def test_undoing_a_split_gives_everything_back(mcqueen: Person) -> None:
    before = [row for row in state()[0] if row["pk"] == mcqueen.pk], state()[1]
    split = split_person(
        person_id=mcqueen.pk, credit_ids=late(mcqueen), values={"biography": "B", "imdb_id": "nm2588606"}
    )
    assert undo_split(split_id=split.pk) == mcqueen
    assert ([row for row in state()[0] if row["pk"] == mcqueen.pk], state()[1]) == before
    assert Person.objects.get(pk=split.created_id).merged_into == mcqueen
    assert PersonSplit.objects.get().undone_at is not None
    with pytest.raises(Conflict, match="undone already"):
        undo_split(split_id=split.pk)
    # To undo the undo is to split again.
    unmerge_person(merge_id=PersonMerge.objects.get().pk)
    assert Person.objects.get(pk=split.created_id).imdb_id == "nm2588606"


def test_a_split_takes_some_credits_of_that_person(mcqueen: Person) -> None:
    everything = list(mcqueen.credits.values_list("pk", flat=True))
    for chosen, said in (
        ([], "at least one"),
        (everything, "leave at least one"),
        ([CreditFactory.create().pk], "not one of"),
    ):
        with pytest.raises(RuleViolation, match=said):
            split_person(person_id=mcqueen.pk, credit_ids=chosen, values={})
    PersonFactory.create(imdb_id="nm0000001")
    with pytest.raises(Conflict, match="belongs to"):
        split_person(person_id=mcqueen.pk, credit_ids=late(mcqueen), values={"imdb_id": "nm0000001"})
    with pytest.raises(NotFound):
        split_person(person_id=999_999, credit_ids=[1], values={})
    assert Credit.objects.filter(person=mcqueen).count() == 2


# --- over HTTP -------------------------------------------------------------------------------------------------------


def test_the_api_merges_redirects_and_unmerges(
    curator: APIClient, anyone: APIClient, two: tuple[Person, Person]
) -> None:
    stays, goes = two
    answer = curator.post(f"/api/people/{goes.pk}/merge", {"into": stays.pk}, format="json")
    assert (answer.status_code, answer.json()["id"], answer.json()["credit_count"]) == (200, stays.pk, 3)
    for below in ("", "/credits"):
        moved = anyone.get(f"/api/people/{goes.pk}{below}")
        assert (moved.status_code, moved.headers["Location"]) == (308, f"/api/people/{stays.pk}{below}")
    listed = anyone.get("/api/people").json()
    assert ([row["id"] for row in listed["results"]], listed["count"]) == ([stays.pk], 1)
    assert curator.get(f"/api/people/{goes.pk}/history").status_code == 200
    again = curator.post(f"/api/people/{goes.pk}/merge", {"into": stays.pk}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "merged")
    back = curator.post(f"/api/people/{goes.pk}/unmerge")
    assert (back.status_code, back.json()["imdb_id"]) == (200, "nm0000375")
    assert anyone.get(f"/api/people/{goes.pk}").status_code == 200


def test_the_api_splits(curator: APIClient, alice: APIClient, mcqueen: Person) -> None:
    body = {"credits": late(mcqueen), "born": 1969}
    assert alice.post(f"/api/people/{mcqueen.pk}/split", body, format="json").status_code == 403
    assert Person.objects.count() == 1
    wrong: dict[str, Any]
    for wrong in ({"credits": []}, {**body, "died": 1900}, {**body, "imdb_id": "tt1"}, {**body, "whom": 1}):
        assert curator.post(f"/api/people/{mcqueen.pk}/split", wrong, format="json").status_code == 400
    answer = curator.post(f"/api/people/{mcqueen.pk}/split", body, format="json")
    created = answer.json()
    assert (answer.status_code, created["born"], created["credit_count"]) == (201, 1969, 1)
    assert answer.headers["Location"] == f"/api/people/{created['id']}"
    answer = curator.post(f"/api/people/{created['id']}/merge", {"into": mcqueen.pk}, format="json")
    assert (answer.json()["born"], answer.json()["credit_count"]) == (1930, 2)
