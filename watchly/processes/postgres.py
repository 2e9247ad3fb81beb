"""PostgreSQL 18 from the wheel: made once, whole or not at all; reached through a Unix socket with a password."""

from __future__ import annotations

import locale
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

import psutil
from psycopg import pq

from watchly.processes.errors import EmbeddedServerError
from watchly.processes.folders import POSTGRES_SOCKET, kept_password, private_folder, sync_folder, write_whole
from watchly.processes.home import Home
from watchly.processes.postgres_settings import settings_file
from watchly.processes.programs import POSTGRES, POSTGRES_MAJOR, program_for
from watchly.processes.server import EmbeddedServer, await_end, signal_all

_ROLE = "watchly"
_PORT = 5432  # no TCP port: the end of the socket's name
_FAST_SECONDS, _IMMEDIATE_SECONDS = 30.0, 10.0
_DRAFT = "postgres.making-"
_MEMORY_HINT = (
    "macOS allows little shared memory: look at `sysctl kern.sysv.shmmax kern.sysv.shmall`, raise them or restart the "
    "machine, or set DATABASE_URL."
)


class PostgresServer(EmbeddedServer):
    """The embedded PostgreSQL. `durable=False` gives up crash safety for speed: for tests alone."""

    name = "PostgreSQL"
    variable = "DATABASE_URL"
    program_name = "postgres"
    start_seconds = 300.0  # recovery after a crash replays the log

    def __init__(self, home: Home, *, durable: bool = True) -> None:
        super().__init__(home)
        self.durable = durable
        self._log_folder = home.folder / "postgres-log"

    @property
    def url(self) -> str:
        """A libpq URL; the socket's folder is the host. With a port, or PGPORT in the environment would have a say."""
        password = self._secret("postgres_password")
        host = quote(str(self.home.sockets), safe="")
        return f"postgresql://{_ROLE}:{password}@/{_ROLE}?host={host}&port={_PORT}"

    @property
    def folder(self) -> Path:
        """PGDATA, where every process of PostgreSQL works."""
        return self.home.postgres_data

    @property
    def socket(self) -> Path:
        """Its Unix socket; it has no other."""
        return self.home.sockets / POSTGRES_SOCKET

    @property
    def first_log(self) -> Path:
        """What it says before it opens its own log."""
        return self._log_folder / "start.log"

    def answers(self) -> bool:
        """Ask it the way pg_isready does: nothing is signed in and nothing logged."""
        if not self.socket.exists():
            return False
        asked = f"host='{_escaped(str(self.home.sockets))}' dbname={_ROLE} user={_ROLE} port={_PORT} connect_timeout=2"
        return pq.PGconn.ping(asked.encode()) == pq.Ping.OK

    def command(self) -> list[str]:
        """`postgres` with the settings of this version of Watchly; makes the database on a first run."""
        program = program_for(POSTGRES, self.home.account)
        private_folder(self._log_folder, self.home.account)
        if not self.folder.exists():
            self._make_database(program.parent)
        self._check_version()
        settings = self.home.folder / "postgres.conf"
        write_whole(settings, settings_file(durable=self.durable), mode=0o644)
        return [
            str(program),
            *("-D", str(self.folder)),
            *("-c", f"config_file={settings}"),
            # A list of folders: in quotes, a folder may hold spaces and quotes.
            *("-c", 'unix_socket_directories="{}"'.format(str(self.home.sockets).replace('"', '""'))),
            *("-c", f"log_directory={self._log_folder}"),
        ]

    def main_process(self) -> psutil.Process | None:
        """The postmaster, by its pid file, and only if that process really works in our folder."""
        number = self._recorded_pid()
        if number is None:
            return None
        try:
            process = psutil.Process(number)
        except psutil.Error:
            return None
        return process if self._is_ours(process) else None

    def clear_stale_files(self) -> None:
        """Remove pid files whose number another process has got since (usual after a restart of a container).

        PostgreSQL clears away the others itself. No process works in the folder, as the caller has made sure.
        """
        for path in (self.folder / "postmaster.pid", self.home.sockets / f"{POSTGRES_SOCKET}.lock"):
            if path.exists():
                number = _first_number(path)
                if number is None or psutil.pid_exists(number):
                    path.unlink(missing_ok=True)

    def stop_main(self, process: psutil.Process) -> None:
        """Fast shutdown: sessions are ended, all is written. Immediate, if that hangs: recovered at the next start."""
        everyone = self.processes()
        signal_all([process], signal.SIGINT)
        if await_end([process], _FAST_SECONDS):
            signal_all([process], signal.SIGQUIT)
            await_end([process], _IMMEDIATE_SECONDS)
        await_end(everyone, 1.0)  # the log writer leaves a moment after the rest

    def _make_database(self, programs: Path) -> None:
        """initdb in a draft folder, renamed when role and database are there: a kill leaves no half one."""
        account = self.home.account
        for leftover in self.home.folder.glob(f"{_DRAFT}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        draft = private_folder(self.home.folder / f"{_DRAFT}{secrets.token_hex(4)}", account)
        with tempfile.TemporaryDirectory(prefix=_DRAFT, dir=self.home.folder) as passwords:
            Path(passwords).chmod(0o711)  # the file inside is private, the way to it need not be
            password_file = Path(passwords, "superuser")
            write_whole(password_file, self._secret("postgres_superuser_password"), account=account)
            made = account.run(
                [
                    str(programs / "initdb"),
                    *("-D", str(draft)),
                    *("-U", "postgres", "--auth=scram-sha-256", f"--pwfile={password_file}"),
                    *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                    *("--locale=C", f"--lc-ctype={_character_types()}"),
                    *("--data-checksums", "--no-instructions"),
                    *(() if self.durable else ("--no-sync",)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        if made.returncode != 0:
            hint = _MEMORY_HINT if "shared memory" in made.stdout else ""
            raise EmbeddedServerError(
                f"PostgreSQL's initdb failed in {draft}: {made.stdout[-2000:].strip()}\n{hint}".strip()
            )
        self._make_role_and_database(programs, draft)
        draft.rename(self.folder)
        sync_folder(self.home.folder)

    def _make_role_and_database(self, programs: Path, draft: Path) -> None:
        """The application's role owns its database and can make others (tests); it is no superuser."""
        password = self._secret("postgres_password")
        roles = "" if self.durable else " CREATEROLE"  # tests try the documented role without rights to the audit trail
        statements = (
            f"CREATE ROLE {_ROLE} LOGIN CREATEDB{roles} REPLICATION PASSWORD '{password}'",
            f"GRANT pg_monitor, pg_signal_backend, pg_checkpoint TO {_ROLE}",
            f"CREATE DATABASE {_ROLE} OWNER {_ROLE}",
        )
        options = ("exit_on_error=on", "log_statement=none", "log_min_error_statement=panic")
        done = self.home.account.run(
            [
                *(str(programs / "postgres"), "--single", "-D", str(draft)),
                *(part for option in options for part in ("-c", option)),
                "postgres",
            ],
            input="".join(f"{statement}\n" for statement in statements),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if done.returncode != 0 or "ERROR" in done.stdout:
            raise EmbeddedServerError(f"PostgreSQL's first database could not be made: {done.stdout[-2000:].strip()}")

    def _check_version(self) -> None:
        path = self.folder / "PG_VERSION"
        try:
            found = path.read_text(encoding="ascii").strip()
        except OSError as error:
            raise EmbeddedServerError(
                f"{self.folder} is no PostgreSQL database: {path.name}: {error.strerror}."
            ) from error
        if found != str(POSTGRES_MAJOR):
            raise EmbeddedServerError(
                f"{self.folder} was made by PostgreSQL {found}, and this Watchly brings {POSTGRES_MAJOR}. Dump it with "
                "that version and load it here, or set DATABASE_URL or WATCHLY_DATA."
            )

    def _secret(self, name: str) -> str:
        """A password in the data folder; made before the database, and never anew while that is there."""
        path = self.home.data_folder / name
        if self.folder.exists() and not path.exists():
            raise EmbeddedServerError(f"{path} is gone, which holds the password of {self.folder}. Bring it back.")
        return kept_password(path)

    def _recorded_pid(self) -> int | None:
        return _first_number(self.folder / "postmaster.pid")


def _first_number(path: Path) -> int | None:
    try:
        return abs(int(path.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0]))
    except (OSError, ValueError):
        return None


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def _character_types() -> str:
    """The C library's locale for full-text search, which must tell letters from dashes beyond ASCII; else C."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8"):
            try:
                locale.setlocale(locale.LC_CTYPE, name)
            except locale.Error:
                continue
            return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C"
