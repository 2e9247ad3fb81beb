"""What genres, tags and collections are addressed by."""

from __future__ import annotations

import unicodedata
from zlib import crc32

from django.utils.text import slugify

from movies.search.normalise import FRACTIONS, LETTERS

_ROMANIZED = str.maketrans({**LETTERS, "ß": "ss", "\u2044": "-"})


def slug_words(text: str) -> str:
    """The words of a slug: `Œdipe roi` gives `oedipe-roi`, `8½` gives `8-1-2`; empty without a Latin letter or digit.

    Django's `slugify` alone drops letters that do not decompose.
    """
    return slugify(unicodedata.normalize("NFKD", FRACTIONS.sub(r"-\g<0>", text)).lower().translate(_ROMANIZED))


def slug_of(name: str, kind: str, longest: int) -> str:
    """The slug of a genre, tag or collection; a name without a Latin letter or digit gives a number."""
    return slug_words(name)[:longest].strip("-") or f"{kind}-{crc32(name.encode()):08x}"
