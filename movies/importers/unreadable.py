"""Says why a text cannot be read as movies, and what would be right: told from its first bytes."""

from __future__ import annotations

import csv
from typing import Final

from movies.importers.csvrows import delimiter_of
from movies.importers.record import Problem
from movies.importers.source import SPREADSHEET

# The codes of a file of which nothing, or only a part, was read.
UNREADABLE: Final = (
    "archive", "empty", "library", "not_films", "not_text", "spreadsheet", "unknown_format", "utf_16",
)  # fmt: skip
BROKEN_OFF: Final = ("cut", "damaged", "encrypted", "too_large")
_BEGINNINGS: Final = (
    ((b"\xff\xfe", b"\xfe\xff"), "utf_16", "The file is in UTF-16: save it as UTF-8."),
    ((b"\xd0\xcf\x11\xe0",), "spreadsheet", SPREADSHEET),
    ((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8"), "not_text", "This is a document or an image, not a table."),
    ((b"SQLite format 3",), "not_text", "This is a database: export its table as CSV in UTF-8."),
    ((b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!"), "archive", "This kind of archive is not read: use gz or zip."),
    ((b"<!doctype html", b"<html", b"<?xml"), "not_text", "This is a web page or XML: download the file itself."),
)
_CUT = "The gz is cut or damaged before its first line: download it again."
# Exports of what users have seen, by columns that no list of movies has.
_LIBRARIES: Final = (
    ("Letterboxd", {"letterboxd uri"}),
    ("IMDb ratings or watchlist", {"const", "title type"}),
    ("Trakt", {"watched_at", "trakt_id"}),
    ("TMDB ratings", {"tmdb id", "your rating"}),
    ("Yamtrack", {"media_id", "media_type"}),
    ("Movary", {"tmdbid", "watchedat"}),
    ("Netflix viewing history", {"title", "date"}),
    ("NeoDB", {"info", "links", "timestamp"}),
)
_LETTERBOXD_LIST = "letterboxd list export"
_TRAKT_KEYS = (b'"watched_at"', b'"rated_at"', b'"listed_at"', b'"last_watched_at"')


def unreadable(beginning: bytes, *, packed: bool) -> Problem | None:
    """Why a text that begins so holds no movies; None when it may. `packed` says that the file on disk is a gz."""
    if not beginning.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        if packed:
            return Problem(1, "cut", _CUT)
        return Problem(1, "empty", "The file is empty.")
    lower = beginning[:20].lstrip().lower()
    for starts, code, detail in _BEGINNINGS:
        if beginning.startswith(starts) or lower.startswith(starts):
            return Problem(1, code, detail)
    if _looks_wide(beginning):
        return Problem(1, "utf_16", "The file is in UTF-16 without a byte order mark: save it as UTF-8.")
    if name := _library(beginning):
        return Problem(
            1,
            "library",
            f"This is a library from {name}: what a user has seen, rated or listed. This import adds movies to the"
            " catalogue; a library is imported elsewhere, by its owner in their own account.",
        )
    return None


def _looks_wide(beginning: bytes) -> bool:
    """Whether every other byte is 0, as in UTF-16 of Latin letters."""
    pairs = min(len(beginning), 200) // 2
    even, odd = beginning[: 2 * pairs : 2].count(0), beginning[1 : 2 * pairs : 2].count(0)
    return pairs >= 8 and max(even, odd) >= pairs * 0.6 and min(even, odd) <= pairs * 0.1


def _library(beginning: bytes) -> str | None:
    text = beginning.decode("utf-8-sig", errors="replace").lstrip()
    first = text.partition("\n")[0].rstrip("\r")
    if first.casefold().startswith(_LETTERBOXD_LIST):
        return "Letterboxd (a list)"
    if text.startswith(("{", "[")):
        return "Trakt" if any(key in beginning for key in _TRAKT_KEYS) and b'"movie"' in beginning else None
    try:
        header = next(csv.reader([first], delimiter=delimiter_of(first)), [])
    except csv.Error:
        return None
    columns = {cell.strip().casefold() for cell in header}
    for name, telling in _LIBRARIES:
        if telling <= columns and (name != "Netflix viewing history" or columns == telling):
            return name
    return None
