"""How fast a service is called: at most so often in a second, and not at all while it asks for a pause.

Counted by all processes together through the cache; without the cache by each for itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.core.cache import cache

LONGEST_PAUSE = 300  # seconds; a service that asks for more is asked again after that


class Hurried(Exception):
    """It would take longer than the caller has: try again after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Not before {retry_after} seconds from now.")
        self.retry_after = retry_after


class Pace:
    """Lets calls through one by one."""

    def __init__(
        self, name: str, *, clock: Callable[[], float] = time.time, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.clock, self.sleep = clock, sleep
        self._name, self._paused = name, f"{name}:paused-until"
        self._second, self._calls, self._own_pause = 0, 0, 0.0

    def wait(self, *, rate: int, patience: float) -> None:
        """Returns when a call may be made: at once, or up to `patience` seconds later. Raises Hurried."""
        latest = self.clock() + patience
        while True:
            now = self.clock()
            again = self._pause()
            if again <= now:
                if self._take(int(now)) <= rate:
                    return
                again = int(now) + 1.0
            if again > latest:
                raise Hurried(max(1, round(again - now)))
            self.sleep(again - now)

    def pause(self, seconds: float) -> None:
        """Nobody calls for so long: the service has asked for it."""
        self._own_pause = self.clock() + min(max(seconds, 1.0), LONGEST_PAUSE)
        cache.set(self._paused, self._own_pause, timeout=LONGEST_PAUSE)

    def _pause(self) -> float:
        shared: float | None = cache.get(self._paused)
        return max(self._own_pause, shared or 0.0)

    def _take(self, second: int) -> int:
        """Which call of this second this is."""
        if second != self._second:
            self._second, self._calls = second, 0
        self._calls += 1
        key = f"{self._name}:{second}"
        cache.add(key, 0, timeout=5)
        try:
            shared: int | None = cache.incr(key)
        except ValueError:
            shared = None
        return max(shared or 0, self._calls)
