"""Files that only their owner gets: below PRIVATE_ROOT, never below the public prefix of media."""

from __future__ import annotations

from pathlib import Path

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)


def private_path(name: str, *, make: bool = False) -> Path:
    """Where a private file is; `make` makes its folder, which nobody but this system's user may enter."""
    root = Path(settings.PRIVATE_ROOT)
    path = root / name
    if make:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def delete_private(names: list[str]) -> None:
    """Deletes private files. What cannot be deleted now is logged, and met again by the clearing of exports."""
    for name in names:
        try:
            private_path(name).unlink(missing_ok=True)
        except OSError:
            log.exception("private_file_not_deleted", file=name)
