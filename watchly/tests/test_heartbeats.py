"""A web process that hangs is noticed by its silence, and a full disk ends no supervisor."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from watchly.common.errors import StorageFull, Unavailable
from watchly.common.outages import refusal
from watchly.entry import heartbeat
from watchly.entry.heartbeat import Heartbeat
from watchly.processes import folders, heartbeats, server
from watchly.processes.folders import write_whole
from watchly.processes.heartbeats import SILENT_SECONDS, Heartbeats
from watchly.processes.supervisor import Supervisor


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(heartbeats, "monotonic", made)
    return made


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.wait()


def beat(listening: Heartbeats, number: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(str(number).encode(), ("127.0.0.1", int(listening.environment["WATCHLY_HEARTBEAT_PORT"])))


def pass_time(clock: Clock, listening: Heartbeats, parent: int) -> None:
    for _ in range(int(SILENT_SECONDS) + 1):
        clock.now += 1
        listening.look(parent)


def test_a_web_process_that_falls_silent_is_killed(clock: Clock, child: subprocess.Popen[bytes]) -> None:
    said: list[str] = []
    listening = Heartbeats(said.append)
    os.kill(child.pid, signal.SIGSTOP)  # SIGTERM would not reach it any more
    beat(listening, child.pid)
    listening.look(os.getpid())
    assert child.poll() is None
    pass_time(clock, listening, os.getpid())
    assert child.wait(10) == -signal.SIGKILL
    assert said == [f"web process {child.pid} has not responded for 15 s; killing it."]


def test_only_descendants_of_the_web_server_are_killed(clock: Clock, child: subprocess.Popen[bytes]) -> None:
    listening = Heartbeats(print)
    beat(listening, child.pid)
    listening.look(child.pid)
    pass_time(clock, listening, child.pid)
    assert child.poll() is None


def test_a_supervisor_that_slept_gives_everyone_time(clock: Clock, child: subprocess.Popen[bytes]) -> None:
    listening = Heartbeats(print)
    beat(listening, child.pid)
    listening.look(os.getpid())
    clock.now += 3600
    listening.look(os.getpid())
    assert child.poll() is None


def test_a_process_beats_as_long_as_its_event_loop_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.01)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(10)
        beating = Heartbeat(receiver.getsockname()[1])
        beating.start()
        assert receiver.recv(32) == str(os.getpid()).encode()  # before any loop is known

        async def serve() -> None:
            beating.follow(asyncio.get_running_loop())
            asked = threading.Event()
            monkeypatch.setattr(beating, "beat", asked.set)
            await asyncio.to_thread(asked.wait, 10)
            assert asked.is_set()

        asyncio.run(serve())


class FullDisk:
    """Embedded servers whose restart writes a file, on a disk that has room at the third attempt."""

    def __init__(self) -> None:
        self.attempts = 0

    def heal(self, cancelled: Any) -> list[str]:
        self.attempts += 1
        if self.attempts < 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return ["PostgreSQL"]


def test_a_full_disk_ends_no_supervisor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchly.processes.supervisor.FIRST_DELAY_SECONDS", 0.0)
    said: list[str] = []
    servers: Any = FullDisk()

    def stop() -> bool:
        supervisor._signals_received = int(servers.attempts == 3)
        return False

    supervisor = Supervisor((), servers=servers, is_ready=stop, tell=said.append)
    supervisor._probe_delay = 0.0
    supervisor.run()
    assert [line for line in said if "No space left" in line]
    assert "PostgreSQL had ended and was started again." in said


def test_a_log_that_cannot_be_written_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def write(self, text: str) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(sys, "stderr", Full())
    server.say("anything")


def test_a_file_that_says_it_already_is_not_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "postgres.conf"
    write_whole(path, "a", mode=0o644)
    written = path.stat()

    def full(*args: Any, **kwargs: Any) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(folders.os, "fsync", full)
    write_whole(path, "a", mode=0o644)
    assert path.stat().st_ino == written.st_ino
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, "b", mode=0o644)
    assert path.read_text() == "a"


@pytest.mark.parametrize(("free", "meaning"), [(0, StorageFull), (2**30, Unavailable)])
def test_a_database_that_its_full_disk_ended_is_not_said_to_be_away(
    free: int, meaning: type[Exception], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    monkeypatch.setitem(settings.DATABASES["default"], "HOST", "/sockets")
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": free}))
    assert type(refusal(OperationalError("no such file"))) is meaning
