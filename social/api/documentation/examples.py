"""Somebody saw Heat at the Nuart, late, with a friend."""

from __future__ import annotations

from typing import Any

from movies.api.documentation.examples import MOVIE

_CARD = (
    "id", "slug", "title", "original_title", "year", "release_date", "runtime", "genres", "directors", "poster_url",
    "imdb_id", "tmdb_id", "release_status", "rating_average", "rating_count",
)  # fmt: skip
MOVIE_CARD: dict[str, Any] = {**{name: MOVIE[name] for name in _CARD}, "state": "published"}

_SAID: dict[str, Any] = {
    "status": "watched",
    "status_changed_at": "2026-02-08T06:10:00.000000Z",
    "stars": 4.5,
    "rated_at": "2026-02-08T06:10:00.000000Z",
    "favorite": True,
    "favorited_at": "2026-02-08T06:11:30.000000Z",
    "tags": ["heists", "with Ada"],
    "note": "The coffee scene.",
    "visibility": "public",
    "plays_count": 2,
    "last_watched_at": "2026-02-08T05:45:00.000000Z",
    "revision": 318,
    "created_at": "2026-01-05T09:30:00.000000Z",
    "updated_at": "2026-02-08T06:11:30.000000Z",
}
ME: dict[str, Any] = {"movie_id": 949, **_SAID}
ENTRY: dict[str, Any] = {"movie": MOVIE_CARD, **_SAID}
PLAY: dict[str, Any] = {
    "id": 4711,
    "movie": MOVIE_CARD,
    "watched_at": "2026-02-08T05:45:00.000000Z",
    "watched_on": "2026-02-07",
    "precision": "exact",
    "stars": 4.5,
    "rewatch": True,
    "note": "A 35 mm print.",
    "place": "Nuart, Los Angeles",
    "companions": [{"id": 12, "username": "ada"}],
    "visibility": "public",
    "source": "api",
    "source_key": None,
    "revision": 317,
    "created_at": "2026-02-08T06:10:00.000000Z",
    "updated_at": "2026-02-08T06:10:00.000000Z",
}
PLAY_INPUT: dict[str, Any] = {
    "watched_at": "2026-02-07T21:45:00-08:00",
    "stars": 4.5,
    "note": "A 35 mm print.",
    "place": "Nuart, Los Angeles",
}


def stream(row: dict[str, Any]) -> dict[str, Any]:
    """A page of a stream with one row."""
    return {"next": None, "previous": None, "results": [row]}
