"""One genre by several words: what IMDb, TMDB and MovieLens call otherwise than the catalogue.

The catalogue's word is that of the Wikipedia list, which its first films came with. Only words that mean the same films
stand here. Not the same are Music (a concert, a life of a musician) and Musical (people sing what they have to say),
Adult and Erotic, Family (for all ages) and Children, Suspense and Thriller.
"""

from __future__ import annotations

from typing import Final

_WORDS: Final = (
    ("Science Fiction", "Sci-Fi", "SciFi"),  # IMDb, MovieLens
    ("Animated", "Animation"),  # IMDb, TMDB, MovieLens
    ("Historical", "History"),  # IMDb, TMDB: films about the past
    ("Noir", "Film-Noir", "Film Noir"),  # IMDb, MovieLens
    ("Sports", "Sport"),  # IMDb
    ("Biography", "Biographical", "Biopic"),  # all three stand in lists of Wikipedia
    ("Children", "Children's"),  # MovieLens, before 2015 and after
)
_SAME: Final[dict[str, tuple[str, ...]]] = {word.casefold(): words for words in _WORDS for word in words}


def words_for(name: str) -> tuple[str, ...]:
    """All words for a genre, the catalogue's own first; the name alone where there is no other."""
    return _SAME.get(name.casefold(), (name,))


def word_for(name: str) -> str:
    """The catalogue's own word for a genre."""
    return words_for(name)[0]
