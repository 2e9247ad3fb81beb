"""First sentences of Wikipedia as overviews, each with its source, its licence and a link to its page."""

from __future__ import annotations

import re
from typing import Final

from movies.exporters.formats import href
from tools.catalogue.entry import Entry
from tools.catalogue.joining import Shelf
from tools.catalogue.titles import without_leftovers

SOURCE: Final = "Wikipedia"
LICENSE: Final = "CC BY-SA 4.0"
PAGES: Final = "https://en.wikipedia.org/wiki/"
# A page about the novel, the band or the list that a movie's link led to says nothing of the kind.
_OF_A_MOVIE: Final = re.compile(
    r"film|movie|documentary|mockumentary|cartoon|anim(?:e|at)|serial|series|screen|short|feature|picture|video|special|"
    r"comedy|drama|thriller|western|musical|horror|noir|concert|directed by|starring",
    re.IGNORECASE,
)
_NOT_OF_ONE_MOVIE: Final = re.compile(r"\{\{|may (?:also )?refer to|^This is a (?:complete )?list of ", re.IGNORECASE)
_EMPTY_BRACKETS: Final = re.compile(r"\s*\(\s*[;,]?\s*\)")
_SPACE_BEFORE: Final = re.compile(r"\s+(?=[,;](?:\s|$))")


def clean_overview(text: str) -> str:
    """The text without leftovers of its page; empty if it is not about one movie."""
    found = "\n".join(map(without_leftovers, text.split("\n"))).strip()
    found = _SPACE_BEFORE.sub("", _EMPTY_BRACKETS.sub("", found))
    return found if _OF_A_MOVIE.search(found) and not _NOT_OF_ONE_MOVIE.search(text) else ""


def attribute(shelf: Shelf, row: Entry, text: str) -> bool:
    """Gives the entry that a row names its overview, unless it has one; whether it did."""
    entry, text = shelf.known(row), clean_overview(text)
    if entry is None or entry.overview or not text or row.wikipedia_page is None:
        return False
    entry.overview = text
    entry.overview_source, entry.overview_license = SOURCE, LICENSE
    entry.overview_url = f"{PAGES}{href(row.wikipedia_page)}"
    return True
