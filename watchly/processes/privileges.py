"""What web and worker may do where `up` is started by root: no more than the account that the servers run as.

Why, and what it costs: docs/adr/0027-web-and-worker-give-up-root.md
"""

from __future__ import annotations

import ctypes
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from watchly import env
from watchly.processes.account import Account

CAP_DAC_READ_SEARCH: Final = 2
CAP_NET_BIND_SERVICE: Final = 10
_PR_SET_KEEPCAPS, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 8, 24, 38, 47
_AMBIENT_RAISE, _HIGHEST_CAPABILITY = 2, 63
_CAPABILITY_VERSION_3 = 0x20080522
_FIRST_UNPRIVILEGED_PORT = 1024
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

# Really tried, as modes, ACLs and mounts all have a say: the code can be imported, and the folders written to.
_TRIAL = """
import sys, tempfile
import django, granian, watchly.env
for folder in sys.argv[1:]:
    tempfile.TemporaryFile(dir=folder).close()
"""


@dataclass(frozen=True)
class Identity:
    """An account and the capabilities that a process keeps besides (Linux)."""

    uid: int
    gid: int
    capabilities: tuple[int, ...] = ()

    def assume(self) -> None:
        """Become this, for good. For a process that was just forked and is about to run its program."""
        if _libc is not None:
            for capability in range(_HIGHEST_CAPABILITY + 1):
                if capability not in self.capabilities:
                    _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)  # fails for those that this kernel lacks
            if self.capabilities:
                _libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
        os.setgroups([])
        os.setresgid(self.gid, self.gid, self.gid)
        os.setresuid(self.uid, self.uid, self.uid)
        if _libc is not None:
            if self.capabilities:
                self._keep_capabilities(_libc)
            _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)

    def _keep_capabilities(self, libc: ctypes.CDLL) -> None:
        mask = sum(1 << capability for capability in self.capabilities)
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
        sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)  # effective, permitted, inheritable; the lower 32 bits
        if libc.capset(header, sets) != 0:
            raise OSError(ctypes.get_errno(), "capset")
        for capability in self.capabilities:
            if libc.prctl(_PR_CAP_AMBIENT, _AMBIENT_RAISE, capability, 0, 0) != 0:
                raise OSError(ctypes.get_errno(), "prctl")


def lowered(account: Account, *, port: int, tell: Callable[[str], None]) -> Identity | None:
    """Who web and worker run as, with the files that are theirs given to them; None where they run as we do.

    Where the account cannot read the checkout or its virtual environment (below a home of mode 0700), they keep the
    capability to read every file; where not even that helps, they stay root. Both are said.
    """
    if not account.other:
        return None
    folders = _give_files(account)
    low_port = (CAP_NET_BIND_SERVICE,) if port < _FIRST_UNPRIVILEGED_PORT else ()
    for capabilities in (low_port, (CAP_DAC_READ_SEARCH, *low_port)):
        identity = Identity(account.uid, account.gid, capabilities)
        if _works(identity, folders):
            if CAP_DAC_READ_SEARCH in capabilities:
                tell(
                    f"{account.name} cannot read {env.BASE_DIR}, its virtual environment or the data folder, so web "
                    "and worker run as that user and may read every file. Move Watchly to where that user can read it, "
                    "such as /opt, to take that from them too."
                )
            return identity
    tell(
        f"web and worker run as root: {account.name} cannot use {env.BASE_DIR} and its virtual environment, or cannot "
        f"write to {', '.join(map(str, folders))}. Start Watchly as an ordinary user, or let {account.name} do that."
    )
    return None


def _works(identity: Identity, folders: Iterable[Path]) -> bool:
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter
            [sys.executable, "-c", _TRIAL, *map(str, folders)],
            cwd=env.BASE_DIR,
            env=os.environ | home_of(env.data_folder()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=identity.assume,  # safe: the supervisor has no threads
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def home_of(data_folder: Path) -> dict[str, str]:
    """The environment of a process that is no longer root: libpq and others look into the home of root else."""
    return {"HOME": str(data_folder)}


def _give_files(account: Account) -> list[Path]:
    """Give the account what web and worker write, as far as it is in the data folder; returns all they write to."""
    from django.conf import settings

    data_folder = env.data_folder()
    written = [Path(settings.PRIVATE_ROOT), data_folder / "imports", Path(settings.JWT_KEY_FOLDER)]
    if settings.MEDIA_STORAGE == "local":
        written.append(Path(settings.MEDIA_ROOT))
    for folder in written:
        if not folder.exists():
            folder.mkdir(mode=0o755 if folder == Path(settings.MEDIA_ROOT) else 0o700, parents=True)
        if folder.is_relative_to(data_folder):
            give(folder, account)
    if (data_folder / "secret_key").exists():
        _give_one(data_folder / "secret_key", account)
    return written


def give(folder: Path, account: Account) -> None:
    """Give everything below `folder` that belongs to root to the account.

    Symbolic links are not followed, and a file with a second name is left alone: whoever owns the folder could have
    made one of a file of root's.
    """
    for _, _, files, descriptor in os.fwalk(folder, follow_symlinks=False):
        if os.fstat(descriptor).st_uid == 0:
            os.fchown(descriptor, account.uid, account.gid)
        for name in files:
            _give_one(name, account, dir_fd=descriptor)


def _give_one(name: str | Path, account: Account, *, dir_fd: int | None = None) -> None:
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=dir_fd)
    except OSError:
        return  # a link, a socket, or gone
    try:
        found = os.fstat(descriptor)
        if found.st_uid == 0 and stat.S_ISREG(found.st_mode) and found.st_nlink == 1:
            os.fchown(descriptor, account.uid, account.gid)
    finally:
        os.close(descriptor)
