"""What becomes of an uploaded file that is no picture, or more than one: a refusal that says what would be right."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from watchly.common.errors import RuleViolation, TooLarge, WatchlyError
from watchly.common.files.pictures import prepare
from watchly.tests.pictures import (
    PNG_SIGNATURE,
    WIDTHS,
    archive,
    chunk,
    gradient,
    image_bytes,
    picture,
    png_claiming,
    prepared,
    real_bomb,
    with_chunk,
    with_segment,
)

SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def refusal(data: bytes, **options: object) -> WatchlyError:
    with pytest.raises(WatchlyError) as caught:
        prepared(data, **options)
    return caught.value


def moving(format_: str, frames: int = 3) -> bytes:
    images = [Image.new("RGB", (40, 40), (80 * n, 0, 0)) for n in range(frames)]
    return image_bytes(images[0], format_, save_all=True, append_images=images[1:], duration=50)


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (b"", "not_an_image", "empty"),
        (b"hello, this is text", "not_an_image", "not a picture"),
        (bytes(range(256)) * 40, "not_an_image", "not a picture"),
        (SVG, "image_type", "SVG"),
        (b"\xef\xbb\xbf <!-- hm --> " + SVG[21:], "image_type", "SVG"),
        (SVG.decode().encode("utf-16"), "image_type", "SVG"),
        (b"<!doctype html><script>alert(1)</script>", "image_type", "markup"),
        (b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)", "image_type", "GIF"),
        (b"BM" + bytes(60), "image_type", "BMP"),
        (b"II*\x00" + bytes(60), "image_type", "TIFF"),
        (b"\x00\x00\x00\x20ftypavif" + bytes(60), "image_type", "AVIF"),
        (b"%PDF-1.7", "image_type", "PDF"),
        (archive(), "image_type", "ZIP"),
        (b"\xff\xd8\xff\xd9", "not_an_image", "no picture"),
        (b"\xff\xd8\xff" + b"\xff" * 1000, "image_truncated", "cut off"),
        (PNG_SIGNATURE + chunk(b"IEND", b""), "not_an_image", "header"),
        (b"RIFF\x04\x00\x00\x00WEBP", "not_an_image", "no picture"),
        (b"RIFF\x0c\x00\x00\x00WEBPABCD\x00\x00\x00\x00", "not_an_image", "first chunk"),
        (png_claiming(0, 5), "not_an_image", "no width"),
        (picture(size=(1, 1)), "image_too_small", "1 by 1"),
        (picture(size=(900, 3)), "image_too_small", "900 by 3"),
        (moving("WEBP"), "image_animated", "3 frames"),
        (moving("PNG"), "image_animated", "3 frames"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, code: str, word: str) -> None:
    error = refusal(data)
    assert isinstance(error, RuleViolation)
    assert error.code == code
    assert word in error.detail
    assert [(e.pointer, e.code, e.detail) for e in error.errors] == [("/file", code, error.detail)]


def test_the_pointer_is_the_callers() -> None:
    assert refusal(b"", pointer="/poster").errors[0].pointer == "/poster"


def test_a_gif_of_a_thousand_frames_is_refused_by_its_signature() -> None:
    frames = [Image.new("P", (8, 8), n % 200) for n in range(1000)]
    assert refusal(image_bytes(frames[0], "GIF", save_all=True, append_images=frames[1:])).code == "image_type"


def test_a_file_of_the_limit_is_read_and_one_byte_more_is_not() -> None:
    data = picture()
    assert prepared(data, max_bytes=len(data)).largest.width == 400
    error = refusal(data, max_bytes=len(data) - 1)
    assert isinstance(error, TooLarge)
    assert error.code == "file_too_large"


def test_of_an_oversized_file_no_more_than_the_limit_is_read() -> None:
    file = io.BytesIO(bytes(100_000))
    with pytest.raises(TooLarge):
        prepare(file, max_bytes=1000, widths=WIDTHS)
    assert file.tell() == 1001


def webp_claiming(width: int, height: int) -> bytes:
    canvas = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    plain = picture("WEBP", size=(40, 40))
    body = b"WEBPVP8X" + struct.pack("<I", len(canvas)) + canvas + plain[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg_claiming(width: int, height: int) -> bytes:
    data = picture()
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


@pytest.mark.parametrize(
    "data",
    [
        png_claiming(50_000, 50_000),
        png_claiming(2**31 - 1, 2**31 - 1),
        png_claiming(5001, 5000),
        png_claiming(20_000, 20),
        webp_claiming(16_000, 16_000),
        jpeg_claiming(60_000, 60_000),
    ],
)
def test_a_bomb_is_refused_by_its_header(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("a decoder saw it"))
    error = refusal(data)
    assert isinstance(error, TooLarge)
    assert error.code == "image_too_large"
    assert "25,000,000" in error.detail


def test_a_real_bomb_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = real_bomb(30_000)
    assert len(data) < 200_000  # for 900 million pixels
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("a decoder saw it"))
    assert refusal(data).code == "image_too_large"


def test_pixels_behind_the_claimed_ones_are_never_unpacked() -> None:
    data = png_claiming(64, 64, pixels=bytes(30_000_000))
    assert len(data) < 100_000
    assert prepared(data).largest.width == 64


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_bomb_in_the_metadata_is_refused(kind: bytes) -> None:
    packed = zlib.compress(bytes(30_000_000))
    content = {b"zTXt": b"k\0\0", b"iTXt": b"k\0\1\0\0\0", b"iCCP": b"k\0\0"}[kind] + packed
    error = refusal(png_claiming(64, 64, chunk(kind, content), pixels=bytes(65 * 64)))
    assert isinstance(error, RuleViolation)


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    data = image_bytes(gradient(), "JPEG", progressive=True)
    at = data.rindex(b"\xff\xda")
    error = refusal(data[:at] + data[at:-2] * 60 + data[-2:])
    assert (error.code, "scans" in error.detail) == ("not_an_image", True)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.999])
def test_a_truncated_file_is_refused(format_: str, share: float) -> None:
    data = image_bytes(gradient(), format_)
    error = refusal(data[: int(len(data) * share)])
    assert error.code == "image_truncated"


def test_a_damaged_checksum_is_refused() -> None:
    data = bytearray(image_bytes(gradient(), "PNG"))
    data[len(data) // 2] ^= 0xFF
    assert refusal(bytes(data)).code == "image_truncated"


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("tail", "what"),
    [
        (archive(), "a ZIP archive"),
        (b"<html><script>alert(1)</script></html>", "a script"),
        (b"<?php system($_GET['c']); ?>", "a PHP script"),
        (b"%PDF-1.4 ...", "a PDF document"),
        (b"MZ\x90\x00 and so on", "bytes of something else"),
        (picture(size=(20, 20)), "another picture"),
    ],
)
def test_what_stands_behind_the_picture_is_refused(format_: str, tail: bytes, what: str) -> None:
    error = refusal(picture(format_) + tail)
    assert isinstance(error, RuleViolation)
    assert error.code == "image_polyglot"
    assert what in error.detail


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (with_segment(picture(), 0xFE, b"<html><body onload=alert(1)>"), "a page"),
        (with_segment(picture(), 0xFE, b"<?php system($_GET['c']); ?>"), "a PHP script"),
        (with_segment(picture(), 0xFE, archive()), "a ZIP archive"),
        (with_segment(picture(), 0xE0, b"*/=alert(1)/*".ljust(0x2F2A - 2, b" ")), "a script"),
        (with_chunk(picture("PNG"), b"tEXt", b"Comment\0<script>alert(1)</script>"), "a script"),
        (with_chunk(picture("PNG"), b"prVt", b"%PDF-1.4"), "a PDF document"),
        (with_chunk(picture("PNG"), b"prVt", bytes(224 - 8) + b"ustar\x0000"), "a TAR archive"),
    ],
)
def test_what_hides_in_the_picture_is_refused(data: bytes, what: str) -> None:
    with Image.open(io.BytesIO(data)) as image:
        image.load()  # it is a picture as well
    error = refusal(data)
    assert error.code == "image_polyglot"
    assert what in error.detail


def test_ordinary_metadata_is_no_polyglot() -> None:
    notes = PngInfo()
    notes.add_text("Description", "A poster: 1 < 2, body & soul")
    notes.add_itxt("XML:com.adobe.xmp", '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF/></x:xmpmeta>')
    assert prepared(picture("PNG", pnginfo=notes)).largest.width == 400


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_no_damage_makes_anything_but_a_picture_or_a_refusal(format_: str) -> None:
    whole = image_bytes(gradient((64, 48)), format_)
    for at in range(0, len(whole), max(1, len(whole) // 150)):
        for value in (0x00, 0xFF, whole[at] ^ 0x55):
            try:
                made = prepared(whole[:at] + bytes([value]) + whole[at + 1 :])
            except WatchlyError as error:
                assert error.errors  # noqa: PT017  either outcome is right, a third kind of exception is not
            else:
                assert made.largest.content[:4] == b"RIFF"
