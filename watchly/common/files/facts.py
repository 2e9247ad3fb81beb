"""What is known of the files in a storage, by the shortest way that it offers: size, digest, age, content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Protocol, runtime_checkable

from django.core.files.storage import Storage

MOST_BYTES = 32 * 2**20  # of a file that is read from elsewhere; far more than a picture of ours has
_BLOCK = 2**20


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one file: its size in bytes, and its MD5 in hexadecimal where the storage knows it.

    MD5 finds what was damaged on the way; it is the digest that storages state. It guards against nobody.
    """

    size: int
    md5: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as a listing names it, and when it was written."""

    name: str
    modified: datetime


@runtime_checkable
class KnowsFacts(Protocol):
    """A storage that says what it holds without handing it out."""

    def facts(self, name: str) -> Facts | None:
        """Size and digest of a file, None when it is not there."""


@runtime_checkable
class Walks(Protocol):
    """A storage that lists a folder and all below it in few calls."""

    def walk(self, folder: str) -> Iterator[Listed]:
        """Every file below the folder, in no order."""


def md5_of(data: bytes) -> str:
    """The MD5 of these bytes, hexadecimal."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def inside(folder: str, files: Iterable[Listed]) -> tuple[list[str], list[str]]:
    """Of all files below a folder the names of what is right in it: folders, then files."""
    below = [PurePosixPath(file.name).relative_to(folder).parts for file in files]
    return (
        sorted({parts[0] for parts in below if len(parts) > 1}),
        sorted(parts[0] for parts in below if len(parts) == 1),
    )


def facts_of(storage: Any, name: str) -> Facts | None:
    """Size and digest of a file, None when it is not there. Raises what the storage does."""
    if isinstance(storage, KnowsFacts):
        return storage.facts(name)
    digest, size = hashlib.md5(usedforsecurity=False), 0
    try:
        with storage.open(name) as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                size += len(block)
    except FileNotFoundError:
        return None
    return Facts(size, digest.hexdigest())


def content_of(storage: Storage, name: str) -> bytes:
    """The whole file. Raises FileNotFoundError when it is not there, else what the storage does."""
    with storage.open(name) as file:
        content: bytes = file.read()
        return content


def holds(storage: Storage, name: str, data: bytes) -> bool:
    """Whether the storage has exactly these bytes under this name. It is read back when its own word is not enough."""
    known = facts_of(storage, name)
    if known is None or known.size != len(data):
        return False
    # What S3 states is no MD5 when the object is encrypted or was sent in parts, and does not always look different.
    return known.md5 == md5_of(data) or content_of(storage, name) == data


def same(one: Storage, other: Storage, name: str, *, known: Facts, there: Facts) -> bool:
    """Whether two storages hold the same bytes under a name, given what is known of both."""
    if known.size != there.size:
        return False
    if known.md5 is not None and known.md5 == there.md5:
        return True
    return content_of(one, name) == content_of(other, name)


def files_below(storage: Any, folder: str) -> Iterator[Listed]:
    """Every file below a folder. Raises NotImplementedError when the storage cannot be listed."""
    if isinstance(storage, Walks):
        yield from storage.walk(folder)
        return
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in (f"{folder}/{each}" for each in files):
        yield Listed(name, storage.get_modified_time(name))
    for each in folders:
        yield from files_below(storage, f"{folder}/{each}")
