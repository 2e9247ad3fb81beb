"""Calls of TMDB against a server on loopback that is slow, broken, endless, or asks for a pause."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from movies.providers import exchange, tmdb
from movies.providers.breaker import Breaker, Open
from movies.providers.pace import Hurried, Pace
from movies.tests.conftest import Clock
from movies.tests.tmdb import HEAT
from movies.tests.tmdb_server import StandIn, cut_short, drip, flood, hang, reset, say
from watchly.common.errors import ProviderUnavailable

FILM = "/3/movie/949"
# Seconds: enough for a loopback that is busy, and the most that a test waits for what never ends.
SHORT = 0.4


def ask(seconds: float = tmdb.CALM) -> dict[str, Any]:
    return tmdb.movie(949, seconds=seconds)


def test_a_film_comes_with_what_was_appended(provider: StandIn, settings: Any) -> None:
    provider.answers[FILM] = HEAT

    assert ask() == HEAT
    ((path, query),) = provider.asked
    assert path == FILM
    assert query["api_key"] == settings.TMDB_API_KEY
    assert set(query["append_to_response"].split(",")) >= {"credits", "videos", "watch/providers", "translations"}
    assert provider.headers[0]["accept-encoding"] == "identity"


def test_a_token_goes_into_a_header_and_not_into_the_address(provider: StandIn, settings: Any) -> None:
    settings.TMDB_API_KEY = "eyJhbGciOiJIUzI1NiJ9.e30.x"
    provider.answers[FILM] = HEAT

    ask()

    assert provider.headers[0]["authorization"] == "Bearer eyJhbGciOiJIUzI1NiJ9.e30.x"
    assert "api_key" not in provider.asked[0][1]


WRONG: dict[str, Callable[[StandIn], Any]] = {
    "silent": hang,
    "dripping headers": lambda stand_in: drip(stand_in, in_headers=True),
    "dripping body": lambda stand_in: drip(stand_in, in_headers=False),
    "endless": lambda _: flood,
    "reset": lambda _: reset,
    "cut short": lambda _: cut_short,
    "too large": lambda _: say(200, b"{" + b" " * tmdb.MOST_BYTES + b"}"),
    "compressed": lambda _: say(200, b"\x1f\x8b", Content_Encoding="gzip"),
    "not json": lambda _: say(200, b"<html>"),
    "deep": lambda _: say(200, b"[" * 100_000),
    "a list": lambda _: say(200, []),
    "not utf-8": lambda _: say(200, b'{"title": "\xff"}'),
    "500": lambda _: say(500, {}),
    "503": lambda _: say(503, {}),
    "redirect": lambda _: say(302, Location="http://127.0.0.1:9/elsewhere"),
    "401": lambda _: say(401, {"status_code": 7}),
    "no content": lambda _: say(204),
}


@pytest.mark.parametrize("how", WRONG)
def test_what_is_no_answer_fails_in_time_and_says_nothing_of_the_key(
    provider: StandIn, settings: Any, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.answers[FILM] = WRONG[how](provider)

    with pytest.raises(ProviderUnavailable) as refused:
        ask(SHORT)

    assert refused.value.retry_after > 0
    assert refused.value.__cause__ is None
    assert len(provider.asked) == 1  # nothing is followed or tried again
    assert settings.TMDB_API_KEY not in refused.value.detail
    logged = [record for record in caplog.records if record.name != "urllib3.connectionpool"]
    assert settings.TMDB_API_KEY not in "".join(record.getMessage() for record in logged)


def test_the_library_that_logs_addresses_is_kept_from_it(settings: Any) -> None:
    assert settings.LOGGING["loggers"]["urllib3"] == {"level": "WARNING"}


def test_nobody_there_fails(provider: StandIn, settings: Any) -> None:
    settings.TMDB_API_URL = "http://127.0.0.1:9/3"

    with pytest.raises(ProviderUnavailable):
        ask()


def test_what_is_not_known_there_is_no_failure(provider: StandIn) -> None:
    for _ in range(10):
        with pytest.raises(tmdb.UnknownThere):
            ask()
    assert tmdb.search("nothing", year=None, seconds=tmdb.CALM) == []


def test_whoever_never_reads_the_whole_answer_leaves_no_thread_behind(provider: StandIn) -> None:
    import threading

    provider.answers[FILM] = drip(provider, in_headers=True)
    with pytest.raises(ProviderUnavailable):
        ask(SHORT)

    for thread in threading.enumerate():
        if thread.name == "provider-call":
            thread.join(5)
            assert not thread.is_alive()


# --- breaker ---------------------------------------------------------------------------------------------------------


def test_after_five_failures_nobody_calls_for_a_minute_and_then_one(provider: StandIn, clock: Clock) -> None:
    provider.answers[FILM] = say(500, {})
    for _ in range(5):
        with pytest.raises(ProviderUnavailable):
            ask()
    with pytest.raises(ProviderUnavailable) as refused:
        ask()
    assert (len(provider.asked), refused.value.retry_after) == (5, 60)

    clock.now += 61
    with pytest.raises(ProviderUnavailable):
        ask()
    with pytest.raises(ProviderUnavailable):
        ask()  # it was tried once, and is left alone again
    assert len(provider.asked) == 6

    clock.now += 61
    provider.answers[FILM] = HEAT
    assert ask() == HEAT
    assert ask() == HEAT
    assert len(provider.asked) == 8


def test_while_one_tries_the_others_wait(clock: Clock) -> None:
    cache.clear()
    mine, another = Breaker("b", failures=1, clock=clock), Breaker("b", failures=1, clock=clock)
    mine.failed()
    with pytest.raises(Open):
        another.check()  # the state is shared
    clock.now += 61

    mine.check()
    with pytest.raises(Open):
        another.check()
    mine.succeeded()
    another.check()


@pytest.fixture
def no_cache(settings: Any) -> None:
    broken = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:9/0"}
    settings.CACHES = {"default": broken}


@pytest.mark.usefixtures("no_cache")
def test_without_a_cache_each_process_has_a_breaker_of_its_own(clock: Clock) -> None:
    breaker = Breaker("b", failures=2, clock=clock)
    breaker.failed()
    breaker.check()
    breaker.failed()
    with pytest.raises(Open):
        breaker.check()
    clock.now += 61
    breaker.check()
    with pytest.raises(Open):
        breaker.check()
    breaker.succeeded()
    breaker.check()


# --- pace ------------------------------------------------------------------------------------------------------------


def test_so_many_calls_a_second_and_no_more(clock: Clock) -> None:
    cache.clear()
    pace, another = Pace("p", clock=clock, sleep=clock.sleep), Pace("p", clock=clock, sleep=clock.sleep)
    for _ in range(2):
        pace.wait(rate=4, patience=0)
        another.wait(rate=4, patience=0)
    with pytest.raises(Hurried):
        another.wait(rate=4, patience=0)

    another.wait(rate=4, patience=2)

    assert clock.slept == [1.0]


@pytest.mark.usefixtures("no_cache")
def test_without_a_cache_each_process_keeps_the_pace_by_itself(clock: Clock) -> None:
    pace = Pace("p", clock=clock, sleep=clock.sleep)
    pace.wait(rate=1, patience=0)
    with pytest.raises(Hurried):
        pace.wait(rate=1, patience=0.5)
    pace.pause(30)
    with pytest.raises(Hurried) as hurried:
        pace.wait(rate=1, patience=5)
    assert hurried.value.retry_after == 30


def test_a_pause_that_is_asked_for_is_made_by_who_has_time(provider: StandIn, clock: Clock) -> None:
    provider.answers[FILM] = [say(429, {}, Retry_After="7"), HEAT]

    assert ask(tmdb.PATIENT) == HEAT
    assert clock.slept == [7.0]


def test_who_has_no_time_hears_of_the_pause_and_so_does_everybody(provider: StandIn) -> None:
    provider.answers[FILM] = say(429, {}, Retry_After="7")

    for _ in range(8):
        with pytest.raises(ProviderUnavailable) as refused:
            ask(tmdb.BRISK)
        assert refused.value.retry_after == 7
    assert len(provider.asked) == 1


def test_a_pause_without_a_length_and_one_without_an_end(provider: StandIn, clock: Clock) -> None:
    provider.answers[FILM] = [say(429, {}, Retry_After="Wed, 21 Oct 2026 07:28:00 GMT"), HEAT]
    assert ask(tmdb.PATIENT) == HEAT
    assert clock.slept == [10.0]

    provider.answers[FILM] = say(429, {}, Retry_After="99999")
    with pytest.raises(ProviderUnavailable):
        ask(tmdb.PATIENT)
    clock.now += 301
    provider.answers[FILM] = HEAT
    assert ask() == HEAT


# --- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["http://api.themoviedb.org/3", "ftp://x", "api.themoviedb.org", "https://"])
def test_a_key_goes_over_tls_or_to_this_machine(address: str) -> None:
    from watchly.env import ConfigurationError
    from watchly.settings_provider import _address

    with pytest.raises(ConfigurationError, match="TMDB_API_URL"):
        _address("TMDB_API_URL", address)


def test_certificates_are_verified() -> None:
    pool = exchange._pool("https", "example.invalid", None)
    assert pool.scheme == "https"
    assert getattr(pool, "cert_reqs", None) in (None, "CERT_REQUIRED")  # unset, urllib3 requires them
