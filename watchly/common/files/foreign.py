"""Names what is sent in place of a picture that is taken, so that the refusal can say what the file really is."""

from __future__ import annotations

_SIGNATURES = (
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"8BPS", "a Photoshop file"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
)
_BRANDS = {b"avif": "an AVIF picture", b"heic": "a HEIC picture", b"heix": "a HEIC picture", b"mif1": "a HEIF picture"}
_LOOKED_AT = 4096  # bytes; an SVG may begin with comments and declarations


def name_of(data: bytes) -> str | None:
    """What kind of file this is, as a noun with its article ("a GIF", "an SVG drawing"), or None if it is not known."""
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            return name
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "a film or sound file")
    # Text, whatever its encoding: the zeros of UTF-16 go, the signs that matter are ASCII.
    beginning = data[:_LOOKED_AT].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if beginning.startswith(b"<"):
        return "an SVG drawing" if b"<svg" in beginning else "a page or another text with markup"
    return None
