"""Pictures for tests, made in code: honest ones, and those that somebody means ill with."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from watchly.common.files.pictures import Picture, prepare

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
RED, WHITE = (200, 30, 40), (255, 255, 255)
WIDTHS = (100, 200, 400)


def prepared(data: bytes, **options: Any) -> Picture:
    """This file through `prepare`, cut to WIDTHS."""
    return prepare(io.BytesIO(data), **{"max_bytes": 5 * 2**20, "widths": WIDTHS, **options})


def upload(data: bytes | None = None, *, name: str = "poster.jpg") -> SimpleUploadedFile:
    """A file as a form brings it; a red poster unless something else is given."""
    return SimpleUploadedFile(name, picture() if data is None else data)


def stored() -> set[str]:
    """The names of all files in the storage."""
    root = Path(default_storage.location)  # type: ignore[attr-defined]
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def image_bytes(image: Image.Image, format_: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()


def picture(format_: str = "JPEG", size: tuple[int, int] = (600, 900), colour: Any = RED, **options: Any) -> bytes:
    """One colour all over."""
    return image_bytes(Image.new("RGB", size, colour), format_, **options)


def gradient(size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A picture with something in every byte of its coded data."""
    across = Image.linear_gradient("L").resize(size)
    down = across.transpose(Image.Transpose.ROTATE_90).resize(size)
    return Image.merge("RGB", (across, down, across.point(lambda value: value * 7 % 256)))


def chunk(kind: bytes, content: bytes) -> bytes:
    """A PNG chunk with a right checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_claiming(width: int, height: int, *extra: bytes, pixels: bytes = b"") -> bytes:
    """A PNG of grey bytes whose header says this size, whatever its pixels are."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(pixels or bytes(100))
    return PNG_SIGNATURE + chunk(b"IHDR", header) + b"".join(extra) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def real_bomb(side: int) -> bytes:
    """A whole PNG of side by side black pixels of one bit, which deflates to next to nothing."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    data = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return PNG_SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("index.html", "<b>hello</b>")
    return out.getvalue()


def with_segment(jpeg: bytes, marker: int, content: bytes) -> bytes:
    """A JPEG with one more segment, right behind its start."""
    return jpeg[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content + jpeg[2:]


def with_chunk(png: bytes, kind: bytes, content: bytes) -> bytes:
    """A PNG with one more chunk, right behind its header."""
    behind_header = len(PNG_SIGNATURE) + 25
    return png[:behind_header] + chunk(kind, content) + png[behind_header:]
