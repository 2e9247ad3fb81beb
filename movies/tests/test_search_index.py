"""Writing the search index: after a change, and all of it anew."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from movies.models import AlternativeTitle, Movie, Person, SearchPerson, SearchTitle, SearchWord
from movies.search.index import index_movies, index_people, rebuild
from movies.search.query import find_movies, find_people
from movies.tests.factories import PersonFactory
from movies.tests.test_search_movies import film

pytestmark = pytest.mark.django_db


def contents() -> dict[str, Any]:
    """Everything in the index but the rows' own numbers."""
    titles = SearchTitle.objects.values_list("movie_id", "compact", "year", "fame", "words", "edits")
    people = SearchPerson.objects.values_list("person_id", "compact", "year", "fame", "words")
    return {
        "titles": sorted(titles, key=str),
        "people": sorted(people, key=str),
        "words": sorted(SearchWord.objects.values_list("word", "edits")),
    }


@pytest.fixture
def catalogue() -> list[Movie]:
    person = PersonFactory(name="Jean-Pierre Jeunet", born=1953)
    movies = [
        film(title="Amélie", original_title="Le Fabuleux Destin d'Amélie Poulain", directors=[person]),
        film(title="Delicatessen", year=1991, popularity=7),
        film(title="!!!", year=None),
    ]
    AlternativeTitle.objects.create(movie=movies[0], title="Die fabelhafte Welt der Amélie")
    index_movies([movie.pk for movie in movies])
    return movies


def test_a_rebuild_equals_indexing_one_by_one(catalogue: list[Movie]) -> None:
    kept = contents()
    assert [len(rows) for rows in kept.values()] == [5, 1, 13]
    SearchTitle.objects.all().delete()
    SearchPerson.objects.all().delete()
    SearchWord.objects.all().delete()
    assert rebuild() == 6
    assert contents() == kept


def test_a_rebuild_of_what_is_right_writes_nothing(catalogue: list[Movie]) -> None:
    before = list(SearchTitle.objects.order_by("pk").values_list("pk", flat=True))
    assert rebuild() == 0
    assert list(SearchTitle.objects.order_by("pk").values_list("pk", flat=True)) == before


def test_a_rebuild_mends_what_was_written_past_the_services(catalogue: list[Movie]) -> None:
    Movie.objects.filter(pk=catalogue[0].pk).update(title="Amelia", year=2002)
    Movie.objects.filter(pk=catalogue[1].pk).update(state=Movie.State.WITHDRAWN)
    Person.objects.update(name="Marc Caro")
    added = Movie.objects.create(title="Alien", slug="alien")
    rebuild()
    assert find_movies("amelia 2002") == [catalogue[0].pk]
    assert find_movies("alien") == [added.pk]
    assert find_movies("marc caro") == [catalogue[0].pk]
    assert not SearchTitle.objects.filter(movie=catalogue[1]).exists()
    # Words that nothing holds any more are forgotten.
    assert not SearchWord.objects.filter(word__in=["delicatessen", "jeunet"]).exists()
    assert SearchWord.objects.filter(word__in=["alien", "caro", "fabelhafte"]).count() == 3


def test_a_rebuild_removes_rows_of_movies_that_are_gone(catalogue: list[Movie]) -> None:
    SearchTitle.objects.create(movie_id=999_999_999, compact="ghost", fame=0, words="", edits=[])
    rebuild()
    assert not SearchTitle.objects.filter(compact="ghost").exists()


def test_a_rebuild_goes_in_batches(catalogue: list[Movie], monkeypatch: pytest.MonkeyPatch) -> None:
    kept = contents()
    SearchTitle.objects.all().delete()
    monkeypatch.setattr("movies.search.index._BATCH", 1)
    rebuild()
    assert contents() == kept


def test_a_killed_rebuild_loses_nothing_and_can_be_run_again(
    catalogue: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = contents()
    SearchTitle.objects.all().delete()
    monkeypatch.setattr("movies.search.index._BATCH", 1)

    def killed() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("movies.search.index._forget_words", killed)
        with pytest.raises(KeyboardInterrupt):
            rebuild()
    rebuild()
    assert contents() == kept


def test_a_renamed_movie_is_found_by_its_new_title_alone(catalogue: list[Movie]) -> None:
    movie = catalogue[1]
    Movie.objects.filter(pk=movie.pk).update(title="The City of Lost Children", year=1995)
    index_movies([movie.pk])
    assert find_movies("city of lost children") == find_movies("lost childern 1995") == [movie.pk]
    assert find_movies("delicatessen") == []


def test_a_purged_movie_leaves_the_index(catalogue: list[Movie]) -> None:
    catalogue[1].delete()
    assert find_movies("delicatessen") == []
    assert SearchTitle.objects.filter(compact="delicatessen").count() == 0


def test_popularity_changes_the_index_only_in_coarse_steps(catalogue: list[Movie]) -> None:
    movie = catalogue[1]
    before = SearchTitle.objects.get(compact="delicatessen")
    Movie.objects.filter(pk=movie.pk).update(popularity=7.1)
    index_movies([movie.pk])
    assert SearchTitle.objects.get(compact="delicatessen").fame == before.fame
    Movie.objects.filter(pk=movie.pk).update(popularity=14)
    index_movies([movie.pk])
    assert SearchTitle.objects.get(compact="delicatessen").fame > before.fame


@pytest.mark.parametrize("popularity", [0.0, -5.0, 1e300])
def test_any_popularity_can_be_indexed(popularity: float) -> None:
    movie = film(title="Solaris", popularity=popularity)
    assert find_movies("solaris") == [movie.pk]


def test_nothing_to_index() -> None:
    index_movies([])
    index_people([])
    index_movies([999_999_999])
    index_people([999_999_999])
    assert find_movies("anything") == find_people("anything") == []


def test_indexing_many_takes_no_more_statements_than_one(
    catalogue: list[Movie], django_assert_max_num_queries: Any
) -> None:
    many = [Movie(title=f"Film number {number}", slug=f"film-{number}") for number in range(300)]
    ids = [movie.pk for movie in Movie.objects.bulk_create(many)]
    with django_assert_max_num_queries(8):
        index_movies(ids)
    assert find_movies("film number 299")[0] == ids[299]


def test_a_title_of_signs_a_very_long_one_and_one_of_the_same_letter_can_be_indexed() -> None:
    for title in ("\U0001f3ac", "x" * 500, "ab " * 160, "a" * 60, "\\' & :* !", "Tab\tand\nnewline"):
        movie = film(title=title)
        assert movie.pk in find_movies(title)


def test_the_command_says_what_it_did(catalogue: list[Movie]) -> None:
    SearchTitle.objects.all().delete()
    out = StringIO()
    call_command("rebuild_search", stdout=out)
    assert out.getvalue().startswith("5 names written or removed in ")
    assert find_movies("delicatessen") == [catalogue[1].pk]


def test_the_index_needs_no_extension() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'")
        assert cursor.fetchall() == []
