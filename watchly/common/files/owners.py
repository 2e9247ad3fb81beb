"""Who keeps pictures. An app says so in its `apps.py`; moving and sweeping go through all that are here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """What a row says of its picture."""

    pk: int
    path: str
    renditions: dict[str, str]

    @property
    def widths(self) -> list[int]:
        """Pixels, the narrowest first."""
        return sorted(map(int, self.renditions))


@dataclass(frozen=True, slots=True)
class PictureOwner:
    """A model whose rows name pictures below `folder`; `path` and `renditions` are the names of its two columns.

    A row may have none: its path is then null or empty.
    """

    model: type[Model]
    folder: str
    path: str = "path"
    renditions: str = "renditions"

    def count(self) -> int:
        """How many rows have a picture."""
        return self._rows().count()

    def batches(self) -> Iterator[list[Kept]]:
        """All of them by their number, 500 at a time; what is added meanwhile comes too."""
        after = 0
        while batch := [
            Kept(pk, path, renditions or {})
            for pk, path, renditions in self._rows()
            .filter(pk__gt=after)
            .order_by("pk")
            .values_list("pk", self.path, self.renditions)[:_BATCH]
        ]:
            yield batch
            after = batch[-1].pk

    def paths(self) -> Iterator[str]:
        """The path of each picture."""
        return self._rows().values_list(self.path, flat=True).iterator()

    def _rows(self) -> Any:
        return self.model._default_manager.exclude(**{f"{self.path}__isnull": True}).exclude(**{self.path: ""})


_owners: dict[str, PictureOwner] = {}


def register_pictures(owner: PictureOwner) -> None:
    """Declares a model that keeps pictures through `watchly.common.files.stored`. No two share a folder."""
    if owner.folder in _owners and _owners[owner.folder] != owner:
        raise ValueError(f"{_owners[owner.folder].model.__name__} keeps its pictures in {owner.folder!r} already.")
    _owners[owner.folder] = owner


def picture_owners() -> list[PictureOwner]:
    """All of them, by their folders."""
    return [_owners[folder] for folder in sorted(_owners)]
