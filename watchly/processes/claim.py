"""One `manage.py up` per data folder: it holds the folder, and what an earlier one left behind is ended first."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from watchly import env
from watchly.processes.errors import EmbeddedServerError
from watchly.processes.folders import open_run_folder, write_whole
from watchly.processes.locks import FileLock
from watchly.processes.server import await_end, say, signal_all

# In the environment of everything that a supervisor starts: the data folder it works for.
MARKER = "WATCHLY_SUPERVISED"
_GRACE_SECONDS = 3.0

_claimed: Address | None = None


@dataclass(frozen=True)
class Address:
    """Where the web process listens."""

    host: str
    port: int

    @property
    def reachable_host(self) -> str:
        """The host to ask from this machine: one that listens everywhere is asked on the loopback."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self.host, self.host)  # noqa: S104  read, not bound

    @property
    def is_loopback(self) -> bool:
        """Whether it is reached from this machine alone."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.")

    @property
    def url(self) -> str:
        """The home page, without a final slash."""
        host = self.reachable_host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def web_address() -> Address:
    """HOST (default 127.0.0.1: this machine alone) and PORT (default 8000)."""
    return Address(env.text("HOST", "127.0.0.1") or "127.0.0.1", env.integer("PORT", 8000, at_least=1, at_most=65535))


def marker(data_folder: Path) -> dict[str, str]:
    """What marks a process as started by the supervisor of this data folder."""
    return {MARKER: os.path.realpath(data_folder)}


def claimed_address() -> Address | None:
    """The address of the `up` that this process is; None in any other process."""
    return _claimed


@contextmanager
def claimed_data_folder() -> Iterator[Address]:
    """Hold the data folder as its only `up`, with the port known to be free.

    Raises EmbeddedServerError when another `up` runs on this folder or another program uses the port.
    """
    global _claimed
    address = web_address()
    data_folder = env.data_folder()
    run_folder = open_run_folder(data_folder)
    record = run_folder / "up.json"
    with ExitStack() as stack, FileLock(run_folder / "up.lock") as lock:
        if not lock.try_exclusive():
            raise EmbeddedServerError(f"Already running on {data_folder}{_described(record)}.")
        end_orphans(data_folder)
        stack.enter_context(held_address(address))
        check_port_is_free(address)
        write_whole(record, json.dumps({"pid": os.getpid(), "url": address.url}))
        _claimed = address
        try:
            yield address
        finally:
            _claimed = None
            record.unlink(missing_ok=True)


@contextmanager
def held_address(address: Address) -> Iterator[None]:
    """Hold the address against another Watchly that starts at the same time on another data folder.

    granian listens with SO_REUSEPORT: two servers on one port both start, and the kernel hands out their connections in
    turn. The lock is a file in the machine's folder for temporary files, which an end of any kind releases.
    Raises EmbeddedServerError when it is held.
    """
    digest = hashlib.sha256(f"{address.host} {address.port}".encode()).hexdigest()[:16]
    path = Path(tempfile.gettempdir()) / f"watchly-address-{digest}.lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    except OSError:  # another user's file: that user's Watchly is found by its open port
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise EmbeddedServerError(
            f"Another Watchly is starting or running on port {address.port} of {address.host}. "
            "End it, or choose a port: PORT=8001 make run."
        ) from error
    try:
        yield
    finally:
        os.close(descriptor)


def end_orphans(data_folder: Path) -> None:
    """End processes whose supervisor was killed; called while we hold the folder, so none of them has a living one.

    A process is known by its environment, never by its number: that may be another program's by now.
    """
    wanted = marker(data_folder)[MARKER]
    ourselves = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    orphans = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid not in ourselves and process.environ().get(MARKER) == wanted:
                orphans.append(process)
    if not orphans:
        return
    say(f"ending {len(orphans)} process(es) that a killed `up` left behind.")
    signal_all(orphans, signal.SIGTERM)
    signal_all(remaining := await_end(orphans, _GRACE_SECONDS), signal.SIGKILL)
    if stuck := await_end(remaining, _GRACE_SECONDS):
        numbers = ", ".join(str(process.pid) for process in stuck)
        raise EmbeddedServerError(f"Processes of an earlier `up` cannot be ended: {numbers}.")


def check_port_is_free(address: Address) -> None:
    """Raise EmbeddedServerError for an address in use, ConfigurationError for one that cannot be listened on at all."""
    try:
        family, kind, protocol, _, target = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that linger do not count
            probe.bind(target)
        # macOS lets one listen on 127.0.0.1 beside another that listens everywhere.
        with contextlib.suppress(ConnectionError, TimeoutError):
            socket.create_connection((address.reachable_host, address.port), timeout=1).close()
            raise _in_use(address)
    except socket.gaierror as error:
        raise env.ConfigurationError(
            f"HOST={address.host!r} is not an address of this machine: {error.strerror}."
        ) from error
    except PermissionError as error:
        raise env.ConfigurationError(f"PORT={address.port} is not allowed to this user: use one above 1023.") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise _in_use(address) from error
        raise env.ConfigurationError(f"HOST={address.host!r} cannot be listened on: {error.strerror}.") from error


def _in_use(address: Address) -> EmbeddedServerError:
    return EmbeddedServerError(
        f"Port {address.port} on {address.host} is in use by another program. "
        "End that, or choose a port: PORT=8001 make run."
    )


def _described(record: Path) -> str:
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
        return f": process {found['pid']} at {found['url']}"
    except (OSError, ValueError, KeyError):
        return " (it is just starting or stopping)"
