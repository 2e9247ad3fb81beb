"""Where the embedded servers of a data folder live: in the folder, or, for root, where `nobody` can reach."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from watchly.processes.account import Account, server_account
from watchly.processes.errors import EmbeddedServerError
from watchly.processes.folders import public_folder, socket_folder, system_folder, write_whole

POINTER = "servers-live-in"  # in the data folder: the path of the place where its servers live
_OWNER = "belongs-to"  # in that place: the path of the data folder


@dataclass(frozen=True)
class Home:
    """The folder that holds the servers' data, and the account they run as."""

    data_folder: Path
    folder: Path
    account: Account
    sockets: Path

    @property
    def postgres_data(self) -> Path:
        """PGDATA."""
        return self.folder / "postgres"


def find_home(data_folder: Path) -> Home:
    """The home of the servers of `data_folder`, made on first use.

    As root, a data folder that the servers' account cannot enter (a checkout below a 0700 home) keeps a pointer to a
    folder below /var/lib/watchly instead; no existing folder's mode is changed. A pointer to a place that is gone is
    an error, never an empty database: the person may be about to restore it.
    """
    # As the kernel tells a process its working folder, by which a server's processes are known.
    data_folder = Path(os.path.realpath(data_folder))
    account = server_account(data_folder)
    folder = _place_of(data_folder, account)
    account = _owner_of_data(folder / "postgres", account)
    return Home(data_folder, folder, account, socket_folder(folder, account))


def _place_of(data_folder: Path, account: Account) -> Path:
    pointer = data_folder / POINTER
    if pointer.exists():
        place = Path(pointer.read_text(encoding="utf-8").strip())
        if not place.is_dir():
            raise EmbeddedServerError(
                f"The database of this data folder was in {place} (says {pointer}), which is gone. "
                f"Bring it back, or delete {pointer} to begin with an empty database."
            )
        _claim(place, data_folder)
        return place
    if account.can_enter(data_folder):
        return data_folder
    if (data_folder / "postgres").exists():
        raise EmbeddedServerError(
            f"The database is in {data_folder / 'postgres'}, which {account.name} cannot reach, and PostgreSQL "
            "does not run as root. Move the data folder to where it can be reached, or start Watchly as another user."
        )
    place = public_folder(system_folder() / secrets.token_hex(8))
    write_whole(place / _OWNER, str(data_folder), mode=0o644)
    write_whole(pointer, str(place), mode=0o644)
    return place


def _claim(place: Path, data_folder: Path) -> None:
    """Follow a data folder that was moved; refuse a copy of one, for two installations would share one database."""
    try:
        owner = Path((place / _OWNER).read_text(encoding="utf-8"))
    except OSError as error:
        raise EmbeddedServerError(f"{place / _OWNER} cannot be read: {error.strerror}.") from error
    if owner == data_folder:
        return
    try:
        still_there = (owner / POINTER).read_text(encoding="utf-8").strip() == str(place)
    except OSError:
        still_there = False
    if still_there:
        raise EmbeddedServerError(
            f"{data_folder} is a copy of {owner}, whose database is in {place}. Delete {data_folder / POINTER} "
            f"to begin with an empty database, or use WATCHLY_DATA={owner}."
        )
    write_whole(place / _OWNER, str(data_folder), mode=0o644)


def _owner_of_data(data: Path, account: Account) -> Account:
    """The account that existing data belongs to, which alone can serve it; only root can choose."""
    try:
        found = data.lstat()
    except FileNotFoundError:
        return account
    if found.st_uid == account.uid:
        return account
    if os.geteuid() == 0 and found.st_uid != 0:
        return Account(uid=found.st_uid, gid=found.st_gid, other=True)
    raise EmbeddedServerError(
        f"{data} belongs to another user (number {found.st_uid}): start Watchly as that user or as root, "
        "or set WATCHLY_DATA."
    )
