"""The operating-system account that the embedded servers run as: ours, or `nobody` where we are root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchly.processes.errors import EmbeddedServerError

_ELSEWHERE = "Set DATABASE_URL and REDIS_URL to servers of your own, or start Watchly as an ordinary user."
# What servers are started with: nothing of the caller's PG* variables, language or folders.
CLEAN_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}


@dataclass(frozen=True)
class Account:
    """Who the servers run as; `other` when that is not who we are, which only root can arrange."""

    uid: int
    gid: int
    other: bool

    @property
    def name(self) -> str:
        """The account's name, or its number where it has none (a container started with a bare number)."""
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)

    def run(self, command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a command to its end as this account, in a session of its own so that a Ctrl-C does not tear it."""
        if self.other:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        try:
            return subprocess.run(  # noqa: S603  the wheels' programs and /bin/sh, with arguments of ours
                command,
                env=CLEAN_ENVIRONMENT,
                start_new_session=True,
                umask=0o077,
                text=True,
                errors="replace",
                cwd=options.pop("cwd", "/"),
                check=False,
                **options,
            )
        except PermissionError as error:
            raise EmbeddedServerError(
                f"{command[0]} cannot be run as {self.name}: {error.strerror}. {_ELSEWHERE}"
            ) from error
        except OSError as error:
            raise EmbeddedServerError(f"{command[0]} cannot be run: {error.strerror}. {_ELSEWHERE}") from error

    def can_enter(self, folder: Path) -> bool:
        """Whether this account reaches `folder`; really tried, as modes, ACLs and mounts all have a say."""
        return not self.other or self._silent(["/bin/sh", "-c", 'cd "$1"', "watchly", str(folder)])

    def can_run(self, program: Path) -> bool:
        """Whether this account can run `program --version`; really tried."""
        return self._silent([str(program), "--version"])

    def own(self, path: Path) -> None:
        """Give a file or folder that we made to this account."""
        if self.other:
            try:
                os.chown(path, self.uid, self.gid, follow_symlinks=False)
            except OSError as error:
                raise EmbeddedServerError(
                    f"{path} cannot be given to {self.name}: {error.strerror}. {_ELSEWHERE}"
                ) from error

    def _silent(self, command: list[str]) -> bool:
        try:
            done = self.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except EmbeddedServerError:
            return False
        return done.returncode == 0


def server_account(data_folder: Path) -> Account:
    """Ourselves; for root the owner of the data folder, and `nobody` when root owns it too."""
    if os.geteuid() != 0:
        return Account(uid=os.geteuid(), gid=os.getegid(), other=False)
    owner = data_folder.stat()
    if owner.st_uid != 0:
        try:
            pwd.getpwuid(owner.st_uid)
        except KeyError:
            pass  # a number without a name (a folder mounted into a container): initdb would refuse it
        else:
            return Account(uid=owner.st_uid, gid=owner.st_gid, other=True)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise EmbeddedServerError(
            f"PostgreSQL does not run as root, and there is no user `nobody`. {_ELSEWHERE}"
        ) from error
    return Account(uid=nobody.pw_uid, gid=nobody.pw_gid, other=True)
