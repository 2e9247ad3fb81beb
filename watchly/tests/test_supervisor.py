"""The supervisor: restarts what ends, stops in order. With tiny programs, and once with all of Watchly."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from watchly.env import BASE_DIR, ConfigurationError
from watchly.processes import claim
from watchly.processes.claim import Address, check_port_is_free, claimed_data_folder, end_orphans, marker
from watchly.processes.errors import EmbeddedServerError
from watchly.processes.throw_away import ThrowAwayServers
from watchly.tests.embedded_commands import wait_for

pytestmark = pytest.mark.slow

_DEADLINE_SECONDS = 60.0
# Programs for the supervisor: each writes down what happens to it.
_STEADY = """
import os, signal, sys, time
def note(what): open(sys.argv[2], "a").write(f"{sys.argv[1]} {what} {os.getpid()}\\n")
def end(*_): note("ends"); sys.exit(0)
signal.signal(signal.SIGTERM, end)
note("starts")
while True: time.sleep(0.02)
"""
_STUBBORN = _STEADY.replace("signal.signal(signal.SIGTERM, end)", "signal.signal(signal.SIGTERM, signal.SIG_IGN)")
_ENDING = _STEADY.replace("while True: time.sleep(0.02)", "")
_PARENT = _STEADY.replace(
    'note("starts")',
    "import subprocess; child = subprocess.Popen(['/bin/sleep', '600']); note('starts'); note(f'child={child.pid}')",
)
# A test run that was itself started by nohup hands SIG_IGN on, which the supervisor would rightly keep.
_SUPERVISE = """
import json, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from pathlib import Path
from watchly.processes import children
from watchly.processes.children import Program
from watchly.processes.supervisor import Supervisor
children.FIRST_DELAY_SECONDS = 0.05
programs = [Program(name, (sys.executable, "-c", source, name, sys.argv[2]), Path("/"), {}, 20.0)
            for name, source in json.loads(sys.argv[1])]
Supervisor(programs).run()
"""


class Supervised:
    """A supervisor in a process of its own, over programs that keep a journal."""

    def __init__(self, folder: Path, **programs: str) -> None:
        self._journal = folder / "journal"
        self.process = subprocess.Popen(  # noqa: S603  our own interpreter
            [sys.executable, "-c", _SUPERVISE, json.dumps(list(programs.items())), str(self._journal)],
            env=os.environ | {"PYTHONPATH": str(BASE_DIR)},
            stderr=subprocess.PIPE,
            text=True,
        )

    def events(self, what: str) -> list[tuple[str, int]]:
        """(program, process number) of everything noted as `what`, in order."""
        lines = self._journal.read_text().splitlines() if self._journal.exists() else []
        parts = [line.split() for line in lines if len(line.split()) == 3]
        return [(name, int(number)) for name, event, number in parts if event == what]

    def notes(self) -> str:
        return self._journal.read_text()

    def end(self) -> tuple[int, str]:
        _, said = self.process.communicate(timeout=_DEADLINE_SECONDS)
        return self.process.returncode, said


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[..., Supervised]]:
    made: list[Supervised] = []

    def start(**programs: str) -> Supervised:
        made.append(Supervised(tmp_path, **programs))
        return made[-1]

    yield start
    for supervised in made:
        supervised.process.kill()
        supervised.process.communicate()
        for _, number in supervised.events("starts"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(number, signal.SIGKILL)


def _lives(number: int) -> bool:
    try:
        return bool(psutil.Process(number).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_stops_everything_in_order(supervise: Callable[..., Supervised], number: signal.Signals) -> None:
    supervised = supervise(web=_STEADY, worker=_STEADY)
    wait_for(lambda: len(supervised.events("starts")) == 2, "both run")
    supervised.process.send_signal(number)
    assert supervised.end()[0] == 0
    assert [name for name, _ in supervised.events("ends")] == ["web", "worker"]
    assert not any(_lives(pid) for _, pid in supervised.events("starts"))


def test_program_is_started_again_however_it_ends(supervise: Callable[..., Supervised]) -> None:
    supervised = supervise(brief=_ENDING, steady=_STEADY)
    wait_for(
        lambda: [name for name, _ in supervised.events("starts")].count("brief") >= 3,
        "exit code 0 is no reason to rest",
    )
    steady = dict(supervised.events("starts"))["steady"]
    os.kill(steady, signal.SIGKILL)
    wait_for(lambda: dict(supervised.events("starts"))["steady"] != steady, "the killed one is back")
    supervised.process.send_signal(signal.SIGINT)
    _, said = supervised.end()
    assert "brief ended (exit code 0); starting it again" in said
    assert "steady ended (killed by SIGKILL); starting it again" in said


def test_second_signal_hurries(supervise: Callable[..., Supervised]) -> None:
    supervised = supervise(stubborn=_STUBBORN)
    wait_for(lambda: supervised.events("starts"), "it runs")
    supervised.process.send_signal(signal.SIGINT)
    assert supervised.process.stderr is not None
    assert "stopping" in supervised.process.stderr.readline()
    began = time.monotonic()
    supervised.process.send_signal(signal.SIGINT)
    assert supervised.end()[0] == 0
    assert time.monotonic() - began < 10  # it would have had 20 s
    assert not _lives(supervised.events("starts")[0][1])


def test_what_a_killed_program_leaves_in_its_group_is_killed(supervise: Callable[..., Supervised]) -> None:
    supervised = supervise(parent=_PARENT)
    wait_for(lambda: "child=" in (supervised.notes() if supervised.events("starts") else ""), "it has a child")
    child = int(supervised.notes().split("child=")[1].split()[0])
    os.kill(supervised.events("starts")[0][1], signal.SIGKILL)
    wait_for(lambda: not _lives(child), "the child is gone")
    supervised.process.send_signal(signal.SIGINT)
    assert supervised.end()[0] == 0


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_programs_end_with_a_killed_supervisor(supervise: Callable[..., Supervised]) -> None:
    supervised = supervise(web=_STEADY, worker=_STEADY)
    wait_for(lambda: len(supervised.events("starts")) == 2, "both run")
    supervised.process.kill()
    wait_for(lambda: len(supervised.events("ends")) == 2, "both end")


def test_orphans_are_known_by_their_environment(tmp_path: Path) -> None:
    ours, others = tmp_path / "ours", tmp_path / "others"
    command = ["/bin/sleep", "600"]
    orphan = subprocess.Popen(command, env=marker(ours), start_new_session=True)  # noqa: S603
    stranger = subprocess.Popen(command, env=marker(others), start_new_session=True)  # noqa: S603
    try:
        end_orphans(ours)
        assert orphan.wait(_DEADLINE_SECONDS) == -signal.SIGTERM
        assert stranger.poll() is None
    finally:
        for process in (orphan, stranger):
            process.kill()
            process.wait()


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_one_up_per_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_port: int) -> None:
    monkeypatch.setenv("WATCHLY_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PORT", str(free_port))
    with claimed_data_folder() as address:
        assert claim.claimed_address() == address
        expected = f"Already running on .*: process {os.getpid()} at http://127.0.0.1:{free_port}"
        with pytest.raises(EmbeddedServerError, match=expected), claimed_data_folder():
            pass
    assert claim.claimed_address() is None
    with claimed_data_folder():
        pass


@pytest.mark.parametrize("listener", ["127.0.0.1", "0.0.0.0"])  # noqa: S104  that is the point
def test_port_of_another_program_is_said_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listener: str) -> None:
    with socket.socket() as other:
        other.bind((listener, 0))
        other.listen()
        monkeypatch.setenv("WATCHLY_DATA", str(tmp_path / "data"))
        monkeypatch.setenv("PORT", str(other.getsockname()[1]))
        with pytest.raises(EmbeddedServerError, match="in use by another program"), claimed_data_folder():
            pass


def test_host_that_is_not_ours_is_a_wrong_setting() -> None:
    with pytest.raises(ConfigurationError, match=r"HOST='192\.0\.2\.1' cannot be listened on"):
        check_port_is_free(Address("192.0.2.1", 8000))


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:80"), ("0.0.0.0", "http://127.0.0.1:80"), ("::", "http://[::1]:80")],  # noqa: S104
)
def test_address_for_people_can_be_opened(host: str, url: str) -> None:
    assert Address(host, 80).url == url


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _members(data_folder: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(claim.MARKER) == str(data_folder) or process.cwd().startswith(str(data_folder)):
                found.append(process)
    return found


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """One with an empty database and stopped servers."""
    servers = ThrowAwayServers(["DATABASE_URL", "REDIS_URL"])
    servers.leave()
    yield servers.data_folder
    servers.remove()


def test_all_of_watchly_survives_a_kill_and_stops_with_ctrl_c(
    data_folder: Path, tmp_path: Path, free_port: int, request: pytest.FixtureRequest
) -> None:
    log = tmp_path / "log"
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment |= {
        "WATCHLY_DATA": str(data_folder),
        "PORT": str(free_port),
        "WEB_WORKERS": "1",
        "WATCHLY_CATALOGUE": "0",
    }

    def up() -> subprocess.Popen[bytes]:
        with log.open("ab") as out:
            process = subprocess.Popen(  # noqa: S603  our own interpreter
                [sys.executable, str(BASE_DIR / "manage.py"), "up"],
                env=environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd="/",
            )
        request.addfinalizer(process.kill)
        return process

    def await_answers(process: subprocess.Popen[bytes]) -> None:
        wait_for(lambda: _answers(free_port) or process.poll() is not None, f"ready: {log.read_text()}")
        assert process.poll() is None, log.read_text()

    first = up()
    await_answers(first)
    second = up()
    assert second.wait(_DEADLINE_SECONDS) == 1
    assert f"Already running on {data_folder}: process {first.pid}" in log.read_text()
    first.kill()
    for process in _members(data_folder):  # granian, its workers, the worker, PostgreSQL, Valkey
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    first.wait()
    wait_for(lambda: not _answers(free_port), "nobody answers")

    third = up()
    await_answers(third)
    third.send_signal(signal.SIGINT)
    assert third.wait(_DEADLINE_SECONDS) == 0, log.read_text()
    assert _members(data_folder) == []
