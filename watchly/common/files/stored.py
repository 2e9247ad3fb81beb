"""Keeps a prepared picture in the storage together with the row that names it: both are there, or neither is.

Any app stores its pictures through `storing`, whatever the storage is: the local disk, S3 or Cloudinary.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, transaction

from watchly.common.errors import StorageUnavailable
from watchly.common.files.layouts import cuts_itself, renditions_for, sibling
from watchly.common.files.pictures import Picture, Rendition

log = structlog.get_logger(__name__)

# Seconds. A storage may answer each call in time and yet take for ever over a picture; after this nothing more of it is
# begun, neither writing nor undoing.
_LONGEST_WRITING, _LONGEST_UNDOING = 30.0, 10.0


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """Where a picture is: what its row keeps.

    `path` is that of the largest rendition below the public media prefix and the name of its file, `renditions` are the
    paths of all by width in pixels (`watchly.common.files.layouts`). `width` and `height` (pixels) and `bytes` are the
    largest rendition's, `digest` is the upload's SHA-256.
    """

    path: str
    renditions: dict[str, str]
    width: int
    height: int
    bytes: int
    digest: str


@contextmanager
def storing(picture: Picture, *, folder: str) -> Iterator[StoredPicture]:
    """Writes a picture's files below `folder`, then runs the block in a transaction, which makes the row.

    Whatever fails, then or there, takes the files with it. There is one exception: a connection that breaks during the
    commit leaves open whether the row is there, so the files stay and `manage.py sweep_media` decides, as it does when
    a transaction around this one rolls back later. Raises StorageUnavailable.
    """
    # Random, so an address says nothing of the upload and never returns.
    token = uuid.uuid4().hex
    path = sibling(f"{folder}/{token[:2]}/{token}", picture.largest.width)
    begun: list[str] = []
    committing = False
    try:
        _write(picture, path, begun)
        with transaction.atomic():
            yield _described(picture, path)
            committing = True
    except BaseException as error:
        if not (committing and isinstance(error, OperationalError | InterfaceError)):
            discard(begun)
        raise


def discard(paths: Iterable[str]) -> None:
    """Deletes files; one that cannot be deleted now is left to the sweep. Call it when no row names them any more."""
    until = time.monotonic() + _LONGEST_UNDOING
    for path in dict.fromkeys(paths):
        if time.monotonic() > until:
            log.error("file_not_deleted", file=path, reason="the storage is slow")
            continue
        try:
            default_storage.delete(path)
        except Exception:
            log.exception("file_not_deleted", file=path)


def _write(picture: Picture, path: str, begun: list[str]) -> None:
    until = time.monotonic() + _LONGEST_WRITING
    for name, rendition in _files(picture, path):
        if time.monotonic() > until:
            log.error("storage_unavailable", file=name, reason="the storage is slow")
            raise StorageUnavailable
        begun.append(name)  # before: of what failed half-way something may be there
        try:
            default_storage.save(name, ContentFile(rendition.content))
        except StorageUnavailable:  # the storage has logged why
            raise
        except Exception as error:  # a disk raises OSError, storages elsewhere whatever their client library does
            log.exception("storage_unavailable", file=name)
            raise StorageUnavailable from error


def _files(picture: Picture, path: str) -> list[tuple[str, Rendition]]:
    """What is written under which name: every rendition, or the largest alone where the storage makes the others."""
    if cuts_itself(default_storage):
        return [(path, picture.largest)]
    return [(sibling(path, rendition.width), rendition) for rendition in picture.renditions]


def _described(picture: Picture, path: str) -> StoredPicture:
    largest = picture.largest
    return StoredPicture(
        path=path,
        renditions=renditions_for(default_storage, path, [rendition.width for rendition in picture.renditions]),
        width=largest.width,
        height=largest.height,
        bytes=len(largest.content),
        digest=picture.digest,
    )
