"""Where root starts Watchly, web and worker run as the account of the servers and can do no more than it needs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts import keyring
from watchly.processes import privileges
from watchly.processes.account import Account
from watchly.processes.claim import Address
from watchly.processes.management.commands.up import programs
from watchly.processes.privileges import CAP_DAC_READ_SEARCH, CAP_NET_BIND_SERVICE, Identity, give, lowered

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="only root can become another user")


def works(attempt: Callable[[], Any]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def report(identity: Identity, path: Path) -> dict[str, Any]:
    """What a process that became `identity` is and can do with the file at `path`."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            identity.assume()
            status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
            found = {
                "ids": [*os.getresuid(), *os.getresgid(), *os.getgroups()],
                "capabilities": [int(status[name], 16) for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb")],
                "no_new_privileges": int(status["NoNewPrivs"]),
                "reads": works(path.read_text),
                "writes": works(lambda: path.write_text("x")),
                "returns": works(lambda: os.setuid(0)),
            }
            os.write(writing, json.dumps(found).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as answer:
        result: dict[str, Any] = json.load(answer)
    return result


@as_root
@pytest.mark.parametrize(
    ("kept", "mask", "reads"),
    [((), 0, False), ((CAP_DAC_READ_SEARCH,), 1 << 2, True), ((CAP_NET_BIND_SERVICE,), 1 << 10, False)],
)
def test_root_is_given_up_for_good(tmp_path: Path, kept: tuple[int, ...], mask: int, reads: bool) -> None:
    path = tmp_path / "secret"
    path.write_text("of root")
    path.chmod(0o600)
    found = report(Identity(NOBODY, NOBODY, kept), path)
    assert found == {
        "ids": [NOBODY] * 6,
        "capabilities": [mask] * 4,
        "no_new_privileges": 1,
        "reads": reads,
        "writes": False,
        "returns": False,
    }


@as_root
def test_files_of_root_are_given_and_nothing_is_reached_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("of root")
    folder = tmp_path / "media"
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "a.webp").write_text("a")
    (folder / "symbolic").symlink_to(outside)
    os.link(outside, folder / "images" / "hard")
    (folder / "images" / "other").write_text("b")
    os.chown(folder / "images" / "other", 12345, 12345)

    give(folder, Account(NOBODY, NOBODY, other=True))

    owners = {path.name: path.lstat().st_uid for path in (folder, *folder.rglob("*"))}
    assert owners == {"media": NOBODY, "images": NOBODY, "a.webp": NOBODY, "symbolic": 0, "hard": 0, "other": 12345}
    assert outside.stat().st_uid == 0


@pytest.mark.parametrize(
    ("outcomes", "kept", "says"),
    [
        ([True], (), None),
        ([False, True], (CAP_DAC_READ_SEARCH,), "may read every file"),
        ([False, False], None, "web and worker run as root"),
    ],
)
def test_what_cannot_be_given_up_is_said(
    monkeypatch: pytest.MonkeyPatch, outcomes: list[bool], kept: tuple[int, ...] | None, says: str | None
) -> None:
    monkeypatch.setattr(privileges, "_give_files", lambda account: [Path("/data/media")])
    monkeypatch.setattr(privileges, "_works", lambda identity, folders: outcomes.pop(0))
    said: list[str] = []
    identity = lowered(Account(NOBODY, NOBODY, other=True), port=8000, tell=said.append)
    assert (identity.capabilities if identity else None) == kept
    assert [line for line in said if says is not None and says in line] == said
    assert bool(said) == (says is not None)


def test_a_low_port_can_still_be_listened_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privileges, "_give_files", lambda account: [])
    monkeypatch.setattr(privileges, "_works", lambda identity, folders: True)
    identity = lowered(Account(NOBODY, NOBODY, other=True), port=80, tell=print)
    assert identity is not None
    assert identity.capabilities == (CAP_NET_BIND_SERVICE,)


def test_who_is_not_root_stays_who_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(privileges, "_give_files")
    assert lowered(Account(os.getuid(), os.getgid(), other=False), port=8000, tell=print) is None


def test_web_and_worker_run_as_the_account() -> None:
    identity = Identity(NOBODY, NOBODY)
    for program in programs(Address("127.0.0.1", 8123), {}, identity):
        assert program.identity == identity
        assert program.environment["HOME"] == program.environment["WATCHLY_DATA"]
    assert all(program.identity is None for program in programs(Address("127.0.0.1", 8123), {}))


@as_root
def test_a_key_that_root_rotates_can_be_read_by_the_web_process(tmp_path: Path) -> None:
    folder = tmp_path / "jwt"
    folder.mkdir(mode=0o700)
    os.chown(folder, NOBODY, NOBODY)
    keyring._make(folder / "signing_key.pem")
    assert (folder / "signing_key.pem").stat().st_uid == NOBODY
