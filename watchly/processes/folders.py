"""Folders for the embedded servers: private, owned by the account they run as, short enough for a socket."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import sys
from pathlib import Path

from watchly.processes.account import Account
from watchly.processes.errors import EmbeddedServerError
from watchly.processes.locks import follow_owner

POSTGRES_SOCKET = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 107 if sys.platform == "linux" else 103  # bytes in sockaddr_un.sun_path, without the final zero
_SYSTEM_FOLDERS = (Path("/var/lib/watchly"), Path("/var/tmp/watchly"))  # noqa: S108  ownership and mode are verified


def open_run_folder(data_folder: Path) -> Path:
    """The folder of the locks, made with the data folder on first use; private to the data folder's owner."""
    run_folder = data_folder / "run"
    try:
        data_folder.mkdir(parents=True, exist_ok=True)
        run_folder.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(run_folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise EmbeddedServerError(
            f"The data folder {data_folder} cannot be used: {error.strerror} ({error.filename}). "
            "Set WATCHLY_DATA to a folder of yours."
        ) from error
    try:
        follow_owner(data_folder, descriptor)
    finally:
        os.close(descriptor)
    return run_folder


def private_folder(folder: Path, account: Account) -> Path:
    """Make `folder` (mode 0700, owned by `account`) unless it exists; refuse another's, or one open to others."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    except OSError as error:
        raise EmbeddedServerError(f"{folder} cannot be made: {error.strerror}.") from error
    found = folder.lstat()
    # Ours rather than the account's: we were killed between making it and giving it away.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {account.uid, os.geteuid()}:
        raise EmbeddedServerError(
            f"{folder} is not a folder that belongs to {account.name}: remove it, or set WATCHLY_DATA."
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise EmbeddedServerError(f"{folder} is open to other users: `chmod 700` it, or remove it.")
    if found.st_uid != account.uid:
        account.own(folder)
    return folder


def socket_folder(home: Path, account: Account) -> Path:
    """Where the sockets are: in `home`, or, when that makes a path the kernel or libpq cannot take, in /tmp.

    libpq reads a comma in a host as the end of it.
    """
    usual = home / "sockets"
    if len(os.fsencode(usual / POSTGRES_SOCKET)) <= _LONGEST_SOCKET_PATH and "," not in str(usual):
        return private_folder(usual, account)
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return private_folder(Path(f"/tmp/watchly-{account.uid}-{digest}"), account)  # noqa: S108  verified by private_folder


def system_folder() -> Path:
    """Root's place that any account can reach into: /var/lib/watchly, or /var/tmp/watchly where that is read-only."""
    problems = []
    for folder in _SYSTEM_FOLDERS:
        try:
            public_folder(folder)
        except (OSError, EmbeddedServerError) as error:
            problems.append(str(error))
        else:
            return folder
    raise EmbeddedServerError("There is no folder for the embedded servers: " + " ".join(problems))


def public_folder(folder: Path) -> Path:
    """Make a folder of ours that everybody can pass through and nobody else can change."""
    try:
        folder.mkdir(mode=0o755)
        folder.chmod(0o755)  # whatever the umask took away
    except FileExistsError:
        pass
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise EmbeddedServerError(f"{folder} must be a folder that only root can write to.")
    return folder


def write_whole(path: Path, text: str, *, mode: int = 0o600, account: Account | None = None) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut; given to `account` if named.

    A file that says this already is left alone: on a full disk, servers start again without writing anything.
    """
    if _says(path, text, mode, account):
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fchmod(descriptor, mode)
        follow_owner(path.parent, descriptor)
        os.fsync(descriptor)
    if account is not None:
        account.own(draft)
    draft.replace(path)
    sync_folder(path.parent)


def _says(path: Path, text: str, mode: int, account: Account | None) -> bool:
    try:
        found = path.lstat()
        owner = account.uid if account is not None else path.parent.stat().st_uid if os.geteuid() == 0 else found.st_uid
        same = stat.S_ISREG(found.st_mode) and stat.S_IMODE(found.st_mode) == mode and found.st_uid == owner
        return same and path.read_text(encoding="utf-8") == text
    except (OSError, ValueError):
        return False


def kept_password(path: Path) -> str:
    """The password in a file of mode 0600; made at random on first use."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise EmbeddedServerError(f"{path} cannot be read: {error.strerror}.") from error
    password = secrets.token_hex(24)
    write_whole(path, password)
    return password


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk, so that a rename survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
