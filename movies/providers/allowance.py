"""How much strangers may make us ask an outside service: so often an hour each, and so many at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.conf import settings
from django.core.cache import cache

from watchly.common.actor import current_actor

_HOUR = 3600
# All callers together: what a flood of addresses may cause in a minute.
_MOST_A_MINUTE = 120
# Of the threads that serve requests at most half wait for somebody else, so that those that need nobody go on.
_AT_ONCE = BoundedSemaphore(max(1, settings.BLOCKING_THREADS // 2))


def _count(key: str, seconds: int) -> int | None:
    """How often this was counted within its time; None without a cache."""
    cache.add(key, 0, timeout=seconds)
    try:
        counted: int | None = cache.incr(key)
    except ValueError:
        return None
    return counted


def _allowed() -> bool:
    """Counts one call of whoever acts. Without a cache nobody counts, and nobody may."""
    actor = current_actor()
    caller = f"user:{actor.user_id}" if actor.user_id is not None else f"address:{actor.address}"
    own = _count(f"provider:{caller}", _HOUR)
    if own is None or own > settings.TMDB_CALLS_AN_HOUR:
        return False
    everybody = _count("provider:everybody", 60)
    return everybody is not None and everybody <= _MOST_A_MINUTE


@contextmanager
def turn() -> Iterator[bool]:
    """Whether who acts may make us ask now; while the block runs it is one of the few at once."""
    if not _AT_ONCE.acquire(blocking=False):
        yield False
        return
    try:
        yield _allowed()
    finally:
        _AT_ONCE.release()
