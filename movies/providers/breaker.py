"""A breaker: a service that fails again and again is left alone for a while, then tried by one caller at a time.

Its state is shared by all processes through the cache; without the cache each process has its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.core.cache import cache

_REMEMBERED = 3600  # seconds that the cache keeps the state after its last change
_TRYING = 15  # seconds after which a caller who tried and was never heard of again is replaced


class Open(Exception):
    """Not now: try again after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Left alone for another {retry_after} seconds.")
        self.retry_after = retry_after


class Breaker:
    """Opens after so many failures in a row, for so many seconds."""

    def __init__(
        self, name: str, *, failures: int = 5, seconds: int = 60, clock: Callable[[], float] = time.time
    ) -> None:
        self.failures, self.seconds, self.clock = failures, seconds, clock
        self._count, self._until, self._trying = f"{name}:failures", f"{name}:open-until", f"{name}:trying"
        self._own_failures, self._own_until, self._own_trying = 0, 0.0, 0.0

    def check(self) -> None:
        """Raises Open while nobody may call, or while another tries whether it is well again."""
        until = self._open_until()
        if until == 0:
            return
        now = self.clock()
        if now < until:
            raise Open(max(1, round(until - now)))
        first = cache.add(self._trying, 1, timeout=_TRYING)
        if first is None:  # there is no cache
            first = now >= self._own_trying
        if not first:
            raise Open(1)
        self._own_trying = now + _TRYING

    def succeeded(self) -> None:
        """An answer came, whatever it says."""
        self._own_failures, self._own_until, self._own_trying = 0, 0.0, 0.0
        cache.delete_many([self._count, self._until, self._trying])

    def failed(self) -> None:
        """None came."""
        self._own_failures += 1
        try:
            shared = cache.incr(self._count)
        except ValueError:
            cache.set(self._count, 1, timeout=_REMEMBERED)
            shared = 1
        if self._open_until() or max(shared or 0, self._own_failures) >= self.failures:
            self._own_until = self.clock() + self.seconds
            self._own_trying = 0.0
            cache.set(self._until, self._own_until, timeout=_REMEMBERED)
            cache.delete(self._trying)

    def _open_until(self) -> float:
        """0 when it is closed."""
        shared: float | None = cache.get(self._until)
        return max(self._own_until, shared or 0.0)
