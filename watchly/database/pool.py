"""A pool of database connections that answers at once while the database is away.

psycopg_pool connects in background threads that wait longer after each failure, so a request finds out by a time-out
that the database is gone, and minutes may pass until it finds out that the database is back. Here the thread that needs
a connection makes it: a refusal is an error at once. After a refusal one thread at a time tries again, twice a second,
and the others fail without trying, so that a host that does not answer at all cannot occupy every thread.
"""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Callable, Mapping
from threading import BoundedSemaphore, Lock
from time import monotonic
from typing import Any, Final

import psycopg
from psycopg.pq import TransactionStatus

RETRY_SECONDS: Final = 0.5
CHECK_AFTER_SECONDS: Final = 30.0  # a connection idle for longer is asked whether it works
HURRY_SECONDS: Final = 5.0
HURRIED_LOCK_TIMEOUT: Final = "250ms"


class PoolTimeoutError(psycopg.OperationalError):
    """Every connection of the pool was in use for as long as a request may wait."""


class PooledConnection(psycopg.Connection[Any]):
    """A connection that knows when it was made and last returned, on the clock of `time.monotonic`."""

    _pool: Pool | None  # type: ignore[assignment]  # where Django looks for what lent it
    made = 0.0
    returned = 0.0
    hurried = False

    def is_usable(self) -> bool:
        """Whether the server still holds the other end.

        A server that ends a session says so, and an idle connection receives nothing else: no round trip is needed.
        """
        if self.closed or select.select([self.fileno()], [], [], 0)[0]:
            return False
        if monotonic() - self.returned > CHECK_AFTER_SECONDS:
            try:
                self.execute("")
            except psycopg.Error:
                return False
        return True


class Pool:
    """At most `max_size` connections. `getconn` and `putconn` are what Django's backend calls.

    Raises PoolTimeoutError after `timeout` seconds without a free connection. Connections are closed when they are
    older than `max_lifetime` or were idle for `max_idle` seconds.
    """

    def __init__(
        self,
        parameters: Mapping[str, Any],
        configure: Callable[[PooledConnection], object],
        *,
        max_size: int,
        timeout: float,
        max_lifetime: float,
        max_idle: float,
    ) -> None:
        self._parameters = {**parameters, "autocommit": True}  # Django sets its own mode afterwards
        self._configure = configure
        self._timeout, self._max_lifetime, self._max_idle = timeout, max_lifetime, max_idle
        self._free = BoundedSemaphore(max_size)
        self._lock = Lock()
        self._idle: deque[PooledConnection] = deque()
        self._failure: str | None = None
        self._retry_at = 0.0
        self._hurry_until = 0.0

    def open(self) -> None:
        """Does nothing: a pool connects when it is asked for a connection."""

    def getconn(self) -> PooledConnection:
        """Lend a connection. Raises psycopg.OperationalError when there is none."""
        if not self._free.acquire(timeout=self._timeout):
            raise PoolTimeoutError(f"No database connection became free within {self._timeout:g} s.")
        try:
            connection = self._reuse() or self._connect()
            self._set_patience(connection)
        except BaseException:
            self._free.release()
            raise
        connection._pool = self
        return connection

    def putconn(self, connection: PooledConnection) -> None:
        """Take a connection back, roll back what it left open, and close it if it is broken."""
        connection._pool = None
        try:
            if connection.pgconn.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
                connection.rollback()
            if connection.pgconn.transaction_status == TransactionStatus.IDLE:
                if not connection.autocommit:
                    connection.autocommit = True
                connection.returned = monotonic()
                with self._lock:
                    self._idle.append(connection)
            else:
                connection.close()
        except psycopg.Error:
            connection.close()
        finally:
            self._free.release()

    def hurry(self) -> None:
        """Let requests wait for locks for a moment only, for some seconds: one has just waited in vain.

        Otherwise a table that is locked for long would occupy every thread, and requests for other tables wait too.
        """
        self._hurry_until = monotonic() + HURRY_SECONDS

    def close(self) -> None:
        """Close the idle connections; those that are lent return to a pool that nobody uses."""
        with self._lock:
            idle, self._idle = list(self._idle), deque()
        for connection in idle:
            connection.close()

    def _reuse(self) -> PooledConnection | None:
        now = monotonic()
        while True:
            with self._lock:
                # Those that nobody needed for long are at the left end.
                old = self._idle.popleft() if self._idle and now - self._idle[0].returned > self._max_idle else None
                found = None if old else (self._idle.pop() if self._idle else None)
            if old is not None:
                old.close()
            elif found is None:
                return None
            elif now - found.made < self._max_lifetime and found.is_usable():
                return found
            else:
                found.close()

    def _connect(self) -> PooledConnection:
        with self._lock:
            if self._failure is not None:
                if monotonic() < self._retry_at:
                    raise psycopg.OperationalError(self._failure)
                self._retry_at = float("inf")  # this thread tries, the others fail until it knows
        try:
            connection = PooledConnection.connect(**self._parameters)
            self._configure(connection)
        except BaseException as error:
            with self._lock:
                self._failure = str(error) or type(error).__name__
                self._retry_at = monotonic() + RETRY_SECONDS
            raise
        self._failure = None
        connection.made = connection.returned = monotonic()
        return connection

    def _set_patience(self, connection: PooledConnection) -> None:
        if (hurried := monotonic() < self._hurry_until) != connection.hurried:
            connection.execute(f"SET lock_timeout = '{HURRIED_LOCK_TIMEOUT}'" if hurried else "RESET lock_timeout")
            connection.hurried = hurried
