"""Merged and unmerged movies in the libraries of those who had them."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from accounts.tests.factories import UserFactory
from movies.models import Movie, MovieFigures
from movies.services.figures import RECOUNTS
from movies.services.publishing import purge_movie, restore_movies, withdraw_movies
from movies.tests.factories import MovieFactory
from social.models import EntryMerge, LibraryEntry, Play, TopFilm
from social.services import entries
from social.services.plays import add_play, delete_play
from social.services.shelf import facts_of
from social.services.top_films import set_top_films
from social.services.zones import moment, zone_of
from social.tests.factories import LibraryEntryFactory, PlayFactory
from social.tests.merging import merge, unmerge
from watchly.common.errors import Conflict

pytestmark = pytest.mark.django_db


@pytest.fixture
def movies() -> tuple[int, int]:
    """A survivor and what is merged into it."""
    return MovieFactory.create().pk, MovieFactory.create().pk


def said(user: User) -> dict[int, dict[str, Any]]:
    """What a library says, by movie."""
    return {entry.movie_id: facts_of(entry) for entry in LibraryEntry.objects.filter(user=user)}


def play(user: User, movie_id: int, day: str, half_stars: int | None = None) -> int:
    return add_play(user_id=user.pk, movie_id=movie_id, when=moment(day, zone=zone_of(user)), half_stars=half_stars)[0]


def figures(movie_id: int) -> tuple[int, int, int, int]:
    found = MovieFigures.objects.get(movie=movie_id)
    return found.rating_count, found.rating_sum, found.plays, found.favorites


def nothing_is_off() -> None:
    names = ("library entries with plays that were off", "movies with figures of libraries that were off")
    assert [RECOUNTS[name]() for name in names] == [0, 0]


def test_an_entry_moves_with_its_plays_and_comes_back(movies: tuple[int, int]) -> None:
    survivor, merged = movies
    user = UserFactory.create()
    entries.set_status(user_id=user.pk, movie_id=merged, status="planned")
    play(user, merged, "2024-05-07", 8)
    entries.describe_entry(user_id=user.pk, movie_id=merged, tags=["noir"], note="x", visibility="followers")
    before = said(user)
    made = merge(survivor, merged)
    assert said(user) == {survivor: before[merged]}
    assert Play.objects.get().movie_id == survivor
    assert figures(survivor) == (0, 0, 1, 0)
    assert figures(merged) == (0, 0, 0, 0)
    nothing_is_off()
    unmerge(made)
    assert said(user) == before
    assert Play.objects.get().movie_id == merged
    assert not EntryMerge.objects.exists()
    nothing_is_off()


def test_two_entries_become_one_and_two_again(movies: tuple[int, int]) -> None:
    survivor, merged = movies
    user = UserFactory.create()
    entries.rate_movie(user_id=user.pk, movie_id=survivor, half_stars=4)
    entries.describe_entry(user_id=user.pk, movie_id=survivor, tags=["noir", "home"], note="First.")
    play(user, survivor, "2024-01-01")
    entries.rate_movie(user_id=user.pk, movie_id=merged, half_stars=9)
    entries.set_favorite(user_id=user.pk, movie_id=merged, favorite=True)
    entries.set_status(user_id=user.pk, movie_id=merged, status="dropped")
    entries.describe_entry(
        user_id=user.pk, movie_id=merged, tags=["home", "epic"], note="Second.", visibility="private"
    )
    play(user, merged, "2023-01-01")
    entries.set_status(user_id=user.pk, movie_id=merged, status="paused")
    before = said(user)
    made = merge(survivor, merged)
    (one,) = said(user).values()
    wanted = {
        "status": "paused", "half_stars": 9, "favorite": True, "tags": ["noir", "home", "epic"],
        "note": "First.\n\nSecond.", "visibility": "private", "plays": 2,
    }  # fmt: skip
    assert {name: one[name] for name in wanted} == wanted
    assert one["last_watched_at"].year == 2024
    assert figures(survivor) == (0, 0, 1, 0)  # the other play was for oneself alone, as its entry was
    nothing_is_off()
    unmerge(made)
    assert said(user) == before
    nothing_is_off()


def test_what_is_said_since_stays_and_what_is_taken_away_stays_away(movies: tuple[int, int]) -> None:
    survivor, merged = movies
    user = UserFactory.create()
    for movie_id in movies:
        entries.rate_movie(user_id=user.pk, movie_id=movie_id, half_stars=4)
    old = play(user, merged, "2023-01-01")
    entries.describe_entry(user_id=user.pk, movie_id=merged, note="Once.")
    entries.set_favorite(user_id=user.pk, movie_id=merged, favorite=True)
    made = merge(survivor, merged)
    entries.rate_movie(user_id=user.pk, movie_id=survivor, half_stars=10)
    entries.describe_entry(user_id=user.pk, movie_id=survivor, note=None)
    new = play(user, survivor, "2024-01-01")
    delete_play(user_id=user.pk, play_id=old)
    unmerge(made)
    found = said(user)
    assert (found[survivor]["half_stars"], found[merged]["half_stars"]) == (10, 4)
    assert (found[survivor]["note"], found[merged]["note"]) == (None, None)
    assert (found[survivor]["favorite"], found[merged]["favorite"]) == (False, True)
    assert (Play.objects.get().pk, Play.objects.get().movie_id) == (new, survivor)
    nothing_is_off()


def test_a_merge_of_a_merge_is_undone_from_either_end() -> None:
    last, middle, first = (MovieFactory.create().pk for _ in range(3))
    user = UserFactory.create()
    for half_stars, movie_id in enumerate((last, middle, first), 3):
        entries.rate_movie(user_id=user.pk, movie_id=movie_id, half_stars=half_stars)
        play(user, movie_id, f"2024-0{half_stars}-01")
    before = said(user)
    inner, outer = merge(middle, first), merge(last, middle)
    assert list(said(user)) == [last]
    unmerge(outer)
    unmerge(inner)
    assert said(user) == before
    inner, outer = merge(middle, first), merge(last, middle)
    unmerge(inner)
    assert set(said(user)) == {last, first}
    assert said(user)[first]["half_stars"] == 5
    assert str(Play.objects.get(movie=first).watched_on) == "2024-05-01"
    unmerge(outer)
    assert str(Play.objects.get(movie=middle).watched_on) == "2024-04-01"
    nothing_is_off()


def test_top_films_follow() -> None:
    survivor, merged, other = (MovieFactory.create().pk for _ in range(3))
    alice, bob = UserFactory.create(), UserFactory.create()
    set_top_films(user_id=alice.pk, movie_ids=[other, merged])
    set_top_films(user_id=bob.pk, movie_ids=[survivor, merged, other])
    before = list(TopFilm.objects.order_by("user", "position").values_list("user", "position", "movie"))
    made = merge(survivor, merged)
    assert list(TopFilm.objects.filter(user=alice).values_list("movie", flat=True)) == [other, survivor]
    assert list(TopFilm.objects.filter(user=bob).values_list("movie", flat=True)) == [survivor, other]
    assert not LibraryEntry.objects.exists()
    unmerge(made)
    assert list(TopFilm.objects.order_by("user", "position").values_list("user", "position", "movie")) == before


def test_everybody_s_library_follows() -> None:
    survivor, merged = MovieFactory.create(), MovieFactory.create()
    for _ in range(3):
        LibraryEntryFactory.create(movie=merged, half_stars=6)
    LibraryEntryFactory.create(movie=survivor, half_stars=2)
    merge(survivor.pk, merged.pk)
    assert figures(survivor.pk) == (4, 20, 0, 0)
    survivor.refresh_from_db()
    assert (survivor.rating_count, float(survivor.rating_average or 0)) == (4, 2.5)


def test_withdrawn_movies_stay_and_protect_themselves(movies: tuple[int, int]) -> None:
    user = UserFactory.create()
    entries.rate_movie(user_id=user.pk, movie_id=movies[0], half_stars=8)
    top, played = MovieFactory.create(), PlayFactory.create().movie
    set_top_films(user_id=user.pk, movie_ids=[top.pk])
    before = said(user)
    for movie_id in (movies[0], top.pk, played.pk):
        withdraw_movies(movie_ids=[movie_id], reason="x")
        with pytest.raises(Conflict, match="recorded"):
            purge_movie(movie_id=movie_id)
    restore_movies(movie_ids=[movies[0]])
    assert said(user) == before
    withdraw_movies(movie_ids=[movies[1]], reason="x")
    purge_movie(movie_id=movies[1])
    assert not Movie.objects.filter(pk=movies[1]).exists()
