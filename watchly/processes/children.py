"""A program that the supervisor keeps running."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from watchly.processes.privileges import Identity
from watchly.processes.server import POLL_SECONDS, end_process_group

FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS = 1.0, 30.0
_STEADY_SECONDS = 60.0  # one that ran this long starts again with the first delay

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Program:
    """What to run: a name for people, the command, its environment on top of ours, how long it may take to stop, and
    as whom it runs.
    """

    name: str
    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_seconds: float = 30.0
    identity: Identity | None = None  # None: as we are


class Child:
    """One program, started again whenever it ends, whatever its exit code; later and later while it keeps failing."""

    def __init__(self, program: Program, say: Callable[[str], None]) -> None:
        self.program = program
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._start_at = 0.0
        self._delay = FIRST_DELAY_SECONDS

    @property
    def pid(self) -> int | None:
        """The number of the running process, which is that of its process group too."""
        return self._process.pid if self._process is not None else None

    def tick(self) -> None:
        """Notice that it ended, and start it when it is time to. Never waits. Call it from the main thread.

        (The kernel sends the parent-death signal when the *thread* that started a child ends.)
        """
        if self._process is not None and (code := self._process.poll()) is not None:
            end_process_group(self._process.pid)  # granian's workers outlive a killed granian, and hold its port
            self._process = None
            if time.monotonic() - self._started >= _STEADY_SECONDS:
                self._delay = FIRST_DELAY_SECONDS
            self._say(f"{self.program.name} ended ({_ending(code)}); starting it again in {self._delay:.0f} s.")
            self._start_at = time.monotonic() + self._delay
            self._delay = min(self._delay * 2, LONGEST_DELAY_SECONDS)
        if self._process is None and time.monotonic() >= self._start_at:
            self._start()

    def stop(self, hurried: Callable[[], bool]) -> None:
        """Ask it to end (SIGTERM), wait `stop_seconds` at most and while not `hurried()`, then kill its whole group."""
        if self._process is None:
            return
        process, self._process = self._process, None
        if process.poll() is None:
            process.terminate()
        deadline = time.monotonic() + self.program.stop_seconds
        while process.poll() is None and not hurried():
            if time.monotonic() > deadline:
                self._say(f"{self.program.name} does not stop, killing it.")
                break
            time.sleep(POLL_SECONDS)
        end_process_group(process.pid)
        process.wait()

    def _start(self) -> None:
        self._started = time.monotonic()
        try:
            # A session of its own: the terminal's Ctrl-C reaches the supervisor alone, which stops things in order.
            self._process = subprocess.Popen(  # noqa: S603  the commands are the code's own
                self.program.command,
                cwd=self.program.folder,
                env=os.environ | self.program.environment,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_prepare(os.getpid(), self.program.identity),  # safe: the supervisor has no threads
            )
        except (OSError, subprocess.SubprocessError) as error:
            self._say(f"{self.program.name} cannot be started: {error}. Trying again in {self._delay:.0f} s.")
            self._start_at = time.monotonic() + self._delay
            self._delay = min(self._delay * 2, LONGEST_DELAY_SECONDS)


def _prepare(parent: int, identity: Identity | None) -> Callable[[], None] | None:
    """Give up root, then have the kernel stop a child whose supervisor was killed: a change of user undoes that order.

    (Linux; elsewhere the next start ends it.)
    """
    if _libc is None:
        return identity.assume if identity is not None else None

    def prepare() -> None:
        if identity is not None:
            identity.assume()
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it was killed before we asked
            os._exit(1)

    return prepare


def _ending(code: int) -> str:
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
