"""Pictures as the back office shows them: the smallest rendition, below the public media prefix."""

from __future__ import annotations

import re

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from movies.models import Image

NO_POSTER = mark_safe('<span class="no-poster" aria-hidden="true"></span>')
_WIDTH = re.compile(r"-w([0-9]+)(\.[a-z]+)$")
_POSTER_WIDTH = 185  # pixels: the narrowest rendition of a poster (movies.services.images.WIDTHS)


def poster_thumbnail(path: str | None) -> str | None:
    """The address of the narrowest rendition of a poster of which the widest is known."""
    if not path:
        return None
    width = _WIDTH.search(path)
    if width and int(width[1]) > _POSTER_WIDTH:
        path = _WIDTH.sub(rf"-w{_POSTER_WIDTH}\2", path)
    return f"{settings.MEDIA_URL}{path}"


def image_thumbnail(image: Image) -> str:
    """The address of an image's narrowest rendition."""
    narrowest = min(image.renditions, key=int, default=None)
    return f"{settings.MEDIA_URL}{image.renditions[narrowest] if narrowest else image.path}"


def preview(image: Image) -> SafeString:
    """A small picture that leads to the whole one, with its size in pixels and kilobytes."""
    return format_html(
        '<a class="preview" href="{}" target="_blank" rel="noopener"><img src="{}" alt="{}" loading="lazy">'
        "<span>{} × {}<br>{} kB</span></a>",
        f"{settings.MEDIA_URL}{image.path}",
        image_thumbnail(image),
        f"{image.get_kind_display()}, open in full size",
        image.width,
        image.height,
        f"{max(1, round(image.bytes / 1000)):,}",
    )
