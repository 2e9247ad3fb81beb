"""Genres: a closed vocabulary, and every way in which files and clients write its words.

`STANDARD` holds the genres that every installation knows; they are stored when a movie first has one. Staff may add
others, imports only on request. The catalogue's word is that of the Wikipedia list, which its first movies came with.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

STANDARD: Final = (
    "Action", "Adult", "Adventure", "Animated", "Biography", "Children", "Comedy", "Crime", "Dance", "Disaster",
    "Documentary", "Drama", "Erotic", "Family", "Fantasy", "Found Footage", "Game-Show", "Historical", "Horror",
    "Independent", "Martial Arts", "Music", "Musical", "Mystery", "News", "Noir", "Political", "Reality-TV", "Romance",
    "Satire", "Science Fiction", "Short", "Silent", "Slasher", "Sports", "Spy", "Superhero", "Supernatural", "Suspense",
    "TV Movie", "Talk-Show", "Teen", "Thriller", "War", "Western",
)  # fmt: skip
# Only words that mean the same movies. Not the same are Music (a concert, a life of a musician) and Musical (people
# sing what they have to say), Adult and Erotic, Family (for all ages) and Children, Suspense and Thriller.
_SAME: Final = (
    ("Science Fiction", "Sci-Fi", "SF"),  # IMDb, MovieLens
    ("Animated", "Animation"),  # IMDb, TMDB, MovieLens
    ("Historical", "History"),  # IMDb, TMDB: movies about the past
    ("Noir", "Film-Noir"),  # IMDb, MovieLens
    ("Sports", "Sport"),  # IMDb
    ("Biography", "Biographical", "Biopic"),  # all three are in lists of Wikipedia
    ("Children", "Children's"),  # MovieLens, before 2015 and after
    ("Romance", "Romantic"),
    ("Short", "Short Film"),
    ("Superhero", "Super Hero"),
)
_SEPARATORS: Final = re.compile(r"[,;/|&+]|\band\b", re.IGNORECASE)


def genre_key(name: str) -> str:
    """What two ways to write a genre have in common: letters and digits, without case (`Sci-Fi`, `sci fi`)."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


_WORDS: Final[Mapping[str, tuple[str, ...]]] = {genre_key(word): words for words in _SAME for word in words}
_STANDARD_KEYS: Final[Mapping[str, str]] = {genre_key(name): name for name in STANDARD}


def words_for(name: str) -> tuple[str, ...]:
    """All words for a genre, the catalogue's own first; the name alone where there is no other."""
    key = genre_key(name)
    return _WORDS.get(key) or (_STANDARD_KEYS.get(key, name),)


def word_for(name: str) -> str:
    """The catalogue's own word for a genre."""
    return words_for(name)[0]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The genres that there are: the standard ones and those that are stored, by every way to write them."""

    names: Mapping[str, str]

    @classmethod
    def of(cls, stored: Iterable[str], merged: Mapping[str, str] | None = None) -> Vocabulary:
        """The vocabulary of an installation with these genres, the first of them first.

        Of several words for one genre, the first that is stored is its name. `merged` holds what genres that staff have
        merged were called, each with the genre that it means now.
        """
        held: dict[str, str] = {}
        for name in stored:
            held.setdefault(genre_key(name), name)
        names = {**_STANDARD_KEYS, **held}
        for words in _SAME:
            keys = [genre_key(word) for word in words]
            names.update(dict.fromkeys(keys, next((held[key] for key in keys if key in held), words[0])))
        for alias, name in (merged or {}).items():
            keys = [genre_key(word) for word in (alias, *words_for(alias))]
            if not any(key in held for key in keys):
                names.update(dict.fromkeys(keys, name))
        return cls(names)

    def find(self, name: str) -> str | None:
        """The genre's own name, whatever it is called here; None for one that is not in the vocabulary."""
        return self.names.get(genre_key(name))

    def split(self, name: str) -> tuple[list[str], list[str]]:
        """The genres that a text names, which may be several ("Drama, Crime"), and what of it is not known."""
        if whole := self.find(name):
            return [whole], []
        parts = [part.strip() for part in _SEPARATORS.split(name) if part.strip()]
        if len(parts) < 2:
            return [], [name]
        found = [(part, self.find(part)) for part in parts]
        return list(dict.fromkeys(genre for _, genre in found if genre)), [part for part, genre in found if not genre]

    def nearest(self, name: str) -> str | None:
        """The genre that a mistyped name probably means, or None."""
        near = get_close_matches(genre_key(name), self.names, n=1, cutoff=0.6)
        return self.names[near[0]] if near else None

    def unknown(self, name: str) -> str:
        """The message for a name that `find` does not know, which names what would be right."""
        parts, missing = self.split(name)
        if parts and not missing:
            return f"{name[:60]!r} is not one genre: give {' and '.join(parts)} one by one."
        near = self.nearest(name)
        hint = (
            f"Did you mean {near}?" if near else f"Known are, among others, {', '.join(STANDARD[:3])}: see /api/genres."
        )
        return f"{name[:60]!r} is not a genre. {hint}"
