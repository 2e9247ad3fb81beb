"""The embedded servers: shared, recovered after every kind of kill, and kept from everybody else."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from watchly.processes.embedded import embedded_servers, servers_of
from watchly.processes.errors import EmbeddedServerError
from watchly.processes.home import POINTER
from watchly.processes.locks import FileLock
from watchly.processes.server import is_living
from watchly.processes.throw_away import ThrowAwayServers, sweep
from watchly.tests.embedded_commands import (
    Command,
    environment_of,
    postmaster_of,
    remove_servers,
    server_processes,
    wait_for,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def shelf() -> Iterator[Path]:
    """A folder that `nobody` can enter, as PostgreSQL runs as that when the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="watchly-shelf-"))
    folder.chmod(0o711)
    yield folder
    for data_folder in folder.rglob("run"):
        if (data_folder / "users.lock").exists():
            remove_servers(data_folder.parent)
    shutil.rmtree(folder)


@pytest.fixture
def data_folder(shelf: Path) -> Path:
    """One that does not exist yet."""
    return shelf / "data"


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A data folder with a database, made once: initdb is most of the time that these tests would take."""
    made = ThrowAwayServers(["DATABASE_URL"])
    made.leave()
    yield made.data_folder
    made.remove()


@pytest.fixture
def used_folder(template: Path, shelf: Path) -> Path:
    """One with a database."""
    subprocess.run(["/bin/cp", "-a", str(template), str(shelf / "used")], check=True)  # noqa: S603
    return shelf / "used"


@pytest.fixture
def without_urls(monkeypatch: pytest.MonkeyPatch, data_folder: Path) -> Path:
    """This process with a data folder of its own and no servers named."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WATCHLY_DATA", str(data_folder))
    return data_folder


def test_users_share_the_servers_and_the_last_one_stops_them(data_folder: Path) -> None:
    first, second = Command(data_folder), Command(data_folder)  # at once: one of them waits for the other's initdb
    first.begin()
    second.begin()
    assert first.database_url == second.database_url
    started = postmaster_of(data_folder)

    assert first.end() == 0
    assert second.execute("SELECT 1") == [(1,)]
    assert redis.Redis.from_url(second.redis_url).ping()
    assert postmaster_of(data_folder) == started

    assert second.end() == 0
    assert server_processes(data_folder) == []


def test_database_is_durable_private_and_ours(data_folder: Path) -> None:
    command = Command(data_folder).begin()
    shown = {
        name: command.execute(f"SHOW {name}")[0][0]
        for name in (
            "fsync",
            "synchronous_commit",
            "data_checksums",
            "listen_addresses",
            "server_encoding",
            "is_superuser",
        )
    }
    assert shown == {
        "fsync": "on",
        "synchronous_commit": "on",
        "data_checksums": "on",
        "listen_addresses": "",
        "server_encoding": "UTF8",
        "is_superuser": "off",
    }
    assert command.execute("SELECT lower('ÀÉŽ'), datlocale FROM pg_database WHERE datname = 'watchly'") == [
        ("àéž", "C.UTF-8")
    ]

    home = servers_of(data_folder, ["DATABASE_URL"]).servers[0].home
    assert home.sockets.stat().st_mode & 0o777 == 0o700
    for secret in data_folder.glob("*password"):
        assert secret.stat().st_mode & 0o777 == 0o600, secret
    for url in (
        f"postgresql://watchly@/watchly?host={home.sockets}",
        f"postgresql://watchly:no@/watchly?host={home.sockets}",
    ):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(url)
    with pytest.raises(redis.exceptions.AuthenticationError):
        redis.Redis(unix_socket_path=str(home.sockets / "valkey.sock")).ping()
    password = (data_folder / "valkey_password").read_text()
    assert not any(password in " ".join(process.cmdline()) for process in server_processes(data_folder))
    command.end()


@pytest.mark.parametrize("name", ["with space, 'quotes' \"and\" comma", "x/" * 60 + "deep"], ids=["special", "long"])
def test_any_folder_will_do(shelf: Path, used_folder: Path, name: str) -> None:
    data_folder = shelf / name
    data_folder.parent.mkdir(parents=True, exist_ok=True)
    used_folder.rename(data_folder)
    command = Command(data_folder).begin()
    assert command.execute("SELECT 1") == [(1,)]
    assert redis.Redis.from_url(command.redis_url).ping()
    assert command.end() == 0
    assert server_processes(data_folder) == []


@pytest.mark.parametrize("victims", ["command", "postmaster", "servers", "everything"])
def test_kill_loses_nothing(used_folder: Path, victims: str) -> None:
    command = Command(used_folder).begin()
    command.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
    servers = server_processes(used_folder)
    if victims == "postmaster":
        os.kill(postmaster_of(used_folder), signal.SIGKILL)
    if victims in {"servers", "everything"}:
        for process in servers:
            process.kill()
    if victims != "servers":
        command.kill()
    second = Command(used_folder).begin()
    assert second.execute("SELECT count(*), max(number) FROM kept") == [(1000, 1000)]
    assert redis.Redis.from_url(second.redis_url).ping()
    if victims == "servers":
        assert command.end() == 0
        assert second.execute("SELECT 1") == [(1,)]
    assert second.end() == 0
    assert server_processes(used_folder) == []


def test_pid_file_with_another_programs_number_is_no_obstacle(used_folder: Path) -> None:
    Command(used_folder).begin().kill()
    for process in server_processes(used_folder):
        process.kill()
    pid_file = servers_of(used_folder, ["DATABASE_URL"]).servers[0].folder / "postmaster.pid"
    _, _, rest = pid_file.read_text().partition("\n")
    # A living process of the very account that PostgreSQL runs as, as after a restart of a container.
    found = pid_file.stat()
    options = {"user": found.st_uid, "group": found.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    other = subprocess.Popen(["/bin/sleep", "60"], **options)  # type: ignore[call-overload]
    try:
        pid_file.write_text(f"{other.pid}\n{rest}")
        command = Command(used_folder).begin()
        assert command.execute("SELECT 1") == [(1,)]
        assert command.end() == 0
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_interrupted_initdb_is_begun_again(data_folder: Path) -> None:
    command = Command(data_folder)
    wait_for(lambda: list(data_folder.glob("postgres.making-*/global")), "initdb is at work")
    command.kill()
    assert not (data_folder / "postgres").exists()
    second = Command(data_folder).begin()
    assert second.execute("SELECT 1") == [(1,)]
    second.end()


def test_termination_leaves_in_order(used_folder: Path) -> None:
    command = Command(used_folder).begin()
    command.process.terminate()
    assert command.end() == 128 + signal.SIGTERM
    assert server_processes(used_folder) == []


def test_data_folder_deleted_under_its_servers_leaves_none_behind(used_folder: Path) -> None:
    command = Command(used_folder).begin()
    processes = server_processes(used_folder)
    shutil.rmtree(used_folder)
    command.end()
    wait_for(lambda: not any(is_living(process) for process in processes), "the servers are gone")


def test_heal_starts_what_died(without_urls: Path) -> None:
    servers = servers_of(without_urls, ["REDIS_URL"])
    servers.join()
    assert servers.heal() == []
    for process in server_processes(without_urls):
        process.kill()
    wait_for(lambda: not server_processes(without_urls), "Valkey is gone")
    assert servers.heal() == ["Valkey"]
    assert redis.Redis.from_url(servers.servers[0].url).ping()
    servers.leave()
    assert server_processes(without_urls) == []


@pytest.mark.parametrize(
    "arguments", [[], ["help"], ["version"], ["migrate", "--help"], ["up", "-h"], ["makemessages"]]
)
def test_commands_without_a_database_start_nothing(without_urls: Path, arguments: list[str]) -> None:
    with embedded_servers(["manage.py", *arguments]):
        assert os.environ["DATABASE_URL"].startswith("postgresql://")  # the settings want some
    assert "DATABASE_URL" not in os.environ
    assert not without_urls.exists()


def test_servers_that_are_named_win(without_urls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    url_file = without_urls.parent / "redis_url"
    url_file.write_text("redis://somewhere/0")
    monkeypatch.setenv("REDIS_URL_FILE", str(url_file))
    with embedded_servers(["manage.py", "shell"]):
        assert os.environ["DATABASE_URL"] == "postgresql://somewhere/else"
        assert "REDIS_URL" not in os.environ
    assert not without_urls.exists()


def test_only_the_missing_server_is_started(without_urls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    with embedded_servers(["manage.py", "shell"]):
        assert redis.Redis.from_url(os.environ["REDIS_URL"]).ping()
        assert [process.name() for process in server_processes(without_urls)] == ["valkey-server"]
    assert not (without_urls / "postgres").exists()


def test_data_of_another_version_is_refused(data_folder: Path) -> None:
    (data_folder / "postgres").mkdir(parents=True, mode=0o700)
    (data_folder / "postgres" / "PG_VERSION").write_text("16\n")
    if os.geteuid() == 0:
        shutil.chown(data_folder / "postgres", "nobody")
    assert "made by PostgreSQL 16, and this Watchly brings 18" in Command(data_folder).refusal()


def test_lost_password_is_said_and_not_made_anew(used_folder: Path) -> None:
    Command(used_folder).begin().end()
    (used_folder / "postgres_password").unlink()
    assert "postgres_password is gone" in Command(used_folder).refusal()


def test_lock_gives_way_only_when_everybody_left(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.try_shared()
    assert second.try_shared()
    second.release()
    assert not second.try_exclusive()
    first.release()
    assert second.try_exclusive()
    with pytest.raises(EmbeddedServerError, match="locked by another process"):
        first.wait_exclusive(seconds=0.1)


def test_servers_of_a_killed_test_run_are_swept(monkeypatch: pytest.MonkeyPatch, shelf: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(shelf))
    monkeypatch.setattr("watchly.processes.throw_away._YOUNG_SECONDS", -1.0)
    kept = ThrowAwayServers(["REDIS_URL"])
    killed = subprocess.run(  # noqa: S603  our own interpreter
        [
            *(sys.executable, "-c"),
            "import os, signal\nfrom watchly.processes.throw_away import ThrowAwayServers\n"
            "print(ThrowAwayServers(['REDIS_URL']).data_folder, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)",
        ],
        env=environment_of(shelf / "unused") | {"TMPDIR": str(shelf)},
        capture_output=True,
        text=True,
        check=False,
    )
    leftover = Path(killed.stdout.strip())
    processes = server_processes(leftover)
    assert processes
    sweep()
    assert not leftover.exists()
    assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)
    assert redis.Redis.from_url(kept.variables["REDIS_URL"]).ping()
    kept.remove()
    assert not kept.data_folder.exists()


@pytest.mark.parametrize("names", [[], ["REDIS_URL"]])
def test_what_a_living_run_may_come_back_to_is_not_swept(
    monkeypatch: pytest.MonkeyPatch, shelf: Path, names: list[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(shelf))
    monkeypatch.setattr("watchly.processes.throw_away._YOUNG_SECONDS", -1.0)
    kept = ThrowAwayServers(names)
    kept.leave()
    sweep()
    assert kept.data_folder.exists()
    kept.remove()
    assert not kept.data_folder.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as somebody else")
class TestAsRootBelowAPrivateHome:
    @pytest.fixture
    def home(self, shelf: Path) -> Path:
        (shelf / "home").mkdir(mode=0o700)
        return shelf / "home"

    def test_servers_live_elsewhere_and_no_mode_changes(self, home: Path) -> None:
        data_folder = home / "checkout" / "data"
        command = Command(data_folder).begin()
        command.execute("CREATE TABLE kept ()")
        assert {process.username() for process in server_processes(data_folder)} == {"nobody"}
        command.end()
        assert home.stat().st_mode & 0o777 == 0o700
        assert not (data_folder / "postgres").exists()

        moved = home / "moved"
        (home / "checkout").rename(moved)
        again = Command(moved / "data").begin()
        assert again.execute("SELECT count(*) FROM kept") == [(0,)]
        again.end()

        shutil.copytree(moved, home / "copy")
        assert "is a copy of" in Command(home / "copy" / "data").refusal()
        shutil.rmtree(home / "copy")

    def test_place_that_is_gone_is_said(self, home: Path) -> None:
        data_folder = home / "data"
        data_folder.mkdir()
        (data_folder / POINTER).write_text("/var/lib/watchly/nowhere")
        assert "is gone. Bring it back, or delete" in Command(data_folder).refusal()

    def test_owner_of_a_folder_stays_its_owner(self, shelf: Path) -> None:
        data_folder = shelf / "data"
        data_folder.mkdir()
        shutil.chown(data_folder, "nobody", "nogroup")
        Command(data_folder).begin().end()
        assert {path.owner() for path in data_folder.rglob("*")} == {"nobody"}
