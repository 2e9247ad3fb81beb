"""TMDB's API (https://developer.themoviedb.org/reference), as far as the catalogue asks it.

Off without TMDB_API_KEY. A key of 32 digits goes into the query, as that API wants it, a token into a header; neither
is ever logged, nor is an address that holds one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

import structlog
from django.conf import settings

from movies.providers.breaker import Breaker, Open
from movies.providers.exchange import Answer, Failed, fetch
from movies.providers.pace import Hurried, Pace
from watchly.common.errors import Conflict, ProviderUnavailable

log = structlog.get_logger(__name__)

NOTICE: Final = "This product uses the TMDB API but is not endorsed or certified by TMDB."
OFFERS_BY: Final = "JustWatch"
# What an operator who has not set a key misses.
WITHOUT_KEY: Final = (
    "TMDB_API_KEY is not set. A key, free for non-commercial use, brings posters and backdrops, trailers, movies that "
    "are missing here, newer facts, and where a movie can be watched."
)
KEYS_AT: Final = "https://www.themoviedb.org/settings/api"
MOST_BYTES: Final = 4 * 2**20
# Seconds: for somebody who waits for a page, for a curator who asked for a film, for work at night.
BRISK, CALM, PATIENT = 2.0, 5.0, 15.0
_APPENDED = "credits,videos,keywords,release_dates,alternative_titles,external_ids,translations,watch/providers"
_SIZES: Final = {"poster": "w780", "backdrop": "w1280"}
_MOST_PAGES = 500  # of an answer in pages: as far as TMDB gives them
_ATTEMPTS = 3
BREAKER = Breaker("tmdb")
PICTURE_BREAKER = Breaker("tmdb-pictures")  # they come from another server
PACE = Pace("tmdb")


class UnknownThere(Exception):
    """TMDB knows no such thing."""


def enabled() -> bool:
    """Whether this installation has a key."""
    return bool(settings.TMDB_API_KEY)


def check_enabled() -> None:
    """Raises Conflict (`provider_off`) without a key."""
    if not enabled():
        raise Conflict("TMDB is not set up here: an operator sets TMDB_API_KEY.", code="provider_off")


def movie(tmdb_id: int, *, seconds: float) -> dict[str, Any]:
    """All of a film that the catalogue takes. Raises UnknownThere and ProviderUnavailable."""
    return _get(f"/movie/{tmdb_id}", seconds, append_to_response=_APPENDED, language=settings.TMDB_LANGUAGE)


def movie_of_imdb(imdb_id: str, *, seconds: float) -> int:
    """TMDB's id of the film with this IMDb id. Raises UnknownThere and ProviderUnavailable."""
    for found in _rows(_get(f"/find/{imdb_id}", seconds, external_source="imdb_id"), "movie_results"):
        if isinstance(found.get("id"), int):
            return int(found["id"])
    raise UnknownThere


def search(query: str, *, year: int | None, seconds: float) -> list[dict[str, Any]]:
    """Films of a title, the likeliest first, as TMDB's short objects. Raises ProviderUnavailable."""
    wanted: dict[str, Any] = {"query": query, "include_adult": "false", "language": settings.TMDB_LANGUAGE}
    if year is not None:
        wanted["year"] = year
    try:
        return list(_rows(_get("/search/movie", seconds, **wanted), "results"))
    except UnknownThere:
        return []


def changed(day: date, until: date, *, seconds: float) -> Iterator[int]:
    """Ids of films that changed between two days, page by page. Raises ProviderUnavailable."""
    page, pages = 1, 1
    while page <= min(pages, _MOST_PAGES):
        found = _get("/movie/changes", seconds, start_date=day.isoformat(), end_date=until.isoformat(), page=page)
        total = found.get("total_pages")
        pages = total if isinstance(total, int) else 1
        for row in _rows(found, "results"):
            if isinstance(row.get("id"), int) and row.get("adult") is not True:
                yield int(row["id"])
        page += 1


def picture(kind: str, path: str, *, seconds: float) -> bytes:
    """The file of a picture that a film names. Raises UnknownThere and ProviderUnavailable."""
    target = f"/{_SIZES[kind]}{path}"
    answer = _answered(PICTURE_BREAKER, settings.TMDB_IMAGE_URL, target, {}, seconds, settings.UPLOAD_MAX_BYTES)
    PICTURE_BREAKER.succeeded()
    return answer.body


def _rows(found: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    rows = found.get(name)
    return (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else iter(())


def _get(path: str, seconds: float, **query: Any) -> dict[str, Any]:
    key = settings.TMDB_API_KEY or ""
    headers = {"Accept": "application/json", "User-Agent": "Watchly"}
    if "." in key:
        headers["Authorization"] = f"Bearer {key}"
    else:
        query["api_key"] = key
    target = f"{path}?{urlencode(query)}"
    answer = _answered(BREAKER, settings.TMDB_API_URL, target, headers, seconds, MOST_BYTES)
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _failure(BREAKER, "The answer is not a JSON object.")
    BREAKER.succeeded()
    return found


def _answered(
    breaker: Breaker, url: str, target: str, headers: Mapping[str, str], seconds: float, most_bytes: int
) -> Answer:
    """The answer of status 200. Whoever has time waits as long as TMDB asks for, and tries again."""
    attempt = 0
    while True:
        attempt += 1
        try:
            breaker.check()
            # Who is brisk waits for nobody; who works at night has all of it.
            PACE.wait(rate=settings.TMDB_RATE, patience=0.0 if seconds <= BRISK else seconds * 4)
        except (Open, Hurried) as wait:
            raise ProviderUnavailable(retry_after=wait.retry_after) from None
        try:
            answer = fetch(url, target=target, headers=headers, seconds=seconds, most_bytes=most_bytes)
        except Failed as failed:
            raise _failure(breaker, str(failed)) from None
        if answer.status == 200:
            return answer
        if answer.status == 404:
            breaker.succeeded()
            raise UnknownThere
        if answer.status != 429:
            raise _failure(breaker, f"The answer has the status {answer.status}.", status=answer.status)
        breaker.succeeded()
        pause = _pause(answer.headers)
        PACE.pause(pause)
        if seconds < PATIENT or attempt == _ATTEMPTS:
            raise ProviderUnavailable("TMDB asks for a pause.", retry_after=pause)


def _pause(headers: Mapping[str, str]) -> int:
    """Seconds that Retry-After asks for; it may hold a date, which is not worth reading."""
    text = headers.get("retry-after", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 10


def _failure(breaker: Breaker, reason: str, *, status: int | None = None) -> ProviderUnavailable:
    breaker.failed()
    if status in (401, 403):
        log.error("provider_refuses_key", provider="tmdb", status=status)
        return ProviderUnavailable("TMDB does not take the key of this installation.")
    log.warning("provider_failed", provider="tmdb", reason=reason)
    return ProviderUnavailable()
