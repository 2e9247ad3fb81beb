"""Valkey 9 from the wheel: a cache that may be lost at any time, on a Unix socket, with a password."""

from __future__ import annotations

import signal
import socket
import stat
from pathlib import Path
from urllib.parse import quote

import psutil

from watchly.processes.folders import kept_password, private_folder, write_whole
from watchly.processes.home import Home
from watchly.processes.programs import VALKEY, program_for
from watchly.processes.server import EmbeddedServer, await_end, signal_all

_STOP_SECONDS = 10.0
_ASK_SECONDS = 1.0


class ValkeyServer(EmbeddedServer):
    """The embedded Valkey; holds at most 64 MB and writes nothing to disk."""

    name = "Valkey"
    variable = "REDIS_URL"
    program_name = "valkey-server"
    start_seconds = 10.0

    def __init__(self, home: Home, *, databases: int = 16) -> None:
        super().__init__(home)
        self._databases = databases

    @property
    def url(self) -> str:
        """A URL for redis-py."""
        return f"unix://:{self._password()}@{quote(str(self.socket))}?db=0"

    @property
    def folder(self) -> Path:
        """Its working folder; empty but for the log of its start."""
        return self.home.folder / "valkey"

    @property
    def socket(self) -> Path:
        """Its Unix socket; it has no other."""
        return self.home.sockets / "valkey.sock"

    @property
    def first_log(self) -> Path:
        """All that it says: warnings only."""
        return self.folder / "start.log"

    def answers(self) -> bool:
        """Sign in and ask for a PONG."""
        try:
            if not stat.S_ISSOCK(self.socket.stat().st_mode):
                return False
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(_ASK_SECONDS)
                connection.connect(str(self.socket))
                connection.sendall(f"AUTH {self._password()}\r\nPING\r\n".encode())
                with connection.makefile("rb") as answer:
                    return answer.readline() == b"+OK\r\n" and answer.readline() == b"+PONG\r\n"
        except OSError:
            return False

    def command(self) -> list[str]:
        """`valkey-server` with a settings file: a password among the arguments would be seen by every user."""
        program = program_for(VALKEY, self.home.account)
        private_folder(self.folder, self.home.account)
        settings = self.home.folder / "valkey.conf"
        write_whole(settings, self._settings(), account=self.home.account)
        return [str(program), str(settings)]

    def main_process(self) -> psutil.Process | None:
        """Valkey is one process."""
        return next(iter(self.processes()), None)

    def clear_stale_files(self) -> None:
        """A socket file that nobody listens on; Valkey would replace it itself, but clients could meet it meanwhile."""
        self.socket.unlink(missing_ok=True)

    def stop_main(self, process: psutil.Process) -> None:
        """There is nothing to save, so one that hangs is killed."""
        signal_all([process], signal.SIGTERM)
        if await_end([process], _STOP_SECONDS):
            self.give_up_on(process)

    def give_up_on(self, main: psutil.Process) -> None:
        """Kill a Valkey that hangs: it holds nothing that is not elsewhere."""
        signal_all([main], signal.SIGKILL)
        await_end([main], _STOP_SECONDS)

    def _settings(self) -> str:
        lines = [
            "# Written by Watchly at each start (watchly/processes/valkey.py).",
            "port 0",
            f"unixsocket {_quoted(str(self.socket))}",
            "unixsocketperm 700",
            f"requirepass {self._password()}",
            f"dir {_quoted(str(self.folder))}",
            f"databases {self._databases}",
            "maxmemory 64mb",
            "maxmemory-policy allkeys-lfu",
            'save ""',
            "appendonly no",
            "daemonize no",
            "loglevel warning",
        ]
        return "\n".join([*lines, ""])

    def _password(self) -> str:
        return kept_password(self.home.data_folder / "valkey_password")


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
