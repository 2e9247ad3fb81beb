"""What the search index holds about one title, name or word. Pure: nothing here knows the database."""

from __future__ import annotations

import re
from collections.abc import Iterable
from zlib import crc32

from movies.search.normalise import fold, name_key, title_key
from movies.search.numerals import with_digits

# Words that say nothing about which film is meant. They are neither indexed nor asked for.
STOP_WORDS = frozenset({"the", "a", "an", "and", "of"})
# A word below 3 letters is one letter away from too many others; one above 40 is no word.
SHORTEST_TYPO, LONGEST_WORD = 3, 40
# Of a longer text only the beginning is compared letter by letter. One letter more or less shifts one letter over the
# edge, and the forms with one letter left out still meet.
_COMPARED = 32


def compacted(key: str) -> str:
    """A key without its spaces, so that "spiderman" and "spider man", "walle" and "wall e" are the same."""
    return key.replace(" ", "")


def index_words(key: str) -> list[str]:
    """The words of a key that are indexed, in order; a key without letters and digits ("!!!") has none."""
    return [word for word in key.split() if word not in STOP_WORDS and word[0].isalnum()]


# Between the title of a series and that of its part.
_PARTED = re.compile(r"\s*[:–—]\s+|\s+-\s+")
# Initials are looked up as one word ("lotr"); the sign keeps them apart from what is spelled.
INITIALS = "="
FEWEST_INITIALS, MOST_INITIALS = 3, 8


def name_entries(names: Iterable[str]) -> dict[str, list[str]]:
    """What is indexed of a person's names; see `entries`."""
    return entries([name_key(name) for name in names])


def title_entries(titles: Iterable[str]) -> dict[str, list[str]]:
    """What is indexed of a movie's titles: each with its numbers as digits too, and with its initials.

    "The Lord of the Rings: The Two Towers" is found by "lotr", "E.T. the Extra-Terrestrial" by "et", "The Godfather
    Part II" by "godfather 2".
    """
    found: dict[str, set[str]] = {}
    for title in titles:
        key = title_key(title)
        for compact, words in entries([key, with_digits(key), _abbreviation(key)]).items():
            found.setdefault(compact, set()).update(words)
        if (compact := compacted(key)) in found:
            found[compact].update(INITIALS + letters for letters in _initials(title))
    return {compact: sorted(held, key=str.encode) for compact, held in found.items()}


def _abbreviation(key: str) -> str:
    """The single letters that a key begins with, if other words follow: "e t" of E.T. the Extra-Terrestrial."""
    words = key.split()
    count = next((at for at, word in enumerate(words) if len(word) > 1 or not word.isalpha()), 0)
    return " ".join(words[:count]) if count > 1 else ""


def _initials(title: str) -> set[str]:
    """The first letters of a title's words and of those before its colon, with and without a leading article."""
    forms = {form for text in (title, _PARTED.split(title, 1)[0]) for form in (fold(text), title_key(text))}
    letters = {"".join(word[0] for word in form.split()) for form in forms}
    return {found for found in letters if FEWEST_INITIALS <= len(found) <= MOST_INITIALS and found.isalpha()}


def entries(keys: list[str]) -> dict[str, list[str]]:
    """The different compact forms among the keys of one movie or person, each with its words in C order.

    Among them are the words' first letters, so that a last word of which one letter is typed needs no walk over the
    thousands of words that it begins.
    """
    words: dict[str, set[str]] = {}
    for key in keys:
        if key:
            found = index_words(key)
            words.setdefault(compacted(key), set()).update(found, (word[0] for word in found))
    return {compact: sorted(held, key=str.encode) for compact, held in words.items()}


def edits(text: str) -> list[int]:
    """Signed 32-bit hashes of `text` and of every form of it with one letter left out, in ascending order.

    Two texts that differ by one wrong, missing, extra or swapped letter share at least one of these, so that one
    overlap of arrays finds a typing error without comparing letters: the symmetric delete algorithm (Wolf Garbe, 2012,
    https://github.com/wolfgarbe/SymSpell), here with deletions of one letter. CRC-32, since the hashes are stored and
    must be the same on every machine and version. Shorter texts than SHORTEST_TYPO letters have only their own hash.
    """
    text = text[:_COMPARED]
    forms = {text}
    if len(text) >= SHORTEST_TYPO:
        forms.update(shortened(text))
    return sorted({_hash(form) for form in forms})


def shortened(text: str) -> list[str]:
    """Every form of `text` with one letter left out."""
    return [text[:at] + text[at + 1 :] for at in range(len(text))]


def own_edit(text: str) -> int:
    """The hash by which `edits` knows `text` itself."""
    return _hash(text[:_COMPARED])


def _hash(form: str) -> int:
    return (crc32(form.encode()) ^ 0x80000000) - 0x80000000


def spelt_words(words: Iterable[str]) -> list[str]:
    """Those of the words in which a typing error is forgiven: no numbers, neither too short nor too long."""
    return [
        word
        for word in words
        if SHORTEST_TYPO <= len(word) <= LONGEST_WORD and not word.isdigit() and not word.startswith(INITIALS)
    ]
