"""Takes out of titles and names what belongs to the page they were copied from: styles, markup, escapes, footnotes."""

from __future__ import annotations

import html
import re
from typing import Final

from tools.catalogue.entry import Entry

# A style sheet that a template leaves in the text: `.mw-parser-output .frac{white-space:nowrap}`.
_STYLE: Final = re.compile(r"(?:[.#@][\w-][^{}]*\{[^{}]*\})+")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")
# A quote with any number of backslashes before it, and backslashes that escape nothing.
_ESCAPED: Final = re.compile(r"\\+")
# [1], [a], [note 2], and the language of a page elsewhere, [fr]. [REC] is a title.
_FOOTNOTE: Final = re.compile(r"\s*\[(?:\d+|[a-z]{1,3}|note \d+|citation needed)\]")
# What the page of a movie is called, not the movie: "Thou Art the Man (film)", "Titanic (1996 miniseries)".
_PAGE_QUALIFIER: Final = re.compile(r"\s*\((?:\d{4} )?(?:film|movie|serial|miniseries|TV series|franchise|\d{4})\)$")
_MARKUP: Final = re.compile(r"\[\[|\]\]|''+")
# What no title holds when all of that is gone.
DIRT: Final = re.compile(
    "|".join(each.pattern for each in (_PAGE_QUALIFIER, _STYLE, _TAG, _ESCAPED, _FOOTNOTE, _MARKUP))
    + r"|&(?:[a-z]+|#\d+);|mw-parser|  "
)


def without_leftovers(text: str) -> str:
    """A text without leftovers of the page; empty if it was nothing else."""
    found = html.unescape(text)
    for leftover in (_STYLE, _TAG, _ESCAPED, _FOOTNOTE, _MARKUP):
        found = leftover.sub("", found)
    return " ".join(found.split())


def clean_title(title: str) -> str:
    """The title without leftovers of the page; the title itself where nothing else would remain."""
    return _PAGE_QUALIFIER.sub("", without_leftovers(title)) or title


def clean_titles(entries: list[Entry]) -> int:
    """Cleans every title of the entries; returns how many entries had something to clean."""
    touched = 0
    for entry in entries:
        before = entry.titles()
        entry.title = clean_title(entry.title)
        entry.original_title = clean_title(entry.original_title) if entry.original_title else None
        others = {other._replace(title=clean_title(other.title)) for other in entry.alternative_titles}
        entry.alternative_titles = sorted(others, key=str)
        touched += before != entry.titles()
    return touched
