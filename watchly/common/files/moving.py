"""Moves pictures from one storage to another: copies and verifies files, then rewrites rows, then deletes.

Each step looks at what is there and does what is missing, so it can be killed anywhere and begun again: no checkpoint
can be lost, or be wrong. A row's `path` is the same in every storage (`watchly.common.files.layouts`), so only where
the target cuts pictures itself, or the source did, do rows change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction

from watchly.common.errors import StorageUnavailable
from watchly.common.files.facts import content_of, facts_of, holds, same
from watchly.common.files.layouts import cuts_itself, files_of, is_file, renditions_for
from watchly.common.files.owners import Kept, PictureOwner, picture_owners
from watchly.common.files.pictures import is_whole, narrower

log = structlog.get_logger(__name__)

MOST_FAILURES = 25  # after as many a storage is taken to be down, and the rest is left for the next run


@dataclass(slots=True)
class Tally:
    """What a move did, or with `dry_run` would do. `failed` and `missing` are names of files."""

    pictures: int = 0
    copied: int = 0
    bytes: int = 0
    there: int = 0
    rewritten: int = 0
    deleted: int = 0
    missing: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Adds what became of one picture."""
        for name in ("pictures", "copied", "bytes", "there", "rewritten", "deleted", "missing", "failed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class Move:
    """From one storage to another, `parallel` pictures at a time. `progress` is told of the pictures done so far."""

    source: Storage
    target: Storage
    dry_run: bool = False
    parallel: int = 4
    progress: Callable[[int], None] = lambda done: None
    tally: Tally = field(default_factory=Tally)
    _failures: list[str] = field(default_factory=list)  # of all threads, as they happen

    def copy(self) -> None:
        """Brings every file that the rows need to the target, and compares it there with what was read.

        A file that fails is noted and the next one tried, up to MOST_FAILURES. One that neither side has is missing.
        """
        with ThreadPoolExecutor(self.parallel) as threads:
            for owner in picture_owners():
                for batch in owner.batches():
                    for done in threads.map(self._copy_picture, batch):
                        self.tally.add(done)
                        self.progress(self.tally.pictures)
                    if self._given_up():
                        return

    def rewrite(self) -> None:
        """Gives the rows the renditions of the target, a batch a transaction; a row that has them is left alone."""
        for owner in picture_owners():
            for batch in owner.batches():
                self.tally.rewritten += self._rewrite_batch(owner, [row.pk for row in batch])

    def delete(self) -> None:
        """Deletes at the source what the target has. Call it when everything was copied and rewritten."""
        with ThreadPoolExecutor(self.parallel) as threads:
            for owner in picture_owners():
                for batch in owner.batches():
                    for done in threads.map(self._delete_picture, batch):
                        self.tally.add(done)

    def _copy_picture(self, row: Kept) -> Tally:
        done = Tally()
        for name, width in self._needed(self.target, row):
            if self._given_up():
                return done
            done.pictures = 1
            try:
                self._copy_file(name, width, row, done)
            except Exception as error:  # a disk raises OSError, other storages StorageUnavailable, decoders much more
                log.warning("file_not_moved", file=name, reason=f"{type(error).__name__}: {error}")
                done.failed.append(name)
                self._failures.append(name)
        return done

    def _copy_file(self, name: str, width: int | None, row: Kept, done: Tally) -> None:
        there = facts_of(self.target, name)
        known = facts_of(self.source, name)
        if known is not None:
            if there is not None and same(self.source, self.target, name, known=known, there=there):
                done.there += 1
                return
            data = b"" if self.dry_run else content_of(self.source, name)
            size = known.size
        elif width is not None and cuts_itself(self.source):
            # The source never had this width as a file: it is cut from the largest.
            if there is not None and is_whole(content_of(self.target, name), width):
                done.there += 1
                return
            if facts_of(self.source, row.path) is None:
                return  # the largest itself is missing, which is said once
            data = b"" if self.dry_run else narrower(content_of(self.source, row.path), width).content
            size = len(data)
        elif there is not None:
            done.there += 1  # it came in after the switch
            return
        else:
            done.missing.append(name)
            return
        if not self.dry_run:
            self._put(name, data, replace=there is not None)
        done.copied += 1
        done.bytes += size

    def _put(self, name: str, data: bytes, *, replace: bool) -> None:
        if replace:  # half of it, from a copy that was killed
            self.target.delete(name)
        if self.target.save(name, ContentFile(data)) != name or not holds(self.target, name, data):
            raise StorageUnavailable("What the storage has is not what was sent to it.")

    def _rewrite_batch(self, owner: PictureOwner, pks: list[int]) -> int:
        manager: Any = owner.model._default_manager
        with transaction.atomic():
            changed = []
            for row in manager.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk"):
                kept = Kept(row.pk, getattr(row, owner.path), getattr(row, owner.renditions) or {})
                wanted = _renditions(self.target, kept)
                if wanted != kept.renditions:
                    setattr(row, owner.renditions, wanted)
                    changed.append(row)
            if changed and not self.dry_run:
                manager.bulk_update(changed, [owner.renditions])
        return len(changed)

    def _delete_picture(self, row: Kept) -> Tally:
        done = Tally()
        try:
            if all(facts_of(self.target, name) is not None for name, _ in self._needed(self.target, row)):
                for name, _ in self._needed(self.source, row):
                    if facts_of(self.source, name) is not None:
                        if not self.dry_run:
                            self.source.delete(name)
                        done.deleted += 1
        except (StorageUnavailable, OSError) as error:
            log.warning("file_not_deleted", file=row.path, reason=f"{type(error).__name__}: {error}")
            done.failed.append(row.path)
        return done

    def _needed(self, storage: Storage, row: Kept) -> Iterator[tuple[str, int | None]]:
        """The files of a picture in this storage, each with its width; the largest comes first and without one."""
        renditions = _renditions(storage, row)
        width_of = {path: int(width) for width, path in renditions.items()}
        for name in files_of(row.path, renditions):
            yield name, None if name == row.path else width_of[name]

    def _given_up(self) -> bool:
        return len(self._failures) >= MOST_FAILURES


def _renditions(storage: Storage, row: Kept) -> dict[str, str]:
    """What the row's renditions are in this storage. Files stay under the names that they have."""
    if not cuts_itself(storage) and all(map(is_file, row.renditions.values())):
        return row.renditions
    return renditions_for(storage, row.path, row.widths)
