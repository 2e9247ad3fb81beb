"""What the servers have in common: started apart from whoever starts them, known by their folder, stopped for sure."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar

import psutil

from watchly.processes.errors import EmbeddedServerError, StartCancelledError
from watchly.processes.home import Home

POLL_SECONDS = 0.02
_ATTEMPTS = 5
_PATIENCE_SECONDS = 3.0  # a start that takes longer says why we wait
_LAUNCH_SECONDS = 20.0  # until a started program is seen as the server: only a very busy machine comes near
_QUIT_SECONDS = 5.0  # for a process to obey SIGQUIT before SIGKILL

_DELETED = " (deleted)"  # what Linux adds to the working folder of a process when that was deleted under it

# The shell leaves at once, so the server is nobody's child: whoever started it can end without leaving a zombie, which
# PostgreSQL's own check of its pid file would take for a server that lives.
_LAUNCH = 'log=$1; shift; "$@" </dev/null >"$log" 2>&1 & echo $!'


def never() -> bool:
    """A start that nobody cancels."""
    return False


def say(message: str) -> None:
    """A line for the person at the terminal, before and beside Django's own output.

    Standard error may be a file on a disk that is full: what cannot be written must not end the supervisor.
    """
    with contextlib.suppress(OSError):
        sys.stderr.write(f"watchly: {message}\n")
        sys.stderr.flush()


class EmbeddedServer(ABC):
    """One server in one home. Start and stop it under the data folder's start lock only."""

    name: ClassVar[str]
    variable: ClassVar[str]  # the environment variable that carries its URL
    program_name: ClassVar[str]  # as the kernel shows it
    start_seconds: ClassVar[float]  # how long a living server may take until it answers

    def __init__(self, home: Home) -> None:
        self.home = home

    @property
    @abstractmethod
    def url(self) -> str:
        """Where Django connects to, password included."""

    @property
    @abstractmethod
    def folder(self) -> Path:
        """The working folder of the server's processes, and of nobody else's."""

    @property
    @abstractmethod
    def socket(self) -> Path:
        """The Unix socket it listens on."""

    @property
    @abstractmethod
    def first_log(self) -> Path:
        """What the latest start wrote before any log file of the server's own; overwritten by each start."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether clients are served right now; takes at most about two seconds."""

    @abstractmethod
    def command(self) -> list[str]:
        """The program and its arguments; makes the files that it needs."""

    @abstractmethod
    def main_process(self) -> psutil.Process | None:
        """The process that the others belong to, when it lives."""

    @abstractmethod
    def clear_stale_files(self) -> None:
        """Remove what would keep a new server from starting; called when no process of the server lives."""

    @abstractmethod
    def stop_main(self, process: psutil.Process) -> None:
        """Stop a living server in order, within about half a minute."""

    def processes(self) -> list[psutil.Process]:
        """Every living process of this server, also those whose main process was killed."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def needs_start(self) -> bool:
        """Whether the server is gone. One that lives but hangs is left alone, unless nobody can reach its socket."""
        return not self.answers() and (self.main_process() is None or not self.socket.exists())

    def start(self, cancelled: Callable[[], bool] = never) -> bool:
        """Have the server answer; False when it did already.

        Recovers from a server that was killed in any way. Raises EmbeddedServerError with the server's own last words,
        StartCancelledError when `cancelled()` becomes true.
        """
        if self.answers():
            return False
        command = self.command()
        for attempt in range(1, _ATTEMPTS + 1):
            self._await_living_server(cancelled)
            if self.answers():
                return True
            self._end_leftovers()
            self.clear_stale_files()
            self._launch(command)
            if self._await_living_server(cancelled):
                return True
            if attempt < _ATTEMPTS:
                say(f"{self.name} did not start, trying again ({attempt} of {_ATTEMPTS}).")
                self._pause(0.3 * attempt, cancelled)
        raise EmbeddedServerError(f"{self.name} does not start. Its last words:\n{self._last_words()}")

    def stop(self) -> None:
        """End every process of the server, in order if possible and by force if not."""
        main = self.main_process()
        if main is not None:
            try:
                self.stop_main(main)
            except KeyboardInterrupt:
                say(f"stopping {self.name} at once.")
        self._end_leftovers()

    def _await_living_server(self, cancelled: Callable[[], bool]) -> bool:
        """Wait while a server lives but does not answer (it starts, recovers or stops); True when it answers."""
        began = time.monotonic()
        told = False
        while (main := self.main_process()) is not None:
            if self.answers():
                return True
            waited = time.monotonic() - began
            if waited > _PATIENCE_SECONDS:
                if not self.socket.exists():  # its socket was cleared away: nobody can ever reach it
                    self.stop_main(main)
                elif not told:
                    say(f"waiting for {self.name} (process {main.pid}), which is starting or recovering...")
                    told = True
            if waited > self.start_seconds:
                self.give_up_on(main)
            self._pause(POLL_SECONDS, cancelled)
        return False

    def give_up_on(self, main: psutil.Process) -> None:
        """A living server that does not answer for `start_seconds`: leave it to the person, by default."""
        raise EmbeddedServerError(
            f"{self.name} (process {main.pid}) has not answered for {self.start_seconds:.0f} s. "
            f"Look at {self.first_log.parent}, or end that process and try again. Its last words:\n{self._last_words()}"
        )

    def _pause(self, seconds: float, cancelled: Callable[[], bool]) -> None:
        deadline = time.monotonic() + seconds
        while True:
            if cancelled():
                raise StartCancelledError(f"The start of {self.name} was cancelled.")
            if time.monotonic() >= deadline:
                return
            time.sleep(min(POLL_SECONDS, seconds))

    def _launch(self, command: list[str]) -> None:
        launched = self.home.account.run(
            ["/bin/sh", "-c", _LAUNCH, "watchly", str(self.first_log), *command],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        with contextlib.suppress(ValueError, psutil.Error):
            process = psutil.Process(int(launched.stdout))
            # Until it has become the server and written its pid file, or ended.
            deadline = time.monotonic() + _LAUNCH_SECONDS
            while self.main_process() is None and is_living(process) and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS)

    def _end_leftovers(self) -> None:
        """End processes that outlived their main one: they hold the shared memory that a new server needs."""
        leftovers = self.processes()
        for sent in (signal.SIGQUIT, signal.SIGKILL):
            if not leftovers:
                return
            signal_all(leftovers, sent)
            leftovers = await_end(leftovers, _QUIT_SECONDS)
        if leftovers:
            numbers = ", ".join(str(process.pid) for process in leftovers)
            raise EmbeddedServerError(f"Processes of an earlier {self.name} cannot be ended: {numbers}.")

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            ours: bool = (
                process.name().startswith(self.program_name)
                and Path(process.cwd().removesuffix(_DELETED)) == self.folder
                and process.status() != psutil.STATUS_ZOMBIE
            )
            return ours
        except (psutil.Error, OSError):
            return False  # gone, or another user's, which ours never is

    def _last_words(self) -> str:
        try:
            return self.first_log.read_text(encoding="utf-8", errors="replace")[-2000:].strip() or "(none)"
        except OSError as error:
            return f"({self.first_log}: {error.strerror})"


def is_living(process: psutil.Process) -> bool:
    """Whether a process runs; one that ended and waits to be reaped does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def signal_all(processes: Iterable[psutil.Process], number: int) -> None:
    """Send a signal to those that still are what they were (psutil compares the start time)."""
    for process in processes:
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if is_living(process):
                process.send_signal(number)


def await_end(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait until all have ended, at most `seconds`; gives those that have not."""
    living = list(processes)
    deadline = time.monotonic() + seconds
    while living := [process for process in living if is_living(process)]:
        if time.monotonic() > deadline:
            break
        time.sleep(POLL_SECONDS)
    return living


def end_process_group(group: int) -> None:
    """Kill what is left of a process group; nothing if nothing is."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
