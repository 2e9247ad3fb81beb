"""What becomes of an uploaded picture that is taken: renditions made anew, upright, in sRGB, and bare."""

from __future__ import annotations

import hashlib
import io

import pytest
from PIL import ExifTags, Image, ImageCms

from watchly.common.files import pictures
from watchly.common.files.pictures import Picture
from watchly.tests.pictures import RED, WHITE, image_bytes, picture, prepared, with_segment


def opened(made: Picture) -> Image.Image:
    """The largest rendition, decoded."""
    image = Image.open(io.BytesIO(made.largest.content))
    image.load()
    return image


def near(pixel: object, colour: tuple[int, int, int], *, by: int = 6) -> bool:
    return all(abs(one - other) <= by for one, other in zip(pixel, colour, strict=True))  # type: ignore[call-overload]


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_each_format_is_cut_to_webp_renditions(format_: str) -> None:
    data = picture(format_)
    made = prepared(data)
    assert [(r.width, r.height) for r in made.renditions] == [(100, 150), (200, 300), (400, 600)]
    assert made.digest == hashlib.sha256(data).hexdigest()
    for rendition in made.renditions:
        with Image.open(io.BytesIO(rendition.content)) as image:
            assert (image.format, image.mode, image.size) == ("WEBP", "RGB", (rendition.width, rendition.height))
            assert near(image.getpixel((20, 20)), RED)


@pytest.mark.parametrize(
    ("width", "expected"), [(60, [60]), (100, [100]), (150, [100, 150]), (400, [100, 200, 400]), (900, [100, 200, 400])]
)
def test_nothing_is_enlarged(width: int, expected: list[int]) -> None:
    assert [r.width for r in prepared(picture(size=(width, 90))).renditions] == expected


def test_a_large_jpeg_is_decoded_small(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = []
    real = pictures._resampleable

    def watched(image: Image.Image) -> Image.Image:
        decoded.append(image.size)
        return real(image)

    monkeypatch.setattr(pictures, "_resampleable", watched)
    assert prepared(picture(size=(6000, 4000))).largest.width == 400
    assert decoded == [(1500, 1000)]  # a quarter: the smallest of libjpeg's steps that is twice as wide as wanted


def test_the_orientation_is_applied_and_metadata_is_gone() -> None:
    image = Image.new("RGB", (300, 200), WHITE)
    image.paste(RED, (0, 0, 300, 100))  # red above, as stored
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # turn by 90 degrees to the right
    exif[ExifTags.Base.Make] = "CameraMaker"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    data = image_bytes(image, "JPEG", exif=exif, comment=b"secret words", xmp=b"<x:xmpmeta>secret words</x:xmpmeta>")
    made = prepared(data)
    result = opened(made)
    assert result.size == (200, 300)
    assert near(result.getpixel((180, 150)), RED)
    assert near(result.getpixel((20, 150)), WHITE)
    assert not result.getexif()
    assert {"exif", "xmp", "icc_profile", "comment"}.isdisjoint(result.info)
    for rendition in made.renditions:
        assert b"CameraMaker" not in rendition.content
        assert b"secret" not in rendition.content
        assert rendition.content[12:16] == b"VP8 "  # the plain form of WebP: it has no place for metadata


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_brings_the_corner_home(orientation: int) -> None:
    upright = Image.new("RGB", (120, 80), WHITE)
    upright.paste(RED, (0, 0, 40, 40))
    undo = {5: 5, 6: 8, 8: 6, 7: 7}.get(orientation, orientation)
    stored = upright.transpose(pictures._UPRIGHT[undo]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    result = opened(prepared(image_bytes(stored, "PNG", exif=exif)))
    assert result.size == (120, 80)
    assert near(result.getpixel((10, 10)), RED)
    assert near(result.getpixel((110, 70)), WHITE)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_unreadable_exif_counts_as_upright() -> None:
    data = with_segment(picture(), 0xE1, b"Exif\0\0II*\x00\xff\xff\xff\x7f broken")
    assert opened(prepared(data)).size == (400, 600)


def test_cmyk_becomes_rgb() -> None:
    data = image_bytes(Image.new("CMYK", (200, 200), (0, 255, 255, 0)), "JPEG")
    assert near(opened(prepared(data)).getpixel((50, 50)), (255, 0, 0), by=12)


def test_a_palette_with_transparency_stands_on_white() -> None:
    image = Image.new("P", (200, 200), 0)
    image.putpalette([0, 0, 0, *RED])
    image.paste(1, (0, 0, 100, 200))
    result = opened(prepared(image_bytes(image, "PNG", transparency=0)))
    assert near(result.getpixel((50, 100)), RED)
    assert near(result.getpixel((150, 100)), WHITE)


@pytest.mark.parametrize(("mode", "clear"), [("RGBA", (0, 0, 0, 0)), ("LA", (0, 0))])
def test_transparency_stands_on_white(mode: str, clear: tuple[int, ...]) -> None:
    assert near(opened(prepared(image_bytes(Image.new(mode, (64, 64), clear), "PNG"))).getpixel((9, 9)), WHITE)


@pytest.mark.parametrize(("mode", "value", "expected"), [("I;16", 32768, 128), ("L", 128, 128), ("1", 1, 255)])
def test_greys_keep_their_lightness(mode: str, value: int, expected: int) -> None:
    result = opened(prepared(image_bytes(Image.new(mode, (64, 64), value), "PNG")))
    assert near(result.getpixel((9, 9)), (expected,) * 3)


def test_a_colour_profile_is_applied_and_dropped() -> None:
    xyz = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()  # of other colours: to be ignored
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = _with_red_and_blue_exchanged(srgb)
    assert near(opened(prepared(picture("PNG", icc_profile=srgb))).getpixel((9, 9)), RED)
    assert near(opened(prepared(picture("PNG", icc_profile=xyz))).getpixel((9, 9)), RED)
    result = opened(prepared(picture("PNG", colour=(250, 0, 0), icc_profile=swapped)))
    assert near(result.getpixel((9, 9)), (0, 0, 250), by=20)
    assert "icc_profile" not in result.info


def _with_red_and_blue_exchanged(profile: bytes) -> bytes:
    """In the table of tags the two primaries change names."""
    table = profile.replace(b"rXYZ", b"tmp!").replace(b"bXYZ", b"rXYZ").replace(b"tmp!", b"bXYZ")
    assert table != profile
    return table


@pytest.mark.parametrize("profile", [b"not a profile", bytes(2**20 + 1)])
def test_a_broken_or_huge_profile_is_ignored(profile: bytes) -> None:
    assert near(opened(prepared(picture("JPEG", icc_profile=profile))).getpixel((9, 9)), RED)


def test_padding_behind_the_picture_is_nothing() -> None:
    assert prepared(picture() + bytes(5000) + b"\r\n").largest.width == 400
