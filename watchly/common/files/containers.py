"""Walks the bytes of a JPEG, PNG or WebP file without decoding a pixel: how large the picture claims to be, how many
frames it has, and where it ends.

A decoder stops at the end of its picture and looks at nothing else, so a file can be a picture to it and an archive, a
page or a script to another reader. Here every byte of the file is accounted for. Sources: ISO/IEC 10918-1 annex B
(JPEG), the PNG specification (third edition) section 5, RFC 9649 (WebP).
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Literal

Format = Literal["JPEG", "PNG", "WEBP"]

# Honest files hold a few hundred segments or chunks and about ten scans. More only costs time: a scan is a few bytes
# long and makes the decoder go through the whole picture once more.
_MOST_PARTS = 20_000
_MOST_SCANS = 40

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_PIXELS = {b"IDAT", b"fdAT"}
_WEBP_PIXELS = {b"VP8 ", b"VP8L", b"ALPH", b"ANMF"}
# In the coded data of a JPEG, FF is data when 00 follows, a restart when D0 to D7 follow, and filling when FF follows.
_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_FILLING = re.compile(rb"\xff+")
_START_OF_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD8)}
_END_OF_IMAGE, _START_OF_SCAN = 0xD9, 0xDA


class Truncated(Exception):
    """The file ends before the picture does."""


class Malformed(Exception):
    """The file starts like a picture and does not go on like one; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Container:
    """What a file says of itself.

    `width` and `height` are in pixels, as stored (before any rotation); `end` is the offset behind the picture's last
    byte; `side` is all that is not coded pixels: metadata, profiles, comments, tables.
    """

    format: Format
    width: int
    height: int
    frames: int
    end: int
    side: bytes


def format_of(data: bytes) -> Format | None:
    """The format that the first bytes announce, or None for any but the three."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(_PNG_SIGNATURE):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    return None


def walk(data: bytes) -> Container:
    """Follows the file's structure from its first byte to the picture's last.

    Raises Truncated when the file ends before that, Malformed when it has no such structure or none of the formats.
    """
    found = format_of(data)
    if found is None:
        raise Malformed("it is not a JPEG, PNG or WebP file")
    container = {"JPEG": _walk_jpeg, "PNG": _walk_png, "WEBP": _walk_webp}[found](data)
    if container.width < 1 or container.height < 1:
        raise Malformed("it has no width or no height")
    return container


def _walk_jpeg(data: bytes) -> Container:
    position, parts, scans = 2, 0, 0
    size: tuple[int, int] | None = None
    side: list[bytes] = []
    while True:
        parts += 1
        if parts > _MOST_PARTS or scans > _MOST_SCANS:
            raise Malformed("it has far more segments or scans than a picture needs")
        position, marker = _jpeg_marker(data, position)
        if marker == _END_OF_IMAGE:
            break
        if marker in _WITHOUT_LENGTH:
            continue
        length = int.from_bytes(_part(data, position, 2), "big")
        if length < 2:
            raise Malformed(f"the segment at byte {position} has no room for its own length")
        segment = _part(data, position, length)
        side.append(segment)
        position += length
        if marker in _START_OF_FRAME:
            if size is not None or length < 8:
                raise Malformed("it has more than one frame header, or a broken one")
            size = int.from_bytes(segment[5:7], "big"), int.from_bytes(segment[3:5], "big")
        elif marker == _START_OF_SCAN:
            scans += 1
            following = _MARKER_IN_SCAN.search(data, position)
            if following is None:
                raise Truncated
            position = following.start()
    if size is None or not scans:
        raise Malformed("it holds no picture")
    return Container("JPEG", *size, frames=1, end=position, side=b"".join(side))


def _jpeg_marker(data: bytes, position: int) -> tuple[int, int]:
    """The marker at this offset, past any filling, and the offset behind it."""
    filling = _FILLING.match(data, position)
    if filling is None:
        _part(data, position, 1)
        raise Malformed(f"there are bytes that belong to nothing at byte {position}")
    position = filling.end()
    code = _part(data, position, 1)[0]
    if code == 0:
        raise Malformed(f"there is no marker at byte {position}")
    return position + 1, code


def _walk_png(data: bytes) -> Container:
    position, parts, frames = len(_PNG_SIGNATURE), 0, 1
    size: tuple[int, int] | None = None
    pixels = False
    side: list[bytes] = []
    kind = b""
    while kind != b"IEND":
        parts += 1
        if parts > _MOST_PARTS:
            raise Malformed("it has far more chunks than a picture needs")
        length, kind = struct.unpack(">I4s", _part(data, position, 8))
        content = _part(data, position + 8, length)
        _part(data, position + 8 + length, 4)  # the checksum, which Pillow verifies
        position += length + 12
        if (kind == b"IHDR") != (parts == 1) or (kind == b"IHDR" and length != 13):
            raise Malformed("its header is broken, or not the first thing in it")
        if kind == b"IHDR":
            size = struct.unpack(">II", content[:8])
        elif kind == b"acTL":
            frames = int.from_bytes(content[:4], "big")
        pixels = pixels or kind == b"IDAT"
        if kind not in _PNG_PIXELS:
            side.append(content)
    if size is None or not pixels:
        raise Malformed("it holds no picture")
    return Container("PNG", *size, frames=max(frames, 1), end=position, side=b"".join(side))


def _walk_webp(data: bytes) -> Container:
    end = 8 + int.from_bytes(_part(data, 4, 4), "little")
    if end > len(data):
        raise Truncated
    position, parts, frames = 12, 0, 0
    size: tuple[int, int] | None = None
    side: list[bytes] = []
    while position < end:
        parts += 1
        if parts > _MOST_PARTS:
            raise Malformed("it has far more chunks than a picture needs")
        kind = _part(data, position, 4)
        length = int.from_bytes(_part(data, position + 4, 4), "little")
        content = _part(data, position + 8, length)
        position += 8 + length + length % 2
        size = size or _webp_size(kind, content)
        frames += kind in {b"VP8 ", b"VP8L", b"ANMF"}
        if kind not in _WEBP_PIXELS:
            side.append(content)
    if position > end:
        raise Malformed("its last chunk goes on behind its end")
    if size is None or not frames:
        raise Malformed("it holds no picture")
    return Container("WEBP", *size, frames=frames, end=end, side=b"".join(side))


def _webp_size(kind: bytes, content: bytes) -> tuple[int, int] | None:
    """The size of the canvas, which the first chunk of a WebP file states."""
    if kind == b"VP8X" and len(content) >= 10:
        return int.from_bytes(content[4:7], "little") + 1, int.from_bytes(content[7:10], "little") + 1
    if kind == b"VP8 " and len(content) >= 10:
        return int.from_bytes(content[6:8], "little") & 0x3FFF, int.from_bytes(content[8:10], "little") & 0x3FFF
    if kind == b"VP8L" and len(content) >= 5:
        bits = int.from_bytes(content[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise Malformed("its first chunk is not one that a WebP picture starts with")


def _part(data: bytes, start: int, length: int) -> bytes:
    if start + length > len(data):
        raise Truncated
    return data[start : start + length]
