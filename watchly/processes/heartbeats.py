"""Notices web processes that hang, by the beats that they no longer send, and kills them: granian starts them again."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from time import monotonic
from typing import Final

import psutil

from watchly.processes.server import is_living, signal_all

SILENT_SECONDS: Final = 15.0
_MOST_DATAGRAMS = 1000  # read at a time: anybody on this machine may send some


class Heartbeats:
    """Listens on the loopback. Only descendants of the given process are watched, whoever else sends."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(("127.0.0.1", 0))
        self._heard: dict[int, float] = {}
        self._looked = monotonic()

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to know to beat."""
        return {"WATCHLY_HEARTBEAT_PORT": str(self._socket.getsockname()[1])}

    def look(self, parent: int | None) -> None:
        """Take note of what was heard, and kill descendants of `parent` that have been silent for 15 s. Never waits."""
        now = monotonic()
        if now - self._looked > SILENT_SECONDS / 3:  # it was us who slept
            self._heard = dict.fromkeys(self._heard, now)
        self._looked = now
        for number in self._numbers():
            self._heard[number] = now
        silent = {number for number, heard in self._heard.items() if now - heard > SILENT_SECONDS}
        if not silent:
            return
        for number in silent:
            del self._heard[number]
        hanging = [process for process in _descendants(parent) if process.pid in silent and is_living(process)]
        for process in hanging:
            self._tell(f"web process {process.pid} has not responded for {SILENT_SECONDS:.0f} s; killing it.")
        signal_all(hanging, signal.SIGKILL)

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()

    def _numbers(self) -> set[int]:
        found = set()
        for _ in range(_MOST_DATAGRAMS):
            try:
                content = self._socket.recv(32)
            except OSError:
                break
            if content.isdigit():
                found.add(int(content))
        return found


def _descendants(parent: int | None) -> list[psutil.Process]:
    try:
        return psutil.Process(parent).children(recursive=True) if parent is not None else []
    except psutil.Error:
        return []
