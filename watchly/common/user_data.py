"""What hangs on a user, told by the app that owns it: how it is exported, and what becomes of it at an erasure.

Each app fills the registry in its `apps.py`; accounts reads it and knows none of the models. A test demands that every
foreign key to a user stands here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.apps import apps
from django.db import models


class Erase(StrEnum):
    """What an erasure does to the rows of a model."""

    DELETE = "delete"
    FORGET = "forget"  # the row stays and names nobody any more: the key becomes null
    KEEP = "keep"  # with its key: the number of a user who is anonymous from then on


@dataclass(frozen=True)
class UserData:
    """The rows of one model that belong to a user by one foreign key.

    `export` names the file of the export that holds them; None leaves them out, and then `reason` says why, as it does
    for what is kept. `omit` are fields that leave nobody's hands (digests of secrets), `media` fields that hold paths
    of stored files, which the export brings along and an erasure deletes.
    """

    model: str  # "social.Play"
    field: str  # the foreign key, or a number: "user"
    erase: Erase
    export: str | None = None
    reason: str = ""
    omit: tuple[str, ...] = ()
    media: tuple[str, ...] = ()

    @property
    def model_class(self) -> type[models.Model]:
        """The model, once Django knows it."""
        return apps.get_model(self.model)


_registered: dict[tuple[str, str], UserData] = {}


def register(*entries: UserData) -> None:
    """Adds what an app's models hold of a user. Raises ValueError for a key that stands there, or lacks its reason."""
    for entry in entries:
        key = (entry.model.lower(), entry.field)
        if key in _registered and _registered[key] != entry:
            raise ValueError(f"{entry.model}.{entry.field} is registered already.")
        if not entry.reason and (entry.export is None or entry.erase is Erase.KEEP):
            raise ValueError(f"Say why {entry.model}.{entry.field} is not exported or is kept.")
        _registered[key] = entry


def registered() -> Iterator[UserData]:
    """All entries, in the order of their registration."""
    return iter(_registered.values())
