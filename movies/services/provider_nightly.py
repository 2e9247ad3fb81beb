"""The nightly work with TMDB: what changed there is read anew, and so is what grows old.

Nothing is noted down but when each film was read: of a day that is over, those films are read that changed on it and
were not read since. So a night that was missed, or broke off, is made up for by the next, for as long as TMDB tells (14
days).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import structlog
from django.core.cache import cache
from django.db.models import Exists, OuterRef
from django.utils import timezone

from movies.models import Movie, ProviderRecord
from movies.providers import tmdb
from movies.services.provider import TMDB, fetch_movie
from movies.services.provider_pictures import request_pictures
from watchly.common.actor import acting
from watchly.common.errors import NotFound, ProviderUnavailable, WatchlyError

log = structlog.get_logger(__name__)

DAYS_TOLD = 14
# Its terms let what it says be kept for six months: what has a month left of that is read anew.
OLDEST = timedelta(days=150)
MOST_OLD = 20_000  # films of one night
_BATCH = 500
_HELD = (Movie.State.PUBLISHED, Movie.State.DRAFT)
# A film may fail by itself; after so many in a row it is the service.
_MOST_FAILURES = 5


@dataclass(slots=True)
class Night:
    """What a night's work came to."""

    read: int = 0
    stale: int = 0
    refused: int = 0
    failed: int = 0
    _in_a_row: int = 0

    def take(self, tmdb_id: int) -> None:
        """Reads one film anew. Raises ProviderUnavailable when one after the other fails."""
        try:
            fetch_movie(tmdb_id=tmdb_id, seconds=tmdb.PATIENT)
        except NotFound:
            self.stale += 1
        except ProviderUnavailable:
            self.failed += 1
            self._in_a_row += 1
            if self._in_a_row >= _MOST_FAILURES:
                raise
            return
        except WatchlyError as refused:
            log.info("provider_film_refused", tmdb_id=tmdb_id, code=refused.code)
            self.refused += 1
        else:
            self.read += 1
        self._in_a_row = 0


Progress = Callable[[Night], None]


def refresh_provider(*, today: date | None = None, progress: Progress | None = None) -> Night:
    """Reads anew what changed at TMDB on the days that are over, then what was read five months ago or longer.

    Before, it defers the pictures that files told of.
    Raises Conflict without a key, and ProviderUnavailable when TMDB does not answer; what was read until then stays.
    """
    tmdb.check_enabled()
    request_pictures()
    night = Night()
    with acting(via="provider"):
        for tmdb_id in _due(today or timezone.now().date(), night):
            night.take(tmdb_id)
            if progress:
                progress(night)
    return night


def _due(today: date, night: Night) -> Iterator[int]:
    for back in range(DAYS_TOLD, 0, -1):
        day = today - timedelta(days=back)
        name = f"tmdb:day-done:{day}"
        if cache.get(name):
            continue
        failed = night.failed
        yield from _changed_on(day)
        if night.failed == failed:
            cache.set(name, 1, timeout=DAYS_TOLD * 86_400)
    yield from _old()


def _changed_on(day: date) -> Iterator[int]:
    """Films that are held, changed on a day, and were not read since it was over."""
    over = datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)
    batch: list[int] = []
    for tmdb_id in tmdb.changed(day, day + timedelta(days=1), seconds=tmdb.PATIENT):
        batch.append(tmdb_id)
        if len(batch) >= _BATCH:
            yield from _unread(batch, over)
            batch = []
    yield from _unread(batch, over)


def _unread(tmdb_ids: Iterable[int], since: datetime) -> list[int]:
    read = ProviderRecord.objects.filter(movie=OuterRef("pk"), provider=TMDB, fetched_at__gte=since)
    held = Movie.objects.filter(tmdb_id__in=set(tmdb_ids), state__in=_HELD).exclude(Exists(read))
    return [number for number in held.order_by("tmdb_id").values_list("tmdb_id", flat=True) if number is not None]


def _old() -> list[int]:
    records = ProviderRecord.objects.filter(provider=TMDB, fetched_at__lt=timezone.now() - OLDEST)
    return list(records.order_by("fetched_at").values_list("external_id", flat=True)[:MOST_OLD])
