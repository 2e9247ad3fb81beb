"""Finds and deletes the files of pictures that no row names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.core.files.storage import default_storage

from watchly.common.files.facts import files_below
from watchly.common.files.layouts import stem
from watchly.common.files.owners import picture_owners


def sweep(*, before: datetime, dry_run: bool = False) -> Iterator[str]:
    """Deletes the files written before this time that no row names, in the folders of pictures; yields their names.

    They are what a process left that was killed between writing and committing. Raises NotImplementedError when the
    storage cannot be listed, StorageUnavailable when it does not answer; what was deleted until then stays deleted.
    """
    for owner in picture_owners():
        # The rows first: a file that is old enough had its row long before the reading began, or never.
        kept = {stem(path) for path in owner.paths()}
        orphans = [
            file.name
            for file in files_below(default_storage, owner.folder)
            if file.modified < before and stem(file.name) not in kept
        ]
        for name in orphans:
            if not dry_run:
                default_storage.delete(name)
            yield name
