"""Servers for one run of the tests: quick instead of safe, and gone afterwards."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from watchly.processes.embedded import EmbeddedServers, servers_of
from watchly.processes.errors import EmbeddedServerError
from watchly.processes.locks import FileLock

_ALL = ("DATABASE_URL", "REDIS_URL")
_YOUNG_SECONDS = 60.0  # a folder younger than this may be one that is just being set up
_IN_USE = "in-use.lock"  # held as long as somebody may come back to the folder, with servers running or without
DATABASES = 64  # of the cache: some for each process of a parallel run


class ThrowAwayServers:
    """A data folder of its own with the servers that provide `names`, until `remove`."""

    def __init__(self, names: Sequence[str]) -> None:
        self.data_folder = Path(tempfile.mkdtemp(prefix=_prefix()))
        self._servers: EmbeddedServers | None = None
        self._in_use = FileLock(self.data_folder / _IN_USE)
        try:
            self._in_use.try_exclusive()
            if os.geteuid() == 0:
                self.data_folder.chmod(0o711)  # so that `nobody` reaches what is its own inside
            if names:
                self._servers = servers_of(self.data_folder, names, durable=False, databases=DATABASES)
                self._servers.join()
        except BaseException:
            self.remove()
            raise

    @property
    def variables(self) -> dict[str, str]:
        """What to put into the environment."""
        found = {server.variable: server.url for server in self._servers.servers} if self._servers else {}
        return {**found, "WATCHLY_DATA": str(self.data_folder)}

    def leave(self) -> None:
        """Stop the servers; what they wrote stays."""
        if self._servers is not None:
            self._servers.leave()

    def remove(self) -> None:
        """Stop the servers and delete all they wrote."""
        try:
            self.leave()
            if self._servers is not None:
                self._servers.stop()  # a test may have left a user behind
        finally:
            _delete(self.data_folder, self._servers)
            self._in_use.release()


def sweep() -> None:
    """Remove what killed runs left behind: folders of ours whose lock nobody holds, and their servers."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_prefix()}*"):
        with contextlib.suppress(OSError, EmbeddedServerError):
            found = folder.lstat()
            if found.st_uid == os.geteuid() and time.time() - found.st_mtime > _YOUNG_SECONDS:
                _sweep_folder(folder)


def _sweep_folder(folder: Path) -> None:
    with FileLock(folder / _IN_USE) as in_use:
        if not in_use.try_exclusive():
            return
        users = folder / "run" / "users.lock"
        if not users.exists():
            _delete(folder, None)
            return
        with FileLock(users) as lock:
            if lock.try_exclusive():
                servers = servers_of(folder, _ALL, durable=False)
                servers.stop()
                _delete(folder, servers)


def _delete(folder: Path, servers: EmbeddedServers | None) -> None:
    for server in servers.servers if servers else ():
        for elsewhere in (server.home.sockets, server.home.folder):
            if not elsewhere.is_relative_to(folder):
                shutil.rmtree(elsewhere, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _prefix() -> str:
    return f"watchly-tests-{os.geteuid()}-"
