"""Tells the supervisor that this web process lives, by datagrams on the loopback: they need no disk and never wait.

The processes of granian share one listening socket, so a request cannot ask a certain one of them.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from typing import Final

BEAT_SECONDS: Final = 1.0


class Heartbeat:
    """Beats once a second, as long as the event loop answers; from its start until a loop is known, in any case."""

    def __init__(self, port: int) -> None:
        self._address = ("127.0.0.1", port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pause = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name="heartbeat", daemon=True).start()

    def follow(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on this loop beats: one that hangs no longer does."""
        self._loop = loop

    def beat(self) -> None:
        """Send one datagram: the process number. One that is lost is made up for by the next."""
        try:
            self._socket.sendto(str(os.getpid()).encode(), self._address)
        except OSError:
            return

    def _run(self) -> None:
        while not self._pause.wait(BEAT_SECONDS):
            loop = self._loop
            if loop is None:
                self.beat()
                continue
            try:
                loop.call_soon_threadsafe(self.beat)
            except RuntimeError:  # the loop has ended, and the process is about to
                return


def heartbeat() -> Heartbeat | None:
    """The heartbeat of this process, started; None without a supervisor that listens."""
    port = os.environ.get("WATCHLY_HEARTBEAT_PORT", "")
    if not port.isdecimal():
        return None
    made = Heartbeat(int(port))
    made.start()
    return made
