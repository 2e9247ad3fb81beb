"""The cache: JSON and never pickles, and a breaker, so that a server that hangs slows down a few calls and not all.

Whoever can write to the server could run code in a process that unpickles; JSON gives them data at most.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from threading import Lock
from time import monotonic
from typing import Any, Final

import structlog
from django_redis.cache import RedisCache
from django_redis.exceptions import ConnectionInterrupted
from django_redis.serializers.base import BaseSerializer
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

log = structlog.get_logger(__name__)

FAILURES: Final = 3
PAUSE_SECONDS: Final = 5.0
_AWAY = (RedisConnectionError, RedisTimeoutError, OSError)


class JSONSerializer(BaseSerializer):
    """Stores JSON. What is not JSON cannot be stored (TypeError), and counts as missing where it is read.

    That is what an earlier version of Watchly pickled, or what somebody else wrote.
    """

    def dumps(self, value: Any) -> bytes:
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()

    def loads(self, value: bytes) -> Any:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return None


class Breaker:
    """Opens after three failures in a row; then one call tries every five seconds, and the others fail at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._failures = 0
        self._closed_until_tried = 0.0

    def admit(self) -> bool:
        """Whether this call may try."""
        if self._failures < FAILURES:
            return True
        with self._lock:
            if self._failures >= FAILURES and monotonic() < self._closed_until_tried:
                return False
            self._closed_until_tried = monotonic() + PAUSE_SECONDS
            return True

    def failed(self, error: BaseException) -> None:
        with self._lock:
            self._failures += 1
            self._closed_until_tried = monotonic() + PAUSE_SECONDS
            if self._failures == FAILURES:
                log.warning("cache_unavailable", error=f"{type(error).__name__}: {error}")

    def succeeded(self) -> None:
        if self._failures:
            with self._lock:
                if self._failures >= FAILURES:
                    log.info("cache_available")
                self._failures = 0


class _Guarded:
    """A client whose every call passes the breaker and fails in one way, which RedisCache knows to ignore."""

    def __init__(self, client: Any, breaker: Breaker) -> None:
        self._client, self._breaker = client, breaker

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not callable(found) or name.startswith("_") or name in ("close", "make_key", "get_client"):
            return found
        guarded = self._guard(found)
        setattr(self, name, guarded)
        return guarded

    def _guard(self, method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def call(*args: Any, **kwargs: Any) -> Any:
            if not self._breaker.admit():
                raise ConnectionInterrupted(None) from RedisConnectionError("The cache does not answer.")
            try:
                result = method(*args, **kwargs)
            except ConnectionInterrupted as error:
                self._note(error.__cause__)
                raise
            except RedisError as error:  # what django-redis does not wrap: ttl, touch and others
                self._note(error)
                raise ConnectionInterrupted(None) from error
            self._breaker.succeeded()
            return result

        return call

    def _note(self, error: BaseException | None) -> None:
        if isinstance(error, _AWAY):
            self._breaker.failed(error)
        else:
            self._breaker.succeeded()  # it answers, whatever it says


_breakers: dict[str, Breaker] = {}  # of this process, by server: every thread has a cache object of its own


class Cache(RedisCache[Any]):
    """django-redis behind the breaker of this process."""

    _client: Any

    @property
    def client(self) -> Any:
        if self._client is None:
            self._client = _Guarded(super().client, _breakers.setdefault(str(self._server), Breaker()))
        return self._client
