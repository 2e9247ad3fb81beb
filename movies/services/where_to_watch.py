"""Where a film can be watched, by country, as JustWatch tells TMDB."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from movies.models import Movie, ProviderRecord
from movies.providers import tmdb
from movies.providers.allowance import turn
from movies.services.provider import OFFER_KINDS, TMDB, refresh_movie
from watchly.common.errors import WatchlyError

FRESH = timedelta(days=1)
_TRIED = 3600  # seconds in which a film that could not be read is not tried again


def where_to_watch(*, movie_id: int, country: str) -> dict[str, Any]:
    """The offers for a movie in a country (ISO 3166-1), with whom to name for them. What is not known is empty.

    Offers that are older than a day are read anew, as far as that takes two seconds a call and the
    caller's allowance lasts.
    """
    record = _record(movie_id)
    read = record.fetched_at if record is not None else None
    if (read is None or read < timezone.now() - FRESH) and _read_anew(movie_id):
        record = _record(movie_id)
    place: dict[str, Any] = record.offers.get(country, {}) if record is not None else {}
    offers = {
        kind: [{"id": offer["id"], "name": offer["name"]} for offer in place.get(kind, ())] for kind in OFFER_KINDS
    }
    return {
        "movie": movie_id,
        "country": country,
        "link": place.get("link"),
        **offers,
        "fetched_at": record.fetched_at if record is not None else None,
        "attribution": tmdb.OFFERS_BY,
        "notice": tmdb.NOTICE,
    }


def _record(movie_id: int) -> ProviderRecord | None:
    return ProviderRecord.objects.filter(movie=movie_id, provider=TMDB).first()


def _read_anew(movie_id: int) -> bool:
    """Whether the film was read again."""
    if not tmdb.enabled() or not Movie.objects.filter(pk=movie_id).exclude(tmdb_id=None, imdb_id=None).exists():
        return False
    with turn() as allowed:
        if not allowed or not cache.add(f"tmdb:tried:{movie_id}", 1, timeout=_TRIED):
            return False
        try:
            refresh_movie(movie_id=movie_id, seconds=tmdb.BRISK)
        except WatchlyError:
            return False
    cache.delete(f"tmdb:tried:{movie_id}")
    return True
