"""What a failure of the database or of a disk means to a caller: one of our errors, whose code says which."""

from __future__ import annotations

import errno
import shutil

import psycopg
import structlog
from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connections
from psycopg import errors as postgres

from watchly.common.errors import LockTimeout, PoolTimeout, StatementTimeout, StorageFull, Unavailable, WatchlyError
from watchly.database.base import DatabaseWrapper
from watchly.database.pool import PoolTimeoutError

log = structlog.get_logger(__name__)

# The first that fits counts. A server that became a read-only replica, or ended a transaction that sat idle, raises
# what psycopg files under internal errors.
_MEANINGS: tuple[tuple[tuple[type[psycopg.Error], ...], type[WatchlyError]], ...] = (
    ((PoolTimeoutError,), PoolTimeout),
    ((postgres.LockNotAvailable, postgres.DeadlockDetected, postgres.SerializationFailure), LockTimeout),
    ((postgres.QueryCanceled,), StatementTimeout),
    ((postgres.DiskFull,), StorageFull),
    ((psycopg.OperationalError, psycopg.InterfaceError), Unavailable),
    ((postgres.ReadOnlySqlTransaction, postgres.IdleInTransactionSessionTimeout), Unavailable),
)
_FULL = (errno.ENOSPC, errno.EDQUOT)
_ROOM_BYTES = 2**20


def refusal(exception: BaseException | None) -> WatchlyError | None:
    """What to answer instead of `exception`, which is logged; None when it is a fault of the program.

    Takes Django's database errors, psycopg's own (a COPY raises those) and a full disk.
    """
    meaning = _meaning(exception)
    if meaning is None:
        return None
    log.error(
        "outage",
        code=meaning.default_code,
        reason=str(exception).strip(),
        # A statement that takes too long is in our code; for the rest a line per request is enough.
        exc_info=exception if meaning is StatementTimeout else None,
    )
    if meaning is LockTimeout:
        _hurry()
    return meaning()


def _meaning(exception: BaseException | None) -> type[WatchlyError] | None:
    if isinstance(exception, OSError) and exception.errno in _FULL:
        return StorageFull
    if not isinstance(exception, Error | psycopg.Error):
        return None
    cause = exception if isinstance(exception, psycopg.Error) else exception.__cause__
    meaning = next((meaning for kinds, meaning in _MEANINGS if isinstance(cause, kinds)), _undescribed(exception))
    # A server that cannot write its log ends, and then only that it is away can be seen of it.
    return StorageFull if meaning is Unavailable and _disk_of_the_database_is_full() else meaning


def _undescribed(exception: BaseException) -> type[WatchlyError] | None:
    """Django raises some of its own, such as for a connection that was closed."""
    return Unavailable if isinstance(exception, OperationalError | InterfaceError) else None


def _disk_of_the_database_is_full() -> bool:
    """Whether the embedded database, which a socket's folder as the host tells, has no room on its disk."""
    host = str(settings.DATABASES["default"].get("HOST") or "")
    try:
        return host.startswith("/") and shutil.disk_usage(host).free < _ROOM_BYTES
    except OSError:
        return False


def _hurry() -> None:
    connection = connections["default"]
    if isinstance(connection, DatabaseWrapper) and connection.pool is not None:
        connection.pool.hurry()
