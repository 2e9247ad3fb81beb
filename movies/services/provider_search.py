"""Search through: of a search that finds nothing here TMDB is asked, and what it knows is in the catalogue from then.

Only such a search ever waits, for two seconds at most, and whoever searches causes so many calls an hour and no more.
"""

from __future__ import annotations

import re
import time
from hashlib import blake2b
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from movies.importers.record import Record, Refused, Unwanted
from movies.importers.tmdb import record_of
from movies.models import Movie
from movies.providers import tmdb
from movies.providers.allowance import turn
from movies.search.normalise import title_key
from movies.services.movies import survivor_of
from movies.services.provider import load
from watchly.common.actor import acting
from watchly.common.errors import ProviderUnavailable

MOST_FOUND = 10
_REMEMBERED = 24 * 3600  # seconds that the answer to a query is kept, an empty one too
_ASKING = 10  # seconds in which a query that is being asked, or failed, is not asked again
_SHORTEST, _LONGEST = 2, 200  # characters of a query
_YEARED = re.compile(r"(?P<title>.*\S)\s+\(?(?P<year>(?:18|19|20)[0-9]{2})\)?")


def search_through(*, query: str) -> list[int]:
    """Ids of published movies that TMDB finds for a query, the likeliest first; those that were missing are made.

    For a query that nothing here is known for. Never raises: without a key, beyond the caller's allowance, or while
    TMDB does not answer, nothing is found.
    """
    key = title_key(query[:_LONGEST])
    if not tmdb.enabled() or len(key) < _SHORTEST:
        return []
    name = f"tmdb:search:{blake2b(key.encode(), digest_size=16).hexdigest()}"
    known: list[int] | None = cache.get(name)
    if known is None:
        known = _ask(name, query[:_LONGEST])
    return _published(known)


def _ask(name: str, query: str) -> list[int]:
    """TMDB's ids for a query, asked by one caller at a time."""
    with turn() as allowed:
        # Without a cache `add` says nothing, and nobody asks: nothing would remember that it was.
        if not allowed or not cache.add(f"{name}:asking", 1, timeout=_ASKING):
            return []
        try:
            found = _search(query)
        except ProviderUnavailable:
            return []
        ids = _make(found[:MOST_FOUND])
    cache.set(name, ids, timeout=_REMEMBERED)
    return ids


def _search(query: str) -> list[dict[str, Any]]:
    """What TMDB finds for the title and year that a query may hold, else for all of it."""
    until = time.monotonic() + tmdb.BRISK
    yeared = _YEARED.fullmatch(" ".join(query.split()))
    if yeared and int(yeared["year"]) <= timezone.now().year + 10:
        found = tmdb.search(yeared["title"], year=int(yeared["year"]), seconds=tmdb.BRISK)
        if found:
            return found
    left = until - time.monotonic()
    return tmdb.search(" ".join(query.split()), year=None, seconds=left) if left > 0 else []


def _make(found: list[dict[str, Any]]) -> list[int]:
    """Makes stubs of films that are not held, and has them completed; TMDB's ids of all, in order."""
    from movies.tasks import fetch_from_provider  # the job calls services

    records: dict[int, Record] = {}
    for row in found:
        if row.get("video") is True:
            continue
        try:
            record = record_of(row, timezone.now().year)
        except (Refused, Unwanted):
            continue
        records.setdefault(record.tmdb_id or 0, record)
    held = set(Movie.objects.filter(tmdb_id__in=records).values_list("tmdb_id", flat=True))
    new = [number for number in records if number not in held]
    if new:
        with acting(via="provider"), transaction.atomic():
            refused = {found.row.record.tmdb_id for found in load([records[number] for number in new]).refused}
            for number in new:
                if number not in refused:
                    fetch_from_provider.enqueue(tmdb_id=number)
    return list(records)


def _published(tmdb_ids: list[int]) -> list[int]:
    """The movies of these ids that everybody sees, in their order."""
    if not tmdb_ids:
        return []
    rows = dict(Movie.objects.filter(tmdb_id__in=tmdb_ids).values_list("tmdb_id", "pk"))
    ids = dict.fromkeys(survivor_of(movie_id=rows[number]) for number in tmdb_ids if number in rows)
    shown = set(Movie.objects.published().filter(pk__in=ids).values_list("pk", flat=True))
    return [number for number in ids if number in shown]
