"""Files as they come: plain, gzip (of one or more members) or zip. Always streamed, never trusted about their size."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Protocol

from movies.importers.encodings import windows_1252
from movies.importers.record import Problem

LONGEST_LINE = 2**20  # bytes
_CHUNK = 1 << 20
MOST_MEMBERS = 1000
_GZIP, _ZIP, _EMPTY_ZIP, _BOM = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06", b"\xef\xbb\xbf"
# What the zips of Excel, Word and LibreOffice hold, and none of ours.
_OFFICE = frozenset({"[Content_Types].xml", "META-INF/manifest.xml"})
SPREADSHEET = "This is a spreadsheet or another office document: save it as CSV in UTF-8."
# What reading a damaged or cut archive raises.
DAMAGED = (
    EOFError, OSError, RuntimeError, ValueError, zlib.error, lzma.LZMAError, struct.error, zipfile.BadZipFile,
)  # fmt: skip


class Oversized(Exception):
    """More came out of an archive than may."""


@dataclass(frozen=True)
class Limits:
    """How much may come out of one file, in bytes, whatever its header declares."""

    member: int
    total: int


# An upload by anybody; a file on this machine that an operator names.
UPLOADED = Limits(member=100 * 2**20, total=500 * 2**20)
LOCAL = Limits(member=64 * 2**30, total=64 * 2**30)


class Readable(Protocol):
    """What files, gzip streams and entries of a zip have in common."""

    def read1(self, size: int = ..., /) -> bytes: ...

    def close(self) -> None: ...


class _Measured(io.RawIOBase):
    """Counts what is inflated and stops at the limit."""

    def __init__(self, inner: Readable, limit: int, spend: Callable[[int], None]) -> None:
        self._inner, self._left, self._spend = inner, limit, spend

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        # At the limit one more byte tells whether there is more.
        # One read at a time, so that a cut archive gives what is before the cut.
        chunk = self._inner.read1(min(len(view), max(self._left, 1)))
        self._left -= len(chunk)
        self._spend(len(chunk))
        if self._left < 0:
            raise Oversized
        view[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._inner.close()
        super().close()


@dataclass(slots=True)
class Sorting:
    """How far a text is that was sorted on disk first."""

    rows: int = 0
    given: int = 0


class Closeable(Protocol):
    def close(self) -> None: ...


class Member:
    """One text in a file: the file itself, or an entry of a zip."""

    def __init__(self, name: str, source: Source, opener: Callable[[], BinaryIO], size: int = 0) -> None:
        self.name, self.size, self.read = name, size, 0
        self._source, self._opener = source, opener

    def open(self, *, look: bool = False) -> io.BufferedReader:
        """Its bytes, inflated. Reading may raise Oversized or one of DAMAGED.

        What is only looked through has an account of its own, as it will be read again.
        """
        stream: Any = self._opener()
        if _starts(stream, _GZIP):
            stream = gzip.GzipFile(fileobj=stream)
        self.read = 0 if not look else self.read
        spend = self._source.look if look else self._spend
        return io.BufferedReader(_Measured(stream, self._source.limits.member, spend), 1 << 18)

    def _spend(self, count: int) -> None:
        self.read += count
        self._source.spend(count)

    def is_packed(self) -> bool:
        """Whether it is a gzip of what is read."""
        try:
            with self._opener() as stream:
                return _starts(stream, _GZIP)
        except DAMAGED:
            return False

    def beginning(self, size: int = 1 << 16) -> bytes:
        """Its first bytes, as many as can be read. What is inflated for it is booked too."""
        found = bytearray()
        try:
            with self.open() as stream:
                while len(found) < size and (chunk := stream.read1(size - len(found))):
                    found += chunk
        except (Oversized, *DAMAGED):
            pass
        return bytes(found)


class Source:
    """One file on disk."""

    def __init__(self, path: Path, name: str, limits: Limits = LOCAL) -> None:
        self.path, self.name, self.limits = path, name, limits
        self.bytes = path.stat().st_size
        self._spent = self._looked = 0
        self._reading: BinaryIO | None = None
        self._closing: list[Closeable] = []
        self._entries_read: list[Member] = []
        # Of each text that is sorted on disk first: how many of its rows have been given, and how many there are.
        self.sorting: list[Sorting] = []

    def spend(self, count: int) -> None:
        """Books inflated bytes. Raises Oversized past the total."""
        self._spent += count
        if self._spent > self.limits.total:
            raise Oversized

    def look(self, count: int) -> None:
        """The same for bytes that are only looked through."""
        self._looked += count
        if self._looked > self.limits.total:
            raise Oversized

    @property
    def position(self) -> int:
        """Bytes of the file on disk that have been dealt with, about."""
        if self.sorting:
            return int(self.bytes * min(sorting.given / max(sorting.rows, 1) for sorting in self.sorting))
        if self._entries_read:
            inflated = sum(member.size for member in self._entries_read)
            read = sum(min(member.read, member.size) for member in self._entries_read)
            return self.bytes * read // max(inflated, 1)
        return self.bytes if self._reading is None or self._reading.closed else self._reading.tell()

    def members(self) -> Iterator[Member | Problem]:
        """What is in it to read, and what of it is refused."""
        with self.path.open("rb") as stream:
            zipped = _starts(stream, _ZIP) or _starts(stream, _EMPTY_ZIP)
        if zipped:
            yield from self._entries()
        else:
            yield Member(self.name, self, self._opened)

    def _opened(self) -> BinaryIO:
        self._reading = self.path.open("rb")
        self._closing.append(self._reading)
        return self._reading

    def _entries(self) -> Iterator[Member | Problem]:
        try:
            archive = zipfile.ZipFile(self._opened())
            entries = archive.infolist()
        except DAMAGED as error:
            yield Problem(1, "damaged", f"The zip cannot be read: {error}.")
            return
        if len(entries) > MOST_MEMBERS:
            yield Problem(1, "too_many", f"The zip has {len(entries)} entries; at most {MOST_MEMBERS} are taken.")
            return
        # Closed with the source: its entries are read later, one after the other.
        self._closing.append(archive)
        if any(entry.filename in _OFFICE for entry in entries):
            yield Problem(1, "spreadsheet", SPREADSHEET)
            return
        for entry in entries:
            path = PurePosixPath(entry.filename.replace("\\", "/"))
            if not path.name:
                yield Problem(1, "unsafe_path", "An entry of the zip has no name.")
            elif entry.is_dir() or path.parts[:1] == ("__MACOSX",) or path.name.startswith("."):
                continue
            elif path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
                yield Problem(1, "unsafe_path", f"The entry {entry.filename[:200]!r} points out of the zip.")
            elif entry.flag_bits & 0x1:
                yield Problem(
                    1, "encrypted", f"The entry {entry.filename[:200]!r} is encrypted: zip it without a password."
                )
            else:
                member = Member(f"{self.name}/{path}"[-255:], self, _entry_opener(archive, entry), entry.file_size)
                self._entries_read.append(member)
                yield member

    def close(self) -> None:
        """Closes what was opened."""
        for thing in self._closing:
            thing.close()


def _entry_opener(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    return lambda: archive.open(entry)  # type: ignore[return-value]


def _starts(stream: BinaryIO, magic: bytes) -> bool:
    try:
        found = stream.read(len(magic)) == magic
    except DAMAGED:
        found = False
    stream.seek(0)
    return found


class Lines:
    """The lines of a member as text: UTF-8 with or without a byte order mark, else Windows-1252, line by line.

    Iterating gives one text per line without its end; `number` is the line last given, from 1. What was noticed on the
    way (a mark, CRLF, another encoding, an end in the middle) waits in `problems`.
    """

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self.number = 0
        self.problems: list[Problem] = []
        self._crlf = False

    def __iter__(self) -> Iterator[str]:
        while True:
            try:
                line = self._stream.readline(LONGEST_LINE)
            except Oversized:
                self.problems.append(
                    Problem(self.number + 1, "too_large", "More came out of the archive than is taken: split the file.")
                )
                return
            except DAMAGED as error:
                self.problems.append(
                    Problem(self.number + 1, "cut", f"The file ends in the middle or is damaged: {error}.")
                )
                return
            if not line:
                return
            self.number += 1
            if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                self._skip(line)
                continue
            yield self._decoded(line)

    def _decoded(self, line: bytes) -> str:
        if line.endswith(b"\r\n"):
            line = line[:-2]
            if not self._crlf:
                self._crlf = True
                self._remark("line_ends", "Lines end in CR LF: read as line feeds.")
        elif line.endswith(b"\n"):
            line = line[:-1]
        if self.number == 1 and line.startswith(_BOM):
            line = line[3:]
            self._remark("byte_order_mark", "The file starts with a byte order mark: skipped.")
        try:
            return line.decode()
        except UnicodeDecodeError:
            text = windows_1252(line)
            self._remark("encoding", "Not UTF-8: this line was read as Windows-1252.", text[:200])
            return text

    def _remark(self, code: str, detail: str, content: str = "") -> None:
        self.problems.append(Problem(self.number, code, detail, content, accepted=True))

    def _skip(self, line: bytes) -> None:
        """Passes over the rest of a line that is too long to hold."""
        beginning = windows_1252(line[:200])
        self.problems.append(
            Problem(
                self.number, "line_too_long", f"The line has more than {LONGEST_LINE} bytes: it was skipped.", beginning
            )
        )
        while line and not line.endswith(b"\n"):
            try:
                line = self._stream.readline(LONGEST_LINE)
            except (Oversized, *DAMAGED):
                return  # met again, and reported, by the next read


def digest_of(paths: Sequence[Path]) -> str:
    """SHA-256 over the content of files, in their order, in hexadecimal."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()
