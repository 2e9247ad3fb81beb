"""Finds what else a picture file is: an archive, a page, a script or a document that another program would run or open.

The picture that is kept is encoded anew from its pixels, so none of this would survive; but whoever sends such a file
is not sending a poster, and is told so. After Ange Albertini, "Abusing file formats" (PoC||GTFO 7), and Gareth Heyes,
"Bypassing CSP using polyglot JPEGs" (2016).
"""

from __future__ import annotations

import io
import zipfile

from watchly.common.files.containers import Container, format_of

# Long enough not to turn up by chance in megabytes of coded pixels, so they are looked for in the whole file.
_ANYWHERE = {
    b"<script": "a script",
    b"<!doctype": "a page",
    b"<iframe": "a page",
    b"javascript:": "a script",
    b"__halt_compiler": "a PHP archive",
    b"rar!\x1a\x07": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
}
# These would, so they are looked for beside the pixels only.
_BESIDE_PIXELS = {
    b"<html": "a page",
    b"<body": "a page",
    b"<svg ": "an SVG drawing",
    b"<svg\n": "an SVG drawing",
    b"<?php": "a PHP script",
    b"%pdf-": "a PDF document",
}
_TAR_SIGNATURE_AT = 257
# What fills a file up to a block's end, and what an editor adds to its last line.
_PADDING = b"\x00\r\n\t "


def what_else(data: bytes, container: Container) -> str | None:
    """What this picture file also is ("a ZIP archive"), or None when it is a picture and nothing more.

    Padding behind the picture (zeros, line ends) is nothing. The search knows the kinds listed above and no others.
    """
    if trailing := data[container.end :].strip(_PADDING):
        return _name_of(trailing)
    # The length of a JPEG's first segment and that of a RIFF file are where a script opens a comment over the rest.
    if data[4:6] in {b"/*", b"//"}:
        return "a script"
    if data[_TAR_SIGNATURE_AT : _TAR_SIGNATURE_AT + 5] == b"ustar":
        return "a TAR archive"
    for haystack, needles in ((data.lower(), _ANYWHERE), (container.side.lower(), _BESIDE_PIXELS)):
        for needle, name in needles.items():
            if needle in haystack:
                return name
    # The directory of a ZIP archive is at its end, so the archive may begin anywhere, among the pixels too.
    return "a ZIP archive" if zipfile.is_zipfile(io.BytesIO(data)) else None


def _name_of(trailing: bytes) -> str:
    """What the bytes behind the picture are."""
    lowered = trailing.lower()
    for needle, name in {**_ANYWHERE, **_BESIDE_PIXELS}.items():
        if needle in lowered:
            return name
    if b"PK\x03\x04" in trailing:
        return "a ZIP archive"
    return "another picture" if format_of(trailing) else f"{len(trailing):,} bytes of something else"
