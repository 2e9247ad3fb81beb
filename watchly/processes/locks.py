"""File locks of the kernel (flock): released however their holder ends, kill -9 included."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from watchly.processes.errors import EmbeddedServerError

_POLL_SECONDS = 0.05


class FileLock:
    """One lock on one file. Two instances exclude each other, also inside one process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this instance has the lock, in either way."""
        return self._descriptor is not None

    def try_exclusive(self) -> bool:
        """Take the lock alone, without waiting; False when anybody else holds it in any way."""
        return self._take(fcntl.LOCK_EX)

    def try_shared(self) -> bool:
        """Take the lock together with others who share it; False when one holds it alone."""
        return self._take(fcntl.LOCK_SH)

    def wait_exclusive(self, *, seconds: float, on_wait: Callable[[], None] | None = None) -> None:
        """Take the lock alone within `seconds`; `on_wait` is called once when that is not possible at once.

        Raises EmbeddedServerError when the time is over.
        """
        deadline = time.monotonic() + seconds
        waiting = False
        while not self.try_exclusive():
            if not waiting and on_wait is not None:
                on_wait()
            waiting = True
            if time.monotonic() > deadline:
                raise EmbeddedServerError(f"{self.path} has been locked by another process for {seconds:.0f} s.")
            time.sleep(_POLL_SECONDS)

    def release(self) -> None:
        """Give the lock back. By closing: LOCK_UN would also take it from a forked child that still works."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> FileLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _take(self, mode: int) -> bool:
        descriptor = self._descriptor if self._descriptor is not None else self._open()
        try:
            fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            self._descriptor = None
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES, errno.EINTR):
                return False
            raise EmbeddedServerError(
                f"{self.path} cannot be locked ({error.strerror}): the data folder must be on a local disk. "
                "Set WATCHLY_DATA to one."
            ) from error
        self._descriptor = descriptor
        return True

    def _open(self) -> int:
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise EmbeddedServerError(f"{self.path} cannot be opened: {error.strerror}.") from error
        follow_owner(self.path.parent, descriptor)
        return descriptor


def follow_owner(folder: Path, descriptor: int) -> None:
    """Give a file that root made to the folder's owner: root helping out must not lock the owner out of it later."""
    if os.geteuid() == 0:
        owner = folder.stat()
        if owner.st_uid != os.fstat(descriptor).st_uid:
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
