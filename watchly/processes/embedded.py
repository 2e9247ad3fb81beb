"""The embedded servers of a data folder, shared by every command that runs on it. Imports no Django: it runs before.

Every user of the servers holds `run/users.lock` shared; who starts or stops them holds `run/start.lock` alone. The last
user out, who gets users.lock alone, stops the servers. The kernel releases the locks of a killed user, so the next one
finds the truth, whatever happened.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from watchly import env
from watchly.processes.claim import claimed_data_folder
from watchly.processes.errors import EmbeddedServerError
from watchly.processes.folders import open_run_folder
from watchly.processes.home import find_home
from watchly.processes.locks import FileLock
from watchly.processes.postgres import PostgresServer
from watchly.processes.server import EmbeddedServer, never, say
from watchly.processes.valkey import ValkeyServer

__all__ = ["EmbeddedServerError", "EmbeddedServers", "current", "embedded_servers"]

# Commands that never talk to a database. Settings still want two URLs that could be one: these lead nowhere.
_WITHOUT_SERVERS = frozenset(
    {"help", "version", "makemessages", "compilemessages", "startapp", "startproject", "collectstatic", "findstatic"}
)
_NOWHERE = {"DATABASE_URL": "postgresql://watchly@/watchly?host=/nonexistent", "REDIS_URL": "unix:///nonexistent?db=0"}
_START_SECONDS = 600.0  # to wait for whoever starts or stops the servers: recovery after a crash may take minutes

_current: EmbeddedServers | None = None


class EmbeddedServers:
    """The servers that one data folder provides, and our part in using them."""

    def __init__(self, run_folder: Path, servers: Sequence[EmbeddedServer]) -> None:
        self.servers = tuple(servers)
        self._start_lock_path = run_folder / "start.lock"
        self._users_lock_path = run_folder / "users.lock"
        self._use = FileLock(self._users_lock_path)

    def join(self) -> None:
        """Become a user: have every server answer, starting those that do not. Leaves again when that fails."""
        try:
            with self._start_lock():
                if not self._use.try_shared():  # it is only ever taken alone under the start lock
                    raise EmbeddedServerError(f"{self._users_lock_path} is locked by a program that is not Watchly.")
                for server in self.servers:
                    server.start()
        except BaseException:
            self.leave()
            raise

    def heal(self, cancelled: Callable[[], bool] = never) -> list[str]:
        """Start what died since; the names of the servers started."""
        if not any(server.needs_start() for server in self.servers):
            return []
        with self._start_lock():
            return [server.name for server in self.servers if server.needs_start() and server.start(cancelled)]

    def leave(self) -> None:
        """Stop being a user; stops the servers when there is no other."""
        if not self._start_lock_path.exists() and self._use.held:
            self._use.release()
            self.stop()  # the data folder was deleted under us: nobody else can find the servers any more
            return
        with self._start_lock():
            self._use.release()
            with FileLock(self._users_lock_path) as everyone:
                if everyone.try_exclusive():
                    self.stop()

    def stop(self) -> None:
        """Stop the servers, whoever uses them."""
        for server in reversed(self.servers):
            server.stop()

    def _start_lock(self) -> FileLock:
        lock = FileLock(self._start_lock_path)
        lock.wait_exclusive(
            seconds=_START_SECONDS,
            on_wait=lambda: say("waiting for another process that starts or stops the servers..."),
        )
        return lock


def current() -> EmbeddedServers | None:
    """The servers that this process uses; None when it uses servers of somebody else's (DATABASE_URL and REDIS_URL)."""
    return _current


@contextmanager
def embedded_servers(arguments: Sequence[str] | None = None) -> Iterator[None]:
    """Provide what DATABASE_URL and REDIS_URL do not name for the time of a manage.py command (`arguments`: sys.argv).

    `up` first makes sure that it is alone and its port free. Raises EmbeddedServerError and ConfigurationError.
    """
    arguments = sys.argv if arguments is None else arguments
    missing = [name for name in _NOWHERE if env.text(name) is None]
    if not _uses_database(arguments):
        with _environment({name: _NOWHERE[name] for name in missing}):
            yield
        return
    with ExitStack() as stack:
        if arguments[1] == "up":
            stack.enter_context(_quiet_interrupts())
            stack.enter_context(claimed_data_folder())
        if missing:
            stack.enter_context(_exit_on_signals())
            stack.enter_context(_provided(missing))
        yield


def servers_of(
    data_folder: Path, names: Sequence[str], *, durable: bool = True, databases: int = 16
) -> EmbeddedServers:
    """The servers of a data folder that provide the environment variables `names`, not yet joined."""
    run_folder = open_run_folder(data_folder)
    with FileLock(run_folder / "home.lock") as lock:  # two first commands at once must find one home
        lock.wait_exclusive(seconds=_START_SECONDS)
        home = find_home(data_folder)
    servers: list[EmbeddedServer] = [
        PostgresServer(home, durable=durable),
        ValkeyServer(home, databases=databases),
    ]
    return EmbeddedServers(run_folder, [server for server in servers if server.variable in names])


@contextmanager
def _provided(names: Sequence[str]) -> Iterator[None]:
    global _current
    servers = servers_of(env.data_folder(), names)
    servers.join()
    try:
        with _environment({server.variable: server.url for server in servers.servers}):
            _current = servers
            yield
    finally:
        _current = None
        servers.leave()


def _uses_database(arguments: Sequence[str]) -> bool:
    if len(arguments) < 2 or arguments[1] in _WITHOUT_SERVERS:  # `manage.py` alone lists the commands
        return False
    return not {"--help", "-h", "--version"} & set(arguments[1:])


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _exit_on_signals() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into SystemExit, so that the servers are left in order; unless another handles them."""

    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    taken = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def _quiet_interrupts() -> Iterator[None]:
    """For `up`: a Ctrl-C or SIGTERM at any point, also before or after the supervisor's own watch, is a proper end."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        raise SystemExit(0) from None
    finally:
        signal.signal(signal.SIGTERM, before)
