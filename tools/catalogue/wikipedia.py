"""First sentences of Wikipedia as overviews, each with its source, its licence and a link to its page."""

from __future__ import annotations

from typing import Final

from movies.exporters.formats import href
from tools.catalogue.entry import Entry
from tools.catalogue.joining import Shelf

SOURCE: Final = "Wikipedia"
LICENSE: Final = "CC BY-SA 4.0"
PAGES: Final = "https://en.wikipedia.org/wiki/"


def attribute(shelf: Shelf, row: Entry, text: str) -> bool:
    """Gives the entry that a row names its overview, unless it has one; whether it did."""
    entry = shelf.known(row)
    if entry is None or entry.overview or not text or row.wikipedia_page is None:
        return False
    entry.overview = text
    entry.overview_source, entry.overview_license = SOURCE, LICENSE
    entry.overview_url = f"{PAGES}{href(row.wikipedia_page)}"
    return True
