"""The look of the back office (django-unfold)."""

from __future__ import annotations

UNFOLD = {
    "SITE_TITLE": "Watchly",
    "SITE_HEADER": "Watchly",
    "SITE_SUBHEADER": "Back office",
    "SITE_SYMBOL": "movie",
}
