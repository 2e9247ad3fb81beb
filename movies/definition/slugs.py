"""What genres, tags and collections are addressed by."""

from __future__ import annotations

from zlib import crc32

from django.utils.text import slugify


def slug_of(name: str, kind: str, longest: int) -> str:
    """The slug of a genre, tag or collection; a name without a Latin letter or digit gives a number."""
    return slugify(name)[:longest].strip("-") or f"{kind}-{crc32(name.encode()):08x}"
