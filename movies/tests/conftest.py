"""What the tests of the catalogue stand on: no real network, and, where it matters, no app above it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from movies.providers import tmdb
from movies.providers.breaker import Breaker
from movies.providers.pace import Pace
from movies.signals import movie_merged, movie_unmerged
from movies.tests.tmdb_server import StandIn, standing_in


class Clock:
    """Time as a test gives it; who sleeps moves it on."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch, clock: Clock, tmp_path: Any) -> Iterator[StandIn]:
    """TMDB, set up: the stand-in of it."""
    cache.clear()
    monkeypatch.setattr(tmdb, "BREAKER", Breaker("tmdb", clock=clock))
    monkeypatch.setattr(tmdb, "PICTURE_BREAKER", Breaker("tmdb-pictures", clock=clock))
    monkeypatch.setattr(tmdb, "PACE", Pace("tmdb", clock=clock, sleep=clock.sleep))
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.TMDB_API_KEY = "0123456789abcdef0123456789abcdef"
    settings.TMDB_IMAGES = True
    with standing_in() as stand_in:
        settings.TMDB_API_URL = f"{stand_in.url}/3"
        settings.TMDB_IMAGE_URL = f"{stand_in.url}/t/p"
        yield stand_in
    cache.clear()


@pytest.fixture
def nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """No app above the catalogue hears of merges, so that figures that a test has made up stay as it made them."""
    for signal in (movie_merged, movie_unmerged):
        monkeypatch.setattr(signal, "receivers", [])
