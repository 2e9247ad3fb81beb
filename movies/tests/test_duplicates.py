"""Films that stand twice are found, and films that only look alike are not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from movies.models import AlternativeTitle, DuplicatePair, Movie, Person
from movies.search.index import index_movies
from movies.services.duplicates import dismiss_pairs, find_duplicates, recheck_duplicates, reopen_pairs
from movies.services.merging import merge_movies
from movies.services.movies import update_movie
from movies.services.publishing import withdraw_movies
from movies.tasks import check_duplicates, check_recent_duplicates, find_all_duplicates
from movies.tests.factories import DuplicatePairFactory, MovieFactory, PersonFactory, ProviderRecordFactory
from watchly.common.actor import acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> list[Person]:
    return PersonFactory.create_batch(8)


def found() -> dict[tuple[int, int], tuple[int, set[str]]]:
    """The open pairs after a search: score and reasons."""
    find_duplicates()
    rows = DuplicatePair.objects.filter(state="open")
    return {(pair.first_id, pair.second_id): (pair.score, set(pair.reasons)) for pair in rows}


def twice(one: dict[str, Any], other: dict[str, Any]) -> tuple[int, set[str]] | None:
    """What is said of a pair of these two films, if anything."""
    first, second = MovieFactory.create(**one), MovieFactory.create(**other)
    return found().get((first.pk, second.pk))


def test_one_title_one_year_apart_with_the_same_director(people: list[Person]) -> None:
    pair = twice(
        {"title": "The Magician of Lublin", "year": 1979, "directors": people[:1], "cast": people[1:3]},
        {"title": "Magician of Lublin", "year": 1980, "directors": people[:1], "cast": people[2:4]},
    )
    assert pair is not None
    assert pair[0] >= 80
    assert pair[1] == {"title_year", "people"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mission to Lublin: Part 2", "Mission to Lublin: Part II"),
        ("Mission to Lublin Part Two", "Mission to Lublin II"),
        ("Mission to Lublin: Volume 2", "Mission to Lublin 2"),
        ("Mission to Lublin, Chapter V", "Mission to Lublin: Chapter Five"),
    ],
)
def test_numbered_parts_are_one_however_they_are_written(people: list[Person], one: str, other: str) -> None:
    pair = twice({"title": one, "year": 1979}, {"title": other, "year": 1979})
    assert pair is not None
    assert pair[1] == {"title_year"}


def test_other_numbers_are_other_movies() -> None:
    assert twice({"title": "Mission: Part 2", "year": 1979}, {"title": "Mission: Part III", "year": 1979}) is None
    assert twice({"title": "Malcolm V", "year": 1979}, {"title": "Malcolm 5", "year": 1979}) is None


def test_one_title_two_years_apart_with_the_same_director(people: list[Person]) -> None:
    pair = twice(
        {"title": "The Magician of Lublin", "year": 1979, "directors": people[:1]},
        {"title": "Magician of Lublin", "year": 1981, "directors": people[:1]},
    )
    assert pair is not None
    assert pair[1] == {"people"}


def test_one_title_of_which_little_is_known() -> None:
    pair = twice(
        {"title": "Investigation of a Citizen", "year": 1970}, {"title": "Investigation of a citizen", "year": 1971}
    )
    assert pair is not None
    assert 50 <= pair[0] < 80
    assert pair[1] == {"title_year"}


def test_a_title_that_is_another_title_of_the_other(people: list[Person]) -> None:
    original = MovieFactory.create(title="The Lives of Others", year=2006, directors=people[:1], runtime=137)
    AlternativeTitle.objects.create(movie=original, title="Das Leben der Anderen")
    index_movies([original.pk])
    german = MovieFactory.create(title="Das Leben der Anderen", year=2006, directors=people[:1], runtime=137)
    score, reasons = found()[original.pk, german.pk]
    assert (score >= 80, reasons) == (True, {"original_title", "people"})


@pytest.mark.parametrize("year", [1996, None])
def test_one_page_of_the_encyclopedia_and_one_title(year: int | None) -> None:
    facts = {"title": "Cannibal! The Musical", "wikipedia_page": "Cannibal! The Musical"}
    pair = twice({**facts, "year": 1993}, {**facts, "year": year})
    assert pair is not None
    assert (pair[0] >= 60, "external_id" in pair[1]) == (True, True)


def test_the_same_people_under_two_titles(people: list[Person]) -> None:
    facts = {"year": 1966, "directors": people[:1], "cast": people[1:6], "runtime": 161}
    pair = twice({"title": "Il buono, il brutto", **facts}, {"title": "The Good, the Bad", **facts, "runtime": 162})
    assert pair is not None
    assert pair[1] == {"people"}


def test_a_record_of_a_provider_under_the_id_of_another() -> None:
    known = MovieFactory.create(title="Heat", tmdb_id=949)
    record = ProviderRecordFactory.create(movie=MovieFactory.create(title="Heat", year=None), external_id=949)
    score, reasons = found()[known.pk, record.movie_id]
    assert (score >= 80, reasons) == (True, {"external_id", "title_year"})


def test_drafts_are_looked_at() -> None:
    assert twice({"title": "Treeless Mountain"}, {"title": "Treeless Mountain", "state": "draft"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"year": 1950}, {"year": 1998}, id="a remake"),
        pytest.param({"directors": [0], "cast": [1, 2]}, {"directors": [3], "cast": [4, 5]}, id="namesakes of a year"),
        pytest.param({"directors": [0], "cast": [1]}, {"year": 2001, "directors": [2], "cast": [3]}, id="a year later"),
        pytest.param({"imdb_id": "tt0000001"}, {"imdb_id": "tt0000002"}, id="two ids"),
        pytest.param({"runtime": 7}, {"runtime": 96}, id="a short and a feature"),
        pytest.param({"title": "Sequel I", "directors": [0], "cast": [1, 2, 3], "runtime": 138},
                     {"title": "Sequel II", "directors": [0], "cast": [1, 2, 3], "runtime": 120}, id="a sequel"),
        pytest.param({"state": "withdrawn"}, {}, id="withdrawn"),
    ],
)  # fmt: skip
def test_films_that_only_look_alike(people: list[Person], one: dict[str, Any], other: dict[str, Any]) -> None:
    def film(spec: dict[str, Any]) -> dict[str, Any]:
        named: dict[str, Any] = {
            name: [people[n] for n in spec[name]] for name in ("directors", "cast") if name in spec
        }
        return {"title": "The Judgement", **spec, **named}

    assert twice(film(one), film(other)) is None


def test_a_title_that_a_hundred_films_of_a_year_have_says_nothing() -> None:
    Movie.objects.bulk_create(
        Movie(title="Untitled", title_key="untitled project", year=2000, slug=f"untitled-{n}", state="draft")
        for n in range(101)
    )
    assert found() == {}


def test_a_second_search_writes_nothing() -> None:
    twice({"title": "Wild Grass"}, {"title": "Wild Grass"})
    again = find_duplicates()
    assert (again.opened, again.changed, again.closed) == (0, 0, 0)


def test_the_list_follows_the_catalogue() -> None:
    first, second, third = (MovieFactory.create(title="Wild Grass") for _ in range(3))
    assert set(found()) == {(first.pk, second.pk), (first.pk, third.pk), (second.pk, third.pk)}

    update_movie(movie_id=second.pk, values={"title": "Les Herbes folles"})
    withdraw_movies(movie_ids=[third.pk], reason="No film.")

    assert found() == {}


def test_a_few_movies_are_looked_at_apart() -> None:
    first, second = (MovieFactory.create(title="Wild Grass") for _ in range(2))
    third, fourth = (MovieFactory.create(title="Hong Kong Story") for _ in range(2))
    Movie.objects.filter(pk__in=[third.pk, fourth.pk]).update(updated_at=timezone.now() - timedelta(days=1))

    assert recheck_duplicates(since=timezone.now() - timedelta(hours=1)).opened == 1
    check_duplicates(movie_ids=[fourth.pk])

    pairs = list(DuplicatePair.objects.order_by("pk").values_list("first", "second"))
    assert pairs == [(first.pk, second.pk), (third.pk, fourth.pk)]


def test_what_was_dismissed_stays_so_and_can_be_put_back(make_user: Any) -> None:
    twice({"title": "Wild Grass"}, {"title": "Wild Grass"})
    pair, user = DuplicatePair.objects.get(), make_user()

    with acting(via="admin", user_id=user.pk):
        assert dismiss_pairs(pair_ids=[pair.pk]) == 1
        assert dismiss_pairs(pair_ids=[pair.pk]) == 0
    assert found() == {}
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by, pair.decided_at is not None) == ("dismissed", user, True)

    assert reopen_pairs(pair_ids=[pair.pk]) == 1
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by, pair.decided_at) == ("open", None, None)


def test_a_dismissal_holds_for_what_one_of_the_two_became() -> None:
    other, merged, survivor = (MovieFactory.create(title="Wild Grass") for _ in range(3))
    find_duplicates()
    dismiss_pairs(pair_ids=[DuplicatePair.objects.get(first=other, second=merged).pk])
    merge_movies(survivor_id=survivor.pk, merged_id=merged.pk)
    assert found() == {}


def test_what_a_source_calls_one_film_stays_likely_whatever_it_looks_like() -> None:
    pair = DuplicatePairFactory.create(reasons=["external_id"], score=100)
    assert found() == {(pair.first_id, pair.second_id): (100, {"external_id"})}
    Movie.objects.update(title_key="wild grass", title="Wild Grass")
    index_movies([pair.first_id, pair.second_id])
    assert found() == {(pair.first_id, pair.second_id): (100, {"external_id", "title_year"})}
    withdraw_movies(movie_ids=[pair.first_id], reason="No film.")
    assert found() == {}


def test_the_command_and_the_jobs_search(capsys: pytest.CaptureFixture[str]) -> None:
    MovieFactory.create(title="Wild Grass"), MovieFactory.create(title="Wild Grass")
    call_command("find_duplicates")
    assert capsys.readouterr().out == "1 likely duplicates found, 0 changed, 0 closed.\n"
    for job in (find_all_duplicates, check_recent_duplicates):
        DuplicatePair.objects.all().delete()
        job()
        assert DuplicatePair.objects.count() == 1
