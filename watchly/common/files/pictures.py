"""Makes a safe picture of an uploaded file: looked through, decoded, and encoded anew from its pixels alone.

Nothing of the upload's bytes is kept, so neither its metadata (places, names, thumbnails) nor what may be hidden in it
survives. The order is from cheap to dear: size in bytes, signature, structure, size in pixels, and only then a decoder.
Why WebP, and why these limits: docs/adr/0006-pictures.md.
"""

from __future__ import annotations

import hashlib
import io
import struct
import threading
import warnings
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PIL import ExifTags, Image, ImageCms

from watchly.common.errors import FieldError, RuleViolation, TooLarge
from watchly.common.files.containers import Container, Malformed, Truncated, format_of, walk
from watchly.common.files.foreign import name_of
from watchly.common.files.polyglots import what_else

MOST_PIXELS = 25_000_000
LONGEST_SIDE = 10_000  # pixels; a strip longer than that is no picture of a film, and WebP ends at 16,383
EXTENSION = "webp"
_LARGEST_PROFILE = 2**20  # bytes; the profiles of printers, the largest in use, take about 700 kB
# A picture of 25 million pixels takes up to 390 MB while it is decoded, so a process decodes one at a time.
_ONE_AT_A_TIME = threading.Lock()
_WHITE = (255, 255, 255)
_ACCEPTED = "a JPEG, PNG or WebP picture"

# A second net below the check of the header: Pillow's own.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

# What Pillow's readers are known to raise for bytes that are not what they should be.
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
# EXIF's orientations (tag 0x0112) as what turns the stored picture upright.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING = {5, 6, 7, 8}


class Readable(Protocol):
    """A file open for reading bytes: Python's, or an upload of Django's."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, none at the end."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """One size of a picture: WebP bytes, sRGB, no metadata. `width` and `height` in pixels."""

    width: int
    height: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """An upload made safe: its renditions, narrowest first, and the SHA-256 of what was uploaded, hexadecimal."""

    digest: str
    renditions: tuple[Rendition, ...]

    @property
    def largest(self) -> Rendition:
        """The widest rendition."""
        return self.renditions[-1]


def prepare(
    file: Readable,
    *,
    max_bytes: int,
    widths: Sequence[int],
    quality: int = 82,
    smallest_side: int = 8,
    pointer: str = "/file",
) -> Picture:
    """Reads, verifies and re-encodes an uploaded picture.

    `widths` (pixels) are the renditions wanted. None is enlarged: of a picture narrower than some of them, the widest
    rendition has its own width. `quality` is WebP's, 1 to 100. Either side must have `smallest_side` pixels, no side
    more than 10,000, and both together at most 25 million. `pointer` is where the errors say the fault is.

    Raises TooLarge (`file_too_large`, `image_too_large`) or RuleViolation (`not_an_image`, `image_type`,
    `image_truncated`, `image_animated`, `image_too_small`, `image_polyglot`).
    """
    try:
        data = _read(file, max_bytes)
        container = _look_through(data, smallest_side)
        with _ONE_AT_A_TIME:
            renditions = _encode(_decode(data, container, max(widths)), sorted(widths), quality)
    except _Refused as refusal:
        code, detail = refusal.code, str(refusal)
        kind = TooLarge if refusal.too_large else RuleViolation
        raise kind(detail, code=code, errors=[FieldError(pointer, code, detail)]) from refusal.__cause__
    return Picture(hashlib.sha256(data).hexdigest(), renditions)


def narrower(stored: bytes, width: int, *, quality: int = 82) -> Rendition:
    """Another width of a picture that `prepare` made, from its largest rendition. Raises OSError when it is damaged."""
    with _ONE_AT_A_TIME, Image.open(io.BytesIO(stored), formats=[EXTENSION]) as image:
        return _scaled(image.convert("RGB"), width, quality)


def is_whole(stored: bytes, width: int) -> bool:
    """Whether these bytes are a rendition of this width (pixels), from its first byte to its last."""
    try:
        container = walk(stored)
    except (Truncated, Malformed):
        return False
    return (container.format, container.width, container.end) == ("WEBP", width, len(stored))


class _Refused(Exception):
    """A refusal that does not know yet where in the request the file was."""

    def __init__(self, code: str, detail: str, *, too_large: bool = False) -> None:
        super().__init__(detail)
        self.code, self.too_large = code, too_large


def _read(file: Readable, max_bytes: int) -> bytes:
    """The whole file, of which never more than one byte too many is read."""
    read = bytearray()
    while len(read) <= max_bytes and (block := file.read(max_bytes + 1 - len(read))):
        read += block
    if len(read) > max_bytes:
        raise _Refused(
            "file_too_large", f"The file is larger than the {max_bytes:,} bytes that are taken.", too_large=True
        )
    if not read:
        raise _Refused("not_an_image", f"The file is empty: send {_ACCEPTED}.")
    return bytes(read)


def _look_through(data: bytes, smallest_side: int) -> Container:
    """Everything that can be known without decoding."""
    if format_of(data) is None:
        if foreign := name_of(data):
            raise _Refused("image_type", f"The file is {foreign}, whatever its name says: send {_ACCEPTED}.")
        raise _Refused("not_an_image", f"The file is not a picture: send {_ACCEPTED}.")
    try:
        container = walk(data)
    except Truncated as error:
        raise _truncated() from error
    except Malformed as error:
        raise _Refused(
            "not_an_image", f"The file is not a whole picture: {error}. Save it anew and send that."
        ) from error
    width, height = container.width, container.height
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise _Refused(
            "image_too_large",
            f"The picture has {width:,} by {height:,} pixels: at most {MOST_PIXELS:,} in all and {LONGEST_SIDE:,} on a"
            " side are taken. Make it smaller.",
            too_large=True,
        )
    if min(width, height) < smallest_side:
        raise _Refused(
            "image_too_small", f"The picture has {width} by {height} pixels: it needs {smallest_side} on either side."
        )
    if container.frames > 1:
        raise _Refused("image_animated", f"The picture has {container.frames} frames: send one that does not move.")
    if also := what_else(data, container):
        raise _Refused(
            "image_polyglot", f"The file holds {also} besides the picture: save the picture anew and send that."
        )
    return container


def _truncated() -> _Refused:
    return _Refused("image_truncated", "The picture is cut off or damaged: send the whole file.")


def _decode(data: bytes, container: Container, widest: int) -> Image.Image:
    """The picture upright, in sRGB, without transparency, and no wider than `widest` pixels."""
    try:
        with Image.open(io.BytesIO(data), formats=[container.format]) as image:
            image.verify()  # for a PNG the checksums; it leaves the image unusable
        with Image.open(io.BytesIO(data), formats=[container.format]) as image:
            if image.size != (container.width, container.height) or getattr(image, "n_frames", 1) != 1:
                raise ValueError("the decoder sees another picture than the header says")
            return _developed(image, widest)
    except _UNREADABLE as error:
        raise _truncated() from error


def _developed(image: Image.Image, widest: int) -> Image.Image:
    """Shrinks first, then turns and converts: what costs memory happens to the small picture."""
    orientation = _orientation(image)
    across = image.height if orientation in _LYING else image.width
    scale = min(1.0, widest / across)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    # A JPEG can be decoded at a half, a quarter or an eighth; twice the size wanted leaves enough to resample well.
    image.draft(None, (2 * size[0], 2 * size[1]))
    image.load()
    profile = image.info.get("icc_profile")
    shrunk = _resampleable(image).resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    turned = shrunk.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else shrunk
    return _to_srgb(turned, profile)


def _orientation(image: Image.Image) -> int:
    """How the picture lies, 1 (upright) to 8; what cannot be read counts as upright, as in browsers."""
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except _UNREADABLE:
        return 1
    return value if isinstance(value, int) and value in _UPRIGHT else 1


def _resampleable(image: Image.Image) -> Image.Image:
    """The picture in a mode that resamples smoothly: grey, RGB, RGBA or CMYK, of 8 bits a channel."""
    if image.mode.startswith("I"):
        # 16 bits of grey. Pillow's own conversion cuts off at 255 instead of scaling.
        return image.point(lambda value: value * (1 / 256) + 0, "L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in {"L", "RGB", "CMYK"} else image.convert("L" if image.mode == "1" else "RGB")


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """On white where it was transparent, then through its colour profile: an image that carries nothing but pixels."""
    if image.mode == "RGBA":
        ground = Image.new("RGB", image.size, _WHITE)
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    converted = _through_profile(image, profile) if profile and len(profile) <= _LARGEST_PROFILE else None
    bare = Image.new("RGB", image.size)
    bare.paste(converted or image.convert("RGB"))
    return bare


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    """None when the profile is broken or is one for other colours: browsers go on without it, and so does this."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, *_UNREADABLE):
        return None


def _encode(image: Image.Image, widths: Sequence[int], quality: int) -> tuple[Rendition, ...]:
    """One rendition for each width below the picture's own, and one of its own width."""
    wanted = [*(width for width in widths if width < image.width), image.width]
    return tuple(_scaled(image, width, quality) for width in wanted)


def _scaled(image: Image.Image, width: int, quality: int) -> Rendition:
    height = max(1, round(image.height * width / image.width))
    scaled = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    out = io.BytesIO()
    scaled.save(out, "WEBP", quality=quality, method=4)
    return Rendition(width, height, out.getvalue())
