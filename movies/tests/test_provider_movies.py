"""Films of TMDB in the catalogue: fetched, refreshed, with their pictures and where they can be watched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from movies.importers.tmdb_parts import picture_path
from movies.models import Credit, Image, Movie, ProviderRecord
from movies.providers import tmdb
from movies.services.movies import update_movie
from movies.services.provider import fetch_movie, offers_of, refresh_movie, request_refresh
from movies.services.provider_pictures import lacking, request_pictures, store_pictures
from movies.services.publishing import withdraw_movies
from movies.services.where_to_watch import where_to_watch
from movies.tests.factories import ImageFactory, MovieFactory, ProviderRecordFactory
from movies.tests.importing import import_file, lay, versions
from movies.tests.tmdb import HEAT
from movies.tests.tmdb_server import StandIn, say
from watchly.common.errors import Conflict, Gone, NotFound, ProviderUnavailable, RuleViolation
from watchly.common.jobs import REQUEST_ID
from watchly.tests.pictures import picture

pytestmark = pytest.mark.django_db
FILM, FIND = "/3/movie/949", "/3/find/tt0113277"
POSTER, BACKDROP = "/t/p/w780/heat-poster.jpg", "/t/p/w1280/heat-backdrop.jpg"


def jobs() -> list[tuple[str, dict[str, Any]]]:
    """The jobs that wait, by the last part of their name, without the request that deferred them."""
    rows = ProcrastinateJob.objects.order_by("id").values_list("task_name", "args")
    return [
        (name.rpartition(".")[2], {key: value for key, value in args.items() if key != REQUEST_ID})
        for name, args in rows
    ]


def test_a_film_is_fetched_by_its_id_and_a_second_time_changes_nothing(provider: StandIn) -> None:
    provider.answers[FILM] = HEAT

    kept = fetch_movie(tmdb_id=949)

    heat = Movie.objects.get(pk=kept.movie_id)
    assert (kept.created, heat.source, heat.state, heat.imdb_id) == (True, "tmdb", "published", "tt0113277")
    assert (heat.figures.known_raters, Credit.objects.filter(movie=heat).count()) == (7321, 7)
    record = heat.provider_records.get()
    assert (record.external_id, record.stale_since, record.poster_path) == (949, None, "/heat-poster.jpg")
    assert record.offers["DE"]["flatrate"] == [{"id": 8, "name": "Netflix", "logo_path": "/n.jpg"}]
    assert set(record.offers) == {"DE"}
    assert jobs() == [("fetch_pictures", {"movie_id": heat.pk})]
    before = versions()
    assert fetch_movie(tmdb_id=949) == (heat.pk, False)
    assert versions() == before


def test_a_film_is_found_by_its_imdb_id(provider: StandIn) -> None:
    provider.answers |= {FIND: {"movie_results": [{"id": 949}], "tv_results": []}, FILM: HEAT}

    kept = fetch_movie(imdb_id="tt0113277")

    assert Movie.objects.get(pk=kept.movie_id).tmdb_id == 949
    assert provider.asked[0][1]["external_source"] == "imdb_id"


def test_what_staff_have_edited_stays_and_the_rest_is_overruled(provider: StandIn) -> None:
    movie = MovieFactory.create(title="Heat", year=1995, imdb_id="tt0113277", runtime=1, source="wikipedia")
    update_movie(movie_id=movie.pk, values={"overview": "Ours."})
    provider.answers |= {FIND: {"movie_results": [{"id": 949}]}, FILM: HEAT}

    assert refresh_movie(movie_id=movie.pk) == (movie.pk, False)

    movie.refresh_from_db()
    assert (movie.overview, movie.runtime, movie.tmdb_id, movie.source) == ("Ours.", 170, 949, "tmdb")


def test_what_tmdb_does_not_know_is_not_found_and_a_film_that_is_held_stays(provider: StandIn) -> None:
    movie = MovieFactory.create(tmdb_id=949)

    for _ in range(2):
        with pytest.raises(NotFound):
            fetch_movie(tmdb_id=949)
    with pytest.raises(NotFound):
        fetch_movie(tmdb_id=950)
    provider.answers[FIND] = {"movie_results": []}
    with pytest.raises(NotFound):
        fetch_movie(imdb_id="tt0113277")

    record = ProviderRecord.objects.get()
    assert (record.movie_id, record.stale_since is not None) == (movie.pk, True)
    assert Movie.objects.get().state == "published"
    provider.answers[FILM] = {**HEAT, "imdb_id": None, "external_ids": {}}
    fetch_movie(tmdb_id=949)
    record.refresh_from_db()
    assert record.stale_since is None


def test_since_when_it_is_unknown_there_is_kept(provider: StandIn) -> None:
    since = datetime(2026, 1, 2, tzinfo=UTC)
    record = ProviderRecordFactory.create(movie=MovieFactory.create(tmdb_id=949), stale_since=since)
    with pytest.raises(NotFound):
        fetch_movie(tmdb_id=949)
    record.refresh_from_db()
    assert record.stale_since == since
    assert record.fetched_at is not None
    assert record.fetched_at > since


def test_what_stands_against_it_is_said(provider: StandIn) -> None:
    MovieFactory.create(imdb_id="tt0113277", tmdb_id=1)
    provider.answers[FILM] = HEAT
    with pytest.raises(Conflict) as refused:
        fetch_movie(tmdb_id=949)
    assert refused.value.code == "id_conflict"
    Movie.objects.all().delete()
    withdrawn = MovieFactory.create(tmdb_id=949)
    withdraw_movies(movie_ids=[withdrawn.pk], reason="No film.")
    with pytest.raises(Gone):
        fetch_movie(tmdb_id=949)
    provider.answers[FILM] = {**HEAT, "adult": True}
    with pytest.raises(NotFound, match="adults"):
        fetch_movie(tmdb_id=949)
    assert not ProviderRecord.objects.exists()
    with pytest.raises(NotFound, match="no id"):
        refresh_movie(movie_id=MovieFactory.create().pk)


def test_a_film_that_the_database_refuses_is_a_conflict(provider: StandIn) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE movies_movie ADD CONSTRAINT never CHECK (title <> 'Heat')")
    provider.answers[FILM] = HEAT
    with pytest.raises(Conflict, match="cannot be stored"):
        fetch_movie(tmdb_id=949)
    assert not Movie.objects.exists()


def test_a_merged_film_gives_its_survivor_what_it_lacks(provider: StandIn) -> None:
    survivor = MovieFactory.create(title="Heat", year=1995, runtime=1, tagline=None)
    MovieFactory.create(title="Heat", tmdb_id=949, state="merged", merged_into=survivor)
    provider.answers[FILM] = HEAT

    assert fetch_movie(tmdb_id=949) == (survivor.pk, False)

    survivor.refresh_from_db()
    assert (survivor.runtime, survivor.tagline) == (1, "A Los Angeles crime saga")


def test_without_a_key_nobody_is_asked(provider: StandIn, settings: Any) -> None:
    settings.TMDB_API_KEY = None
    with pytest.raises(Conflict) as refused:
        fetch_movie(tmdb_id=949)
    assert refused.value.code == "provider_off"
    with pytest.raises(RuleViolation):
        request_refresh(movie_ids=[1])
    assert lacking(movie_id=MovieFactory.create().pk) == {}
    assert provider.asked == []


def test_a_film_that_cannot_be_written_leaves_nothing(provider: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    provider.answers[FILM] = HEAT

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr("movies.services.provider._note", fail)
    with pytest.raises(RuntimeError):
        fetch_movie(tmdb_id=949)
    assert not Movie.objects.exists()
    assert jobs() == []


# --- pictures --------------------------------------------------------------------------------------------------------


def test_a_film_gets_the_pictures_that_it_lacks_as_uploads_are_kept(provider: StandIn, settings: Any) -> None:
    provider.answers |= {FILM: HEAT, POSTER: picture(), BACKDROP: say(404)}
    movie_id = fetch_movie(tmdb_id=949).movie_id

    assert store_pictures(movie_id=movie_id) == 1

    image = Image.objects.get()
    movie = Movie.objects.get(pk=movie_id)
    assert (image.kind, image.path, movie.poster_path) == ("poster", movie.poster_path, image.path)
    assert image.renditions
    assert (settings.MEDIA_ROOT / image.path).exists()
    assert movie.locked_fields == []
    assert all("api_key" not in query for path, query in provider.asked if path.startswith("/t/"))
    assert lacking(movie_id=movie_id) == {}  # the backdrop is not asked for again before TMDB tells of one


@pytest.mark.parametrize("content", [b"<svg/>", b"", b"\xff\xd8\xff", b"MZ" * 900])
def test_what_is_no_picture_is_passed_over(provider: StandIn, content: bytes) -> None:
    provider.answers |= {FILM: HEAT, POSTER: content, BACKDROP: content}
    movie_id = fetch_movie(tmdb_id=949).movie_id
    assert store_pictures(movie_id=movie_id) == 0
    assert not Image.objects.exists()


def test_a_server_of_pictures_that_fails_is_tried_again_later(provider: StandIn) -> None:
    provider.answers |= {FILM: HEAT, POSTER: say(500)}
    movie_id = fetch_movie(tmdb_id=949).movie_id
    with pytest.raises(ProviderUnavailable):
        store_pictures(movie_id=movie_id)
    assert fetch_movie(tmdb_id=949).movie_id == movie_id  # films come from another


def test_pictures_that_somebody_chose_stay_and_none_come_where_they_are_off(provider: StandIn, settings: Any) -> None:
    provider.answers[FILM] = HEAT
    movie_id = fetch_movie(tmdb_id=949).movie_id
    assert set(lacking(movie_id=movie_id)) == {"poster", "backdrop"}
    Movie.objects.filter(pk=movie_id).update(locked_fields=["images"])
    assert lacking(movie_id=movie_id) == {}
    Movie.objects.filter(pk=movie_id).update(locked_fields=[])
    settings.TMDB_IMAGES = False
    assert lacking(movie_id=movie_id) == {}
    assert store_pictures(movie_id=movie_id) == 0
    assert ImageFactory.create().pk  # of another film


@pytest.mark.parametrize(
    ("value", "good"),
    [
        ("/abc-D_1.jpg", True),
        ("/abc.svg", False),
        ("abc.jpg", False),
        ("/../x.jpg", False),
        ("/a/b.jpg", False),
        ("//evil.example/x.jpg", False),
        ("/a.jpg?x=1", False),
        ("/é.jpg", False),
        ("/" + "a" * 100 + ".jpg", False),
        (None, False),
        (7, False),
    ],
)
def test_only_the_name_of_a_picture_is_a_path(value: object, good: bool) -> None:
    assert (picture_path(value) is not None) == good


def test_every_night_the_best_known_films_get_posters_that_files_told_of(
    provider: StandIn, settings: Any, tmp_path: Path
) -> None:
    films = [
        {"id": number, "title": f"Film {number}", "vote_count": number, "poster_path": f"/{number}.jpg"}
        for number in range(1, 8)
    ]
    import_file(lay(tmp_path, "films", films))
    best = list(Movie.objects.order_by("-popularity"))
    Movie.objects.filter(pk=best[0].pk).update(locked_fields=["images"])
    Movie.objects.filter(pk=best[1].pk).update(poster_path="movies/1/x.jpg")
    Movie.objects.filter(pk=best[2].pk).update(state="withdrawn")

    assert request_pictures(limit=2) == 2
    assert jobs() == [("fetch_pictures", {"movie_id": movie.pk}) for movie in best[3:5]]
    settings.TMDB_IMAGES = False
    assert request_pictures() == 0


# --- where to watch --------------------------------------------------------------------------------------------------


def test_offers_are_read_once_a_day_and_say_whose_they_are(provider: StandIn) -> None:
    provider.answers[FILM] = HEAT
    movie = MovieFactory.create(title="Heat", tmdb_id=949)

    found = where_to_watch(movie_id=movie.pk, country="DE")

    assert found["flatrate"] == [{"id": 8, "name": "Netflix"}]
    assert (found["buy"], found["rent"]) == ([{"id": 2, "name": "Apple TV"}], [])
    assert found["link"] == "https://www.themoviedb.org/movie/949/watch?locale=DE"
    assert (found["attribution"], found["notice"]) == ("JustWatch", tmdb.NOTICE)
    assert where_to_watch(movie_id=movie.pk, country="FR")["flatrate"] == []
    assert provider.paths() == [FILM]
    ProviderRecord.objects.update(fetched_at=datetime.now(UTC) - timedelta(days=2))
    where_to_watch(movie_id=movie.pk, country="DE")
    assert provider.paths() == [FILM, FILM]


def test_offers_that_cannot_be_read_anew_are_those_that_are_kept(provider: StandIn, settings: Any) -> None:
    record = ProviderRecordFactory.create(
        movie=MovieFactory.create(tmdb_id=949), external_id=949, offers={"DE": {"buy": [{"id": 2, "name": "Apple TV"}]}}
    )
    provider.answers[FILM] = say(500)

    for _ in range(3):
        assert where_to_watch(movie_id=record.movie_id, country="DE")["buy"] == [{"id": 2, "name": "Apple TV"}]
    assert len(provider.asked) == 1  # not again within the hour
    settings.TMDB_API_KEY = None
    assert where_to_watch(movie_id=record.movie_id, country="DE")["fetched_at"] == record.fetched_at


@pytest.mark.parametrize(
    "appended",
    [
        None,
        [],
        {"results": []},
        {"results": {"DE": None, "de": {}, "??": {"buy": []}, 5: {}}},
        {"results": {"DE": {"link": "javascript:alert(1)", "buy": "x", "rent": [None, {"provider_id": "8"}]}}},
        {"results": {"DE": {"flatrate": [{"provider_id": 8, "provider_name": "\x00"}]}}},
    ],
)
def test_offers_that_are_none_are_left_out(appended: Any) -> None:
    assert offers_of({"watch/providers": appended}) == {}


def test_a_link_that_leads_elsewhere_is_left_out() -> None:
    place = {"link": "https://evil.example/", "buy": [{"provider_id": 2, "provider_name": "Apple TV"}]}
    assert offers_of({"watch/providers": {"results": {"DE": place}}})["DE"]["link"] is None


# --- jobs ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_jobs_complete_refresh_and_fetch_pictures(provider: StandIn) -> None:
    provider.answers |= {FILM: HEAT, POSTER: picture(), BACKDROP: picture()}
    gone = MovieFactory.create(tmdb_id=950)
    movie = MovieFactory.create(title="Heat", tmdb_id=949)
    assert request_refresh(movie_ids=[movie.pk, gone.pk, MovieFactory.create().pk]) == 2

    call_command("worker", "--once")
    call_command("worker", "--once")

    movie.refresh_from_db()
    assert movie.runtime == 170
    assert set(Image.objects.values_list("movie", "kind")) == {(movie.pk, "poster"), (movie.pk, "backdrop")}
    assert not ProcrastinateJob.objects.exclude(status="succeeded").exists()
