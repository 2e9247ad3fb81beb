"""Keys: the forms in which titles and names are compared, sorted and searched.

Case, accents, punctuation, symbols, and an article before or after a title do not count. Scripts that are not Latin
keep their letters and the marks that spell (Japanese voicing, Indic vowels); marks that only help reading (accents,
Hebrew points, Arabic vowels) go.

Everything here is pure and made for millions of calls: one `str.translate` over a table that fills itself.
"""

from __future__ import annotations

import re
import unicodedata

TITLE_KEY_LENGTH = 200
NAME_KEY_LENGTH = 300
# What is read of a text at all: more than any column holds, and an end to what a hostile query can cost.
_READ = 1_000

# Letters that Unicode does not decompose, spelt as one types them without the key for them.
LETTERS = {
    "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i", "ħ": "h", "ŧ": "t",
    "ŋ": "n", "ƒ": "f", "ə": "e", "ɛ": "e", "ɔ": "o", "ɓ": "b", "ɗ": "d", "ƙ": "k",
}  # fmt: skip
_APOSTROPHES = "'`\u00b4\u02b9\u02bb\u02bc\u02be\u02bf\u2018\u2019\u201b\u2032\uff07"
# Signs that stand inside a word and leave no gap when they are not typed: apostrophes, soft hyphen, joiners, marks of
# direction, and the tatweel, which only stretches an Arabic word.
_INSIDE_WORDS = _APOSTROPHES + "\u00ad\u0640\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
# Marks that do not spell: accents of Latin, Greek and Cyrillic, Hebrew points, Arabic vowels, variation selectors.
_SILENT_MARKS = (
    (0x0300, 0x036F), (0x0483, 0x0487), (0x0591, 0x05BD), (0x05BF, 0x05C7), (0x064B, 0x065F), (0x0670, 0x0670),
    (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F),
)  # fmt: skip
# ½ decomposes to 1/2, which would grow onto a digit before it: 8½ is "8 1 2", as typed, and not "81 2".
FRACTIONS = re.compile("[¼½¾⅐-⅟↉]")

# Leading words that are articles in one of the main European languages and hardly ever anything else at the start of
# a title. Left out for that reason: die (Die Hard), den (Den of Thieves), de, en, i, o, as, lo, et.
ARTICLES = frozenset(
    {
        *("the", "a", "an"),  # "a" is Portuguese and Hungarian too
        *("le", "la", "les", "un", "une"),  # French, some also Spanish and Italian
        *("el", "los", "las", "una"),  # Spanish
        *("il", "gli", "uno"),  # Italian
        *("der", "das", "ein", "eine"),  # German
        *("het", "een"),  # Dutch
        *("det", "ett"),  # Swedish, Danish, Norwegian
        *("os", "um", "uma"),  # Portuguese
    }
)
# Names that begin with what looks like an article.
_NAMES = {
    "la": frozenset({"la", "paz", "jolla"}),
    "los": frozenset({"angeles", "alamos"}),
    "las": frozenset({"vegas", "palmas"}),
    "el": frozenset({"paso", "dorado", "alamein", "salvador"}),
}
_WORD = r"[^\W\d_]+"
_LEADING = re.compile(rf"\s*(?:({_WORD})\s+(?=\S)|l[{_APOSTROPHES}](?=\w))", re.IGNORECASE)
_TRAILING = re.compile(rf"(?<=\S)\s*[,;]\s*(?:({_WORD})|l[{_APOSTROPHES}])\s*$", re.IGNORECASE)


class _Folding(dict[int, str]):
    """What each code point becomes; fills itself, up to a size that no text in real languages reaches."""

    SIZE = 10_000

    def __missing__(self, code: int) -> str:
        folded = self._fold(code)
        if len(self) < self.SIZE:
            self[code] = folded
        return folded

    @staticmethod
    def _fold(code: int) -> str:
        character = chr(code)
        if any(first <= code <= last for first, last in _SILENT_MARKS):
            return ""
        lower = character.casefold()
        if lower in LETTERS:
            return LETTERS[lower]
        if character in _INSIDE_WORDS:
            return ""
        if character == "&":
            return " and "
        # Letters, marks and numbers stay; separators, punctuation, symbols, control characters and lone surrogates
        # (which no database takes) are gaps.
        return lower if unicodedata.category(character)[0] in "LMN" else " "


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The words of `text` in lower case, without accents and punctuation, one space between two; "" if it has none."""
    text = text[:_READ]
    if text.isascii():
        return " ".join(text.translate(_FOLDING).split())
    # The acute accent on its own stands for an apostrophe; decomposed it would be a space.
    text = FRACTIONS.sub(r" \g<0>", text.replace("\u00b4", "'"))
    text = unicodedata.normalize("NFKD", text).translate(_FOLDING)
    # Recomposed, since decomposition also takes Korean syllables and Japanese voicing apart.
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _without_article(text: str) -> str:
    """`text` as it was written, without a leading ("The Matrix") or trailing ("Matrix, The") article.

    Looks at the raw text: "A.I." and "A-Team" hold no article, and a comma is what tells "Plan, A" from "Plan A".
    """
    match = _LEADING.match(text)
    if match:
        word = match[1]
        if word is None:
            return text[match.end() :]
        article = word.lower()
        if article in ARTICLES:
            rest = text[match.end() :]
            if article not in _NAMES or fold(rest).partition(" ")[0] not in _NAMES[article]:
                return rest
    # The search is worth its time only where there is a comma or a semicolon at all.
    if "," in text or ";" in text:
        match = _TRAILING.search(text, max(0, len(text) - 12))
        if match and (match[1] is None or match[1].lower() in ARTICLES):
            return text[: match.start()]
    return text


def _something(text: str) -> str:
    """What a text without words is known by: its own characters (the film "!!!"), as far as a database takes them."""
    return " ".join("".join(character for character in text[:_READ] if character.isprintable()).casefold().split())


def title_key(text: str) -> str:
    """What a title sorts and matches by, at most 200 characters: "The Matrix", "Matrix, The" and "matrix" are "matrix".

    Empty only for a text of nothing but spaces and control characters: "The" stays "the", "!!!" stays "!!!".
    """
    text = text[:_READ]
    key = fold(_without_article(text)) or fold(text) or _something(text)
    return key[:TITLE_KEY_LENGTH].rstrip()


def name_key(text: str) -> str:
    """What a person's name sorts and matches by, at most 300 characters: `title_key` without a notion of articles."""
    return (fold(text) or _something(text))[:NAME_KEY_LENGTH].rstrip()
