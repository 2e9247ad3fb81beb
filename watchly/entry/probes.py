"""/livez and /readyz, answered on the event loop: whatever the threads do, and to any Host."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any

import psycopg
from django.core.cache import cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from watchly.entry.answers import Answer

Checked = tuple[int, dict[str, str]]

_READY_SECONDS = 0.5  # for the database's answer
_WAIT_SECONDS = 1.0  # until a check that hangs counts as failed
_FRESH_SECONDS = 0.25  # probes that come in a crowd share one check

_UNAVAILABLE = {"status": "unavailable", "database": "does not answer"}


class Probes:
    """The probes by path. A check uses a thread and a database connection of its own, never those of requests."""

    def __init__(self, check: Callable[[], Checked] | None = None) -> None:
        self._check = check or Readiness()
        self._running: Future[Checked] | None = None
        self._fresh_until = 0.0
        self._probes: dict[str, Callable[[], Awaitable[Checked]]] = {"/livez": self._alive, "/readyz": self._ready}

    def get(self, path: str) -> Callable[[str], Awaitable[Answer]] | None:
        """What answers this path, given a method; None for a path that is not a probe."""
        probe = self._probes.get(path)
        if probe is None:
            return None

        async def answer(method: str) -> Answer:
            if method not in ("GET", "HEAD"):
                return _answer(405, {"status": "method not allowed: send GET"}, (b"allow", b"GET, HEAD"))
            return _answer(*await probe())

        return answer

    async def _alive(self) -> Checked:
        return 200, {"status": "alive"}

    async def _ready(self) -> Checked:
        if self._running is None or (self._running.done() and time.monotonic() >= self._fresh_until):
            self._running = Future()
            threading.Thread(target=self._run, args=(self._running,), name="readiness", daemon=True).start()
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self._running)), _WAIT_SECONDS)
        except TimeoutError:
            return 503, _UNAVAILABLE

    def _run(self, outcome: Future[Checked]) -> None:
        try:
            checked = self._check()
        except Exception:
            checked = 503, _UNAVAILABLE
        self._fresh_until = time.monotonic() + _FRESH_SECONDS
        outcome.set_result(checked)


class Readiness:
    """Ready: the database answers within half a second and every migration is applied; degraded without the cache."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection[Any] | None = None
        self._migrated = False  # once seen, it stays so for the life of this process

    def __call__(self) -> Checked:
        try:
            applied = self._applied()
        except psycopg.Error:
            self._close()
            return 503, _UNAVAILABLE
        if not applied:
            return 503, {"status": "unavailable", "database": "migrations are not applied"}
        # django-redis says whether it could set, where Django's interface promises nothing.
        degraded = cache.get("readyz") is None and not cache.set("readyz", 1, timeout=60)  # type: ignore[func-returns-value]
        return 200, {
            "status": "degraded" if degraded else "ready",
            "cache": "does not answer" if degraded else "ok",
        }

    def _applied(self) -> bool:
        if self._connection is None or self._connection.closed:
            parameters = connection.get_connection_params()
            for name in ("pool", "context", "cursor_factory", "prepare_threshold"):
                parameters.pop(name, None)
            self._connection = psycopg.connect(**parameters, autocommit=True)
            self._connection.execute(f"SET statement_timeout = {round(_READY_SECONDS * 1000)}")
        if self._migrated:
            self._connection.execute("SELECT 1")
        else:
            known = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations or ())
            rows = self._connection.execute("SELECT app, name FROM django_migrations").fetchall()
            self._migrated = known <= set(rows)
        return self._migrated

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _answer(status: int, body: dict[str, str], *more: tuple[bytes, bytes]) -> Answer:
    headers = [
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", b"default-src 'none'"),
        (b"x-content-type-options", b"nosniff"),
        *more,
    ]
    return Answer(status, headers, json.dumps(body).encode())
