"""What all libraries together say of a movie stays exact, whoever writes at once."""

from __future__ import annotations

import threading
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from accounts.signals import user_erased
from accounts.tests.factories import UserFactory
from movies.models import Movie, MovieFigures, SearchTitle
from movies.search.index import index_movies
from movies.tests.factories import MovieFactory
from social.models import LibraryEntry, Play, UserRevision
from social.services import entries
from social.services.library_figures import recount_figures
from social.services.plays import add_play, change_play, delete_play
from social.tests.factories import LibraryEntryFactory, PlayFactory


def figures(movie_id: int) -> tuple[int, int, int, int]:
    found = MovieFigures.objects.get(movie=movie_id)
    return found.rating_count, found.rating_sum, found.plays, found.favorites


def mended() -> int:
    """How many rows a recount finds off."""
    out = StringIO()
    call_command("recount", stdout=out)
    return sum(
        int(line.split()[0].replace(",", ""))
        for line in out.getvalue().splitlines()
        if "librar" in line or "rating" in line
    )


@pytest.mark.django_db
def test_only_what_is_public_counts() -> None:
    user, movie_id = UserFactory.create().pk, MovieFactory.create().pk
    who: dict[str, Any] = {"user_id": user, "movie_id": movie_id}
    entries.rate_movie(**who, half_stars=8)
    entries.set_favorite(**who, favorite=True)
    play_id, _ = add_play(**who)
    assert figures(movie_id) == (1, 8, 1, 1)
    for visibility in ("followers", "private"):
        entries.describe_entry(**who, visibility=visibility)
        assert figures(movie_id) == (0, 0, 1, 0)
        change_play(user_id=user, play_id=play_id, values={"visibility": visibility})
        assert figures(movie_id) == (0, 0, 0, 0)
        entries.describe_entry(**who, visibility="public")
        change_play(user_id=user, play_id=play_id, values={"visibility": "public"})
    movie = Movie.objects.get(pk=movie_id)
    assert (float(movie.rating_average or 0), movie.rating_count) == (4, 1)
    delete_play(user_id=user, play_id=play_id)
    entries.rate_movie(**who, half_stars=2, visibility="private")
    assert figures(movie_id) == (0, 0, 0, 0)
    assert Movie.objects.get(pk=movie_id).rating_average is None


@pytest.mark.django_db
def test_a_recount_mends_what_is_off() -> None:
    entry = LibraryEntryFactory.create(half_stars=8, favorite=True, plays=7)
    PlayFactory.create(user=entry.user, movie=entry.movie)
    PlayFactory.create(visibility="private")
    stray = MovieFactory.create()
    MovieFigures.objects.create(movie=stray, rating_count=3, known_raters=5)
    assert recount_figures() == 2
    assert figures(entry.movie_id) == (1, 8, 1, 1)
    assert figures(stray.pk) == (0, 0, 0, 0)
    assert MovieFigures.objects.get(movie=stray).known_raters == 5
    assert Movie.objects.get(pk=entry.movie_id).rating_count == 1
    assert mended() == 1  # the entry, whose plays are one
    entry.refresh_from_db()
    assert entry.plays == 1
    assert mended() == 0


@pytest.mark.django_db
def test_a_figure_that_is_off_stops_nobody() -> None:
    entry = LibraryEntryFactory.create(half_stars=8)
    entries.unrate_movie(user_id=entry.user_id, movie_id=entry.movie_id)
    assert not LibraryEntry.objects.exists()


@pytest.mark.django_db
def test_what_somebody_said_leaves_the_figures_with_them() -> None:
    entry = LibraryEntryFactory.create(half_stars=8, favorite=True)
    LibraryEntryFactory.create(movie=entry.movie, half_stars=2)
    PlayFactory.create(user=entry.user, movie=entry.movie)
    PlayFactory.create(user=entry.user)
    shared = PlayFactory.create()
    shared.companions.set([entry.user, UserFactory.create()])
    recount_figures()
    with transaction.atomic():
        user_erased.send(sender=type(entry.user), user_id=entry.user_id)
        Play.objects.filter(user=entry.user_id).delete()
        LibraryEntry.objects.filter(user=entry.user_id).delete()
    assert figures(entry.movie_id) == (1, 2, 0, 0)
    assert recount_figures() == 0
    # They leave the viewings of others too, and clients of those hear of it.
    assert not shared.companions.filter(pk=entry.user_id).exists()
    assert shared.companions.count() == 1
    assert Play.objects.get(pk=shared.pk).revision == UserRevision.objects.get(user=shared.user).revision


@pytest.mark.django_db(transaction=True)
def test_fifty_writers_at_once_and_a_recount_finds_nothing() -> None:
    users = [UserFactory.create().pk for _ in range(50)]
    shared = [MovieFactory.create().pk for _ in range(3)]
    failed: list[BaseException] = []
    start = threading.Barrier(len(users))

    def write(number: int) -> None:
        try:
            start.wait()
            for turn in range(3):
                who: dict[str, Any] = {"user_id": users[number], "movie_id": shared[(number + turn) % 3]}
                entries.rate_movie(**who, half_stars=(number + turn) % 10 + 1)
                play_id, _ = add_play(**who, half_stars=turn + 1)
                entries.set_favorite(**who, favorite=True)
                if number % 2:
                    entries.unrate_movie(**who)
                    delete_play(user_id=users[number], play_id=play_id)
                if number == 7:
                    recount_figures()  # beside the writers
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[number]) for number in range(len(users))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    for movie_id in shared:
        rated: Any = LibraryEntry.objects.filter(movie=movie_id, half_stars__isnull=False).values_list(
            "half_stars", flat=True
        )
        plays = Play.objects.filter(movie=movie_id).count()
        assert figures(movie_id) == (len(rated), sum(rated), plays, 50)
        assert Movie.objects.get(pk=movie_id).rating_count == len(rated)
    assert mended() == 0


@pytest.mark.django_db
def test_popularity_counts_people_and_not_their_plays() -> None:
    fan, crowd = UserFactory.create().pk, [UserFactory.create().pk for _ in range(12)]
    replayed, seen, rated = (MovieFactory.create() for _ in range(3))
    index_movies([replayed.pk, seen.pk, rated.pk])
    for _ in range(60):
        add_play(user_id=fan, movie_id=replayed.pk)
    add_play(user_id=fan, movie_id=seen.pk)
    for user in crowd:
        entries.rate_movie(user_id=user, movie_id=rated.pk, half_stars=2)
        entries.set_status(user_id=user, movie_id=rated.pk, status="planned")
    popular = {movie.pk: Movie.objects.get(pk=movie.pk).popularity for movie in (replayed, seen, rated)}
    assert popular[replayed.pk] == popular[seen.pk] < 0.2  # the first few weigh little
    assert popular[rated.pk] > 4
    assert dict(MovieFigures.objects.values_list("movie", "people")) == {replayed.pk: 1, seen.pk: 1, rated.pk: 12}
    assert MovieFigures.objects.get(movie=replayed).plays == 60
    # The search index follows.
    fame = dict(SearchTitle.objects.values_list("movie", "fame"))
    assert fame[rated.pk] > 20 > fame[seen.pk] == fame[replayed.pk]
    SearchTitle.objects.update(fame=7)
    MovieFigures.objects.update(people=3)
    assert mended() == 3
    assert dict(SearchTitle.objects.values_list("movie", "fame")) == fame


@pytest.mark.django_db
def test_people_count_once_however_they_are_seen_to_know_a_movie() -> None:
    user, movie_id = UserFactory.create().pk, MovieFactory.create().pk
    who: dict[str, Any] = {"user_id": user, "movie_id": movie_id}

    def people() -> int:
        assert mended() == 0
        return MovieFigures.objects.filter(movie=movie_id).values_list("people", flat=True).first() or 0

    entries.set_status(**who, status="planned")
    assert people() == 0
    add_play(**who, visibility="private")
    assert people() == 0
    play_id, _ = add_play(**who)
    entries.rate_movie(**who, half_stars=8)
    entries.set_favorite(**who, favorite=True)
    assert people() == 1
    entries.describe_entry(**who, visibility="followers")
    assert people() == 0
    entries.describe_entry(**who, visibility="public")
    delete_play(user_id=user, play_id=play_id)
    entries.unrate_movie(**who)
    assert people() == 1  # a favourite still
    entries.set_favorite(**who, favorite=False)
    entries.clear_status(**who)
    assert people() == 0
