"""Words of the lists that are not genres: how a movie was made or paid for, and where it plays. They become tags."""

from __future__ import annotations

from typing import Final

from tools.catalogue.entry import Entry

# What each word says as a tag, and the genre of a movie that has no other one.
NOT_GENRES: Final = {
    "Legal": ("courtroom", "Drama"),
    "Live Action": ("live action", None),
    "Performance": ("performance", "Music"),
}


def map_genres(entries: list[Entry]) -> int:
    """Turns words that are not genres into tags; returns how many entries had one."""
    touched = 0
    for entry in entries:
        words = [word for word in entry.genres if word in NOT_GENRES]
        touched += bool(words)
        kept = [word for word in entry.genres if word not in NOT_GENRES]
        instead = [genre for word in words if (genre := NOT_GENRES[word][1])]
        entry.genres = kept or sorted(set(instead))
        entry.tags = sorted({*entry.tags, *(NOT_GENRES[word][0] for word in words)})
    return touched
