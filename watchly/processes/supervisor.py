"""Keeps programs and embedded servers running until it is told to stop, then stops them in order. One thread."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

from watchly.processes.children import FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS, Child, Program
from watchly.processes.embedded import EmbeddedServers
from watchly.processes.errors import EmbeddedServerError, StartCancelledError
from watchly.processes.heartbeats import Heartbeats
from watchly.processes.server import say

_TICK_SECONDS = 0.1
_PROBE_SECONDS = 1.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """Runs `programs`, in this order, over the embedded `servers` (None: somebody else's).

    `is_ready` is asked until it says yes, then `on_ready` is called, once. `heartbeats` are those of the first program.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        servers: EmbeddedServers | None = None,
        heartbeats: Heartbeats | None = None,
        is_ready: Callable[[], bool] = lambda: True,
        on_ready: Callable[[], None] = lambda: None,
        tell: Callable[[str], None] = say,
    ) -> None:
        self._children = [Child(program, tell) for program in programs]
        self._servers = servers
        self._heartbeats = heartbeats
        self._is_ready = is_ready
        self._on_ready = on_ready
        self._tell = tell
        self._signals_received = 0
        self._probe_at = 0.0
        self._probe_delay = FIRST_DELAY_SECONDS

    def run(self) -> None:
        """Work until SIGINT, SIGTERM or SIGHUP; a second one hurries the stop. Who joined the servers leaves them."""
        with self._watched_signals():
            try:
                self._work()
            finally:
                self._tell("stopping...")
                for child in self._children:
                    child.stop(self._hurried)

    def _work(self) -> None:
        ready = False
        while not self._stopping():
            self._probe_servers()
            for child in self._children:
                if not self._stopping():
                    child.tick()
            if self._heartbeats is not None:
                self._heartbeats.look(self._children[0].pid)
            _reap_as_first_process({child.pid for child in self._children})
            if not ready and not self._stopping() and self._is_ready():
                ready = True
                with suppress(OSError):  # where standard output is a file on a full disk
                    self._on_ready()
            time.sleep(_TICK_SECONDS)

    def _probe_servers(self) -> None:
        if self._servers is None or time.monotonic() < self._probe_at:
            return
        try:
            started = self._servers.heal(self._stopping)
        except StartCancelledError:
            return
        except (EmbeddedServerError, OSError) as error:  # an OSError: a disk that is full, which may end by itself
            self._tell(f"{error}\nTrying again in {self._probe_delay:.0f} s.")
            self._probe_at = time.monotonic() + self._probe_delay
            self._probe_delay = min(self._probe_delay * 2, LONGEST_DELAY_SECONDS)
            return
        for name in started:
            self._tell(f"{name} had ended and was started again.")
        self._probe_at = time.monotonic() + _PROBE_SECONDS
        self._probe_delay = FIRST_DELAY_SECONDS

    def _stopping(self) -> bool:
        return self._signals_received > 0

    def _hurried(self) -> bool:
        return self._signals_received > 1

    @contextmanager
    def _watched_signals(self) -> Iterator[None]:
        """Count signals instead of being torn out of the middle of something by one."""

        def count(_number: int, _frame: FrameType | None) -> None:
            self._signals_received += 1

        before = {number: signal.getsignal(number) for number in _SIGNALS}
        for number in _SIGNALS:
            # A hang-up that is ignored is meant (nohup). An ignored interrupt is only what a shell without job control
            # gives to all it starts in the background, and whoever sends one still means it.
            if number != signal.SIGHUP or before[number] is not signal.SIG_IGN:
                signal.signal(number, count)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _reap_as_first_process(known: set[int | None]) -> None:
    """As process 1 of a container, reap what others left to us (a server that died, say); Popen reaps its own."""
    if os.getpid() != 1 or sys.platform != "linux":
        return
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None or ended.si_pid in known:
            return
        os.waitpid(ended.si_pid, 0)
