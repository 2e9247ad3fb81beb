"""The nightly work: what changed at TMDB on days that are over, and what grows old."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from movies.models import Movie, ProviderRecord
from movies.services.provider_nightly import DAYS_TOLD, refresh_provider
from movies.tasks import refresh_nightly
from movies.tests.factories import MovieFactory, ProviderRecordFactory
from movies.tests.tmdb_server import StandIn, say
from watchly.common.errors import Conflict, ProviderUnavailable

pytestmark = pytest.mark.django_db
CHANGES = "/3/movie/changes"
TODAY = date(2026, 11, 25)


def film(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "title": f"Film {number}", "original_title": f"Film {number}", "runtime": 90, **more}


def hold(provider: StandIn, *numbers: int) -> dict[int, Movie]:
    """Films that are held here and known there."""
    for number in numbers:
        provider.answers[f"/3/movie/{number}"] = film(number)
    return {number: MovieFactory.create(title=f"Film {number}", tmdb_id=number) for number in numbers}


def changed(*ids: Any, pages: int = 1) -> dict[str, Any]:
    return {"results": [{"id": number, "adult": False} for number in ids], "page": 1, "total_pages": pages}


def read(provider: StandIn) -> list[int]:
    """The films that were asked for."""
    return [int(path.rpartition("/")[2]) for path in provider.paths() if path != CHANGES]


def test_films_that_are_held_and_changed_are_read_anew_and_no_others(provider: StandIn) -> None:
    held = hold(provider, 1, 2, 3)
    MovieFactory.create(tmdb_id=9, state="withdrawn")
    provider.answers[CHANGES] = [changed(1, None, 9, 77, pages=2), changed(3), changed()]

    night = refresh_provider(today=TODAY)

    assert (night.read, night.stale, read(provider)) == (2, 0, [1, 3])
    assert Movie.objects.get(pk=held[1].pk).runtime == 90
    asked = [query for path, query in provider.asked if path == CHANGES]
    assert (asked[0]["start_date"], asked[0]["end_date"], asked[0]["page"]) == ("2026-11-11", "2026-11-12", "1")
    assert (asked[1]["page"], asked[-1]["start_date"], len(asked)) == ("2", "2026-11-24", DAYS_TOLD + 1)


def test_a_day_that_is_done_is_not_asked_for_again(provider: StandIn) -> None:
    hold(provider, 1)
    provider.answers[CHANGES] = changed(1)

    refresh_provider(today=TODAY)
    first = len(provider.asked)
    refresh_provider(today=TODAY)
    assert len(provider.asked) == first
    refresh_provider(today=TODAY + timedelta(days=1))

    assert provider.asked[-1][1].get("start_date") == "2026-11-25" or read(provider)[-1] == 1
    assert len(provider.asked) - first <= 2


def test_a_film_that_was_read_since_is_not_read_again(provider: StandIn) -> None:
    held = hold(provider, 1, 2)
    ProviderRecordFactory.create(movie=held[1], external_id=1, fetched_at=datetime(2026, 11, 25, tzinfo=UTC))
    ProviderRecordFactory.create(movie=held[2], external_id=2, fetched_at=datetime(2026, 11, 24, 23, tzinfo=UTC))
    provider.answers[CHANGES] = [*[changed()] * (DAYS_TOLD - 1), changed(1, 2)]

    refresh_provider(today=TODAY)

    assert read(provider) == [2]


def test_what_is_unknown_there_by_now_stays_and_is_noted(provider: StandIn) -> None:
    movie = MovieFactory.create(tmdb_id=5)
    provider.answers[CHANGES] = [changed(5), changed()]

    assert refresh_provider(today=TODAY).stale == 1

    assert Movie.objects.get().pk == movie.pk
    assert ProviderRecord.objects.get(movie=movie).stale_since is not None


def test_what_was_read_five_months_ago_is_read_anew_the_oldest_first(provider: StandIn) -> None:
    held = hold(provider, 1, 2, 3)
    for number, days in ((1, 160), (2, 200), (3, 100)):
        fetched = timezone.now() - timedelta(days=days)
        ProviderRecordFactory.create(movie=held[number], external_id=number, fetched_at=fetched)
    provider.answers[CHANGES] = changed()

    refresh_provider(today=TODAY)

    assert read(provider) == [2, 1]


def test_a_film_that_fails_stops_nothing_and_its_day_is_not_done(provider: StandIn) -> None:
    hold(provider, 1, 2)
    MovieFactory.create(imdb_id="tt0000003", tmdb_id=30)
    MovieFactory.create(tmdb_id=3)
    provider.answers["/3/movie/1"] = [say(500), film(1)]
    provider.answers["/3/movie/3"] = film(3, imdb_id="tt0000003")
    provider.answers[CHANGES] = [changed(1, 2, 3), changed()]

    night = refresh_provider(today=TODAY)

    assert (night.read, night.failed, night.refused) == (1, 1, 1)
    provider.answers[CHANGES] = changed(1, 2)
    assert refresh_provider(today=TODAY).read == 1  # film 1: of the one day that is not done


def test_a_service_that_is_down_ends_the_night(provider: StandIn) -> None:
    hold(provider, *range(1, 9))
    for number in range(1, 9):
        provider.answers[f"/3/movie/{number}"] = say(503)
    provider.answers[CHANGES] = changed(*range(1, 9))

    with pytest.raises(ProviderUnavailable):
        refresh_provider(today=TODAY)

    assert len(read(provider)) == 5


def test_the_command_says_what_was_done(provider: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    hold(provider, 1)
    provider.answers[CHANGES] = [changed(1), changed()]

    call_command("refresh_provider")

    assert capsys.readouterr().out == "1 films read anew, 0 unknown there by now, 0 refused, 0 failed.\n"


def test_without_a_key_the_command_says_so_and_the_job_does_nothing(provider: StandIn, settings: Any) -> None:
    settings.TMDB_API_KEY = None
    with pytest.raises(CommandError, match="TMDB_API_KEY"):
        call_command("refresh_provider")
    with pytest.raises(Conflict):
        refresh_provider()
    refresh_nightly()
    assert provider.asked == []


def test_the_job_runs_every_night(provider: StandIn) -> None:
    provider.answers[CHANGES] = changed()
    every = app.periodic_registry.periodic_tasks.values()
    (registered,) = [each for each in every if each.task.name.startswith(refresh_nightly.name)]
    assert (registered.cron, registered.task.queueing_lock) == ("37 4 * * *", registered.task.name)

    registered.task(timestamp=0)

    assert len(provider.asked) == DAYS_TOLD


def test_pictures_that_files_told_of_are_deferred_though_tmdb_fails_later(provider: StandIn) -> None:
    movie = MovieFactory.create()
    ProviderRecordFactory.create(movie=movie, poster_path="/x.jpg", fetched_at=None)
    provider.answers[CHANGES] = say(500)
    with pytest.raises(ProviderUnavailable):
        refresh_provider(today=TODAY)
    (job,) = ProcrastinateJob.objects.all()
    assert (job.task_name.rpartition(".")[2], job.args) == ("fetch_pictures", {"movie_id": movie.pk})
