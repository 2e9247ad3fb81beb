"""What a merge does, what it refuses, and what undoing it gives back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey

from movies.models import (
    AlternativeTitle,
    Change,
    Credit,
    DuplicatePair,
    Merge,
    Movie,
    MovieFigures,
    Suggestion,
)
from movies.services.merging import merge_movies, merge_of, unmerge_movie
from movies.services.movies import update_movie
from movies.services.publishing import purge_movie, withdraw_movies
from movies.services.uniting import PARTS
from movies.signals import movie_merged
from movies.tests.factories import (
    CreditFactory,
    DuplicatePairFactory,
    GenreFactory,
    ImageFactory,
    MovieFactory,
    PersonFactory,
    ProviderRecordFactory,
    SuggestionFactory,
    VideoFactory,
)
from movies.tests.merging import Library, assert_exact, settle, snapshot
from watchly.common.actor import acting
from watchly.common.errors import Conflict, NotFound, RuleViolation, StaleVersion, WatchlyError

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nobody_listens")]


@pytest.fixture
def survivor() -> Movie:
    movie = MovieFactory.create(
        title="Das Leben der Anderen", year=2006, imdb_id="tt0405094", languages=["de"], genres=[GenreFactory.create()]
    )
    ImageFactory.create(movie=movie, path="images/00/own-w1280.webp", position=3)
    CreditFactory.create(movie=movie, person=PersonFactory.create(name="Ulrich Mühe"), position=0)
    settle()
    return movie


@pytest.fixture
def other(survivor: Movie) -> Movie:
    movie = MovieFactory.create(
        title="The Lives of Others", original_title="Das Leben der Anderen", year=2006, runtime=137,
        imdb_id="tt0000001", tmdb_id=582, languages=["de", "en"], locked_fields=["runtime", "title"],
        genres=[*survivor.genres.all(), GenreFactory.create()],
    )  # fmt: skip
    ImageFactory.create(movie=movie)
    VideoFactory.create(movie=movie)
    ProviderRecordFactory.create(movie=movie, external_id=582)
    CreditFactory.create(movie=movie, person=survivor.credits.get().person, character="Wiesler", position=1)
    CreditFactory.create(movie=movie, person=PersonFactory.create(name="Martina Gedeck"), position=0)
    MovieFigures.objects.create(movie=movie, known_raters=900, plays=2)
    settle()
    return movie


def merged(other: Movie, survivor: Movie) -> Merge:
    merge = merge_movies(survivor_id=survivor.pk, merged_id=other.pk)
    other.refresh_from_db()
    survivor.refresh_from_db()
    return merge


def test_the_survivor_gets_what_it_lacks_and_keeps_what_it_has(survivor: Movie, other: Movie) -> None:
    popularity = survivor.popularity

    merged(other, survivor)

    assert (survivor.title, survivor.runtime, survivor.languages) == ("Das Leben der Anderen", 137, ["de", "en"])
    assert (survivor.imdb_id, survivor.tmdb_id) == ("tt0405094", 582)
    assert survivor.genres.count() == 2
    assert survivor.poster_path == "images/00/own-w1280.webp"
    assert survivor.trailer_url is not None
    assert [(k.person.name, k.character, k.position) for k in survivor.credits.select_related("person")] == [
        ("Ulrich Mühe", "Wiesler", 0),
        ("Martina Gedeck", None, 1),
    ]
    assert list(survivor.alternative_titles.values_list("title", flat=True)) == ["The Lives of Others"]
    assert (survivor.figures.known_raters, survivor.figures.plays) == (900, 2)
    assert survivor.popularity > popularity
    assert survivor.provider_records.count() == 1
    # What staff have locked there and what came from there; what the survivor has itself is not locked by it.
    assert survivor.locked_fields == ["runtime"]
    assert (survivor.version, other.version) == (2, 2)
    assert_exact()


def test_the_other_is_a_redirect_that_keeps_what_both_had(survivor: Movie, other: Movie) -> None:
    merged(other, survivor)

    assert (other.state, other.merged_into, other.slug) == ("merged", survivor, other.slug)
    assert (other.imdb_id, other.tmdb_id) == ("tt0000001", None)
    assert [(k.character, k.person.name) for k in other.credits.all()] == [("Wiesler", "Ulrich Mühe")]
    assert other.genres.count() == 1


def test_undoing_gives_back_both(survivor: Movie, other: Movie) -> None:
    before = snapshot()
    merge = merged(other, survivor)

    with acting(via="admin", user_id=None):
        assert unmerge_movie(merge_id=merge.pk) == other

    assert snapshot() == before
    merge.refresh_from_db()
    assert merge.undone_at is not None
    assert_exact()


@pytest.mark.parametrize(
    ("survivor_facts", "other_facts", "error", "code"),
    [
        ({"state": "withdrawn"}, {}, Conflict, "survivor_hidden"),
        ({"state": "draft"}, {}, Conflict, "survivor_hidden"),
        ({"state": "merged"}, {}, Conflict, "merged"),
        ({}, {"state": "merged"}, Conflict, "merged"),
    ],
)
def test_a_movie_in_the_wrong_state_is_refused(
    survivor_facts: dict[str, Any], other_facts: dict[str, Any], error: type[WatchlyError], code: str
) -> None:
    third = MovieFactory.create()

    def made(facts: dict[str, Any]) -> Movie:
        return MovieFactory.create(**facts, **({"merged_into": third} if facts.get("state") == "merged" else {}))

    movie, other = made(survivor_facts), made(other_facts)
    before = snapshot()
    with pytest.raises(error) as refusal:
        merge_movies(survivor_id=movie.pk, merged_id=other.pk)
    assert refusal.value.code == code
    assert snapshot() == before
    assert not Merge.objects.exists()


def test_a_movie_that_is_none_and_the_movie_itself_are_refused(survivor: Movie) -> None:
    with pytest.raises(NotFound, match="no movie 999"):
        merge_movies(survivor_id=survivor.pk, merged_id=999)
    wrong: tuple[tuple[int, type[WatchlyError], str], ...] = (
        (999, RuleViolation, "not_found"),
        (survivor.pk, Conflict, "same_movie"),
    )
    for into, error, code in wrong:
        with pytest.raises(error) as refusal:
            merge_movies(survivor_id=into, merged_id=survivor.pk)
        assert [(each.pointer, each.code) for each in refusal.value.errors] == [("/into", code)]
    assert not Merge.objects.exists()


def test_either_may_be_at_another_version_than_expected(survivor: Movie, other: Movie) -> None:
    update_movie(movie_id=other.pk, values={"runtime": 138})
    for stale in ({"expected_version": 1}, {"expected_survivor_version": 2}):
        with pytest.raises(StaleVersion):
            merge_movies(survivor_id=survivor.pk, merged_id=other.pk, **stale)
    merge = merge_movies(survivor_id=survivor.pk, merged_id=other.pk, expected_version=2, expected_survivor_version=1)
    with pytest.raises(StaleVersion):
        unmerge_movie(merge_id=merge.pk, expected_version=2)
    unmerge_movie(merge_id=merge.pk, expected_version=3)


def test_a_listener_that_fails_rolls_all_of_it_back(survivor: Movie, other: Movie) -> None:
    def fails(**kwargs: Any) -> None:
        raise RuntimeError

    before = snapshot()
    movie_merged.connect(fails)
    try:
        with pytest.raises(RuntimeError):
            merge_movies(survivor_id=survivor.pk, merged_id=other.pk)
    finally:
        movie_merged.disconnect(fails)
    assert (snapshot(), Merge.objects.count()) == (before, 0)


def test_undoing_twice_and_what_was_never_merged(survivor: Movie, other: Movie) -> None:
    merge = merged(other, survivor)
    assert merge_of(movie_id=other.pk) == merge
    unmerge_movie(merge_id=merge.pk)
    with pytest.raises(Conflict, match="undone already"):
        unmerge_movie(merge_id=merge.pk)
    with pytest.raises(Conflict, match="nothing to undo"):
        merge_of(movie_id=other.pk)
    for unknown in (lambda: unmerge_movie(merge_id=999), lambda: merge_of(movie_id=999)):
        with pytest.raises(NotFound):
            unknown()


def test_a_withdrawn_movie_can_be_merged_and_is_withdrawn_again(survivor: Movie, other: Movie) -> None:
    withdraw_movies(movie_ids=[other.pk], reason="A double.")
    merge = merged(other, survivor)
    assert (other.state, other.state_reason) == ("merged", None)
    unmerge_movie(merge_id=merge.pk)
    other.refresh_from_db()
    assert (other.state, other.state_reason) == ("withdrawn", "A double.")
    assert_exact()


def test_a_suggestion_and_its_pairs_are_decided_with_the_merge(survivor: Movie, make_user: Any) -> None:
    user, suggestion = make_user(), SuggestionFactory.create()
    pair = DuplicatePairFactory.create(first=survivor, second=suggestion.movie)
    DuplicatePairFactory.create(first=suggestion.movie)
    with acting(via="api", user_id=user.pk):
        merge = merged(suggestion.movie, survivor)
    for decided in (suggestion, pair):
        decided.refresh_from_db()
        assert (decided.state, decided.decided_by) == ("merged", user)
    assert DuplicatePair.objects.get() == pair

    unmerge_movie(merge_id=merge.pk)
    for decided in (suggestion, pair):
        decided.refresh_from_db()
        assert (decided.state, decided.decided_by, decided.decided_at) == ("open", None, None)
    assert Suggestion.objects.get().movie.state == "draft"


def test_both_histories_tell_of_it(survivor: Movie, other: Movie) -> None:
    unmerge_movie(merge_id=merged(other, survivor).pk)
    assert list(Change.objects.order_by("pk").values_list("movie", "action", "version", "fields")) == [
        (survivor.pk, "merged", 2, {"merged": {"old": None, "new": other.pk}}),
        (other.pk, "merged", 2, {"merged_into": {"old": None, "new": survivor.pk}}),
        (survivor.pk, "unmerged", 3, {"merged": {"old": other.pk, "new": None}}),
        (other.pk, "unmerged", 3, {"merged_into": {"old": survivor.pk, "new": None}}),
    ]


def test_a_chain_is_undone_from_either_end_and_listeners_hear_each_step() -> None:
    first, second, third = (MovieFactory.create(title=f"Film {n}", runtime=n) for n in (103, None, None))
    settle()
    library = Library()
    library.entries = {("ann", first.pk): "seen"}
    with library.listening():
        one = merge_movies(survivor_id=second.pk, merged_id=first.pk)
        two = merge_movies(survivor_id=third.pk, merged_id=second.pk)
        assert library.entries == {("ann", third.pk): "seen"}
        assert Movie.objects.get(pk=third.pk).runtime == 103

        unmerge_movie(merge_id=one.pk)

    assert library.heard[2:] == [("unmerged", two.pk), ("unmerged", one.pk), ("merged", two.pk)]
    assert library.entries == {("ann", first.pk): "seen"}
    states = Movie.objects.order_by("pk").values_list("state", "merged_into", "runtime")
    assert list(states) == [("published", None, 103), ("merged", third.pk, None), ("published", None, None)]
    assert_exact()


def test_what_the_first_of_several_gave_comes_from_the_next_when_it_goes() -> None:
    movie = MovieFactory.create(runtime=None)
    others = [MovieFactory.create(runtime=100 + n) for n in range(4)]
    actor = PersonFactory.create()
    for other in others:
        CreditFactory.create(movie=other, person=actor, character=f"{other.runtime}")
    merges = [merged(other, movie) for other in others]

    unmerge_movie(merge_id=merges[0].pk)

    movie.refresh_from_db()
    assert (movie.runtime, movie.credits.get().character) == (101, "101")
    for merge in merges[1:]:
        unmerge_movie(merge_id=merge.pk)
    movie.refresh_from_db()
    assert (movie.runtime, movie.credits.count()) == (None, 0)
    assert [other.credits.get().character for other in others] == ["100", "101", "102", "103"]


def test_rows_that_an_update_has_written_anew_are_known_by_what_they_are(survivor: Movie, other: Movie) -> None:
    merge = merged(other, survivor)
    gedeck = survivor.credits.get(person__name="Martina Gedeck")
    gedeck.delete()
    CreditFactory.create(movie=survivor, person=gedeck.person, position=5)
    unmerge_movie(merge_id=merge.pk)
    assert list(other.credits.values_list("person__name", "position")) == [("Martina Gedeck", 0), ("Ulrich Mühe", 1)]


def test_what_was_edited_since_stays_with_the_survivor(survivor: Movie, other: Movie) -> None:
    merge = merged(other, survivor)
    update_movie(movie_id=survivor.pk, values={"runtime": 140, "tmdb_id": 583})
    title = survivor.alternative_titles.get()
    AlternativeTitle.objects.filter(pk=title.pk).update(language="en")
    taker = MovieFactory.create(tmdb_id=582)

    unmerge_movie(merge_id=merge.pk)

    other.refresh_from_db()
    survivor.refresh_from_db()
    assert (survivor.runtime, survivor.tmdb_id, survivor.languages) == (140, 583, ["de"])
    assert survivor.locked_fields == ["runtime", "tmdb_id"]
    assert survivor.alternative_titles.get() == title
    # Somebody else has the id by now.
    assert (other.runtime, other.tmdb_id, taker.tmdb_id) == (137, None, 582)


def test_a_release_date_of_another_year_and_a_record_of_another_film_stay_behind() -> None:
    movie = MovieFactory.create(year=1999, tmdb_id=1)
    other = MovieFactory.create(year=1998, release_date="1998-05-01", tmdb_id=2)
    ProviderRecordFactory.create(movie=other, external_id=2)
    merged(other, movie)
    assert (movie.year, movie.release_date, movie.provider_records.count()) == (1999, None, 0)


def test_a_movie_that_others_were_merged_into_is_not_purged(survivor: Movie, other: Movie) -> None:
    merge = merged(other, survivor)
    withdraw_movies(movie_ids=[survivor.pk], reason="No film.")
    with pytest.raises(Conflict, match="undo those merges first"):
        purge_movie(movie_id=survivor.pk)
    unmerge_movie(merge_id=merge.pk)
    purge_movie(movie_id=survivor.pk)
    assert list(Movie.objects.values_list("pk", "state")) == [(other.pk, "published")]


def test_every_table_that_hangs_on_a_movie_moves_or_says_why_not() -> None:
    stays = {
        "movies_moviefigures": "summed",
        "movies_suggestion": "decided with the merge",
        "movies_duplicatepair": "decided with the merge",
        "movies_merge": "the note itself",
        "movies_movie": "what was merged into the other stays part of it",
        "movies_change": "each keeps its history",
        "movies_searchtitle": "derived",
    }
    tables = {
        model._meta.db_table
        for model in apps.get_app_config("movies").get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is Movie
    }
    assert tables == {part.table for part in PARTS} | set(stays)


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_the_same_two_at_once_make_one_merge() -> None:
    one, other = MovieFactory.create(), MovieFactory.create()
    start = Barrier(2)

    def merge(survivor_id: int, merged_id: int) -> str:
        start.wait()
        try:
            merge_movies(survivor_id=survivor_id, merged_id=merged_id)
        except Conflict as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as threads:
        said = sorted(threads.map(merge, (one.pk, other.pk), (other.pk, one.pk)))

    assert said == ["done", "merged"]
    assert Merge.objects.count() == Movie.objects.filter(state="merged").count() == 1
    assert Credit.objects.count() == 0
