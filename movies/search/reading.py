"""What a query may mean, as parameters of the search statements. Pure: nothing here knows the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from movies.search.entries import compacted, edits, index_words, own_edit, shortened
from movies.search.normalise import ARTICLES, name_key, title_key

# What is read of a query: more than anybody types, and an end to what a hostile one costs.
_LONGEST_QUERY, _MOST_WORDS = 200, 12
# A query below 4 letters is one letter away from too much.
_SHORTEST_FORGIVEN = 4
_ENDS_IN_YEAR = re.compile(r"^(.*\w.*?)[\s(\[,.\-]+(1[89]\d\d|2[01]\d\d)[\s)\]]*$", re.DOTALL)
_ROMANS = {
    "2": "ii", "3": "iii", "4": "iv", "5": "v", "6": "vi", "7": "vii", "8": "viii", "9": "ix", "10": "x", "11": "xi",
    "12": "xii", "13": "xiii",
}  # fmt: skip
_ARABICS = {roman: arabic for arabic, roman in _ROMANS.items() if len(roman) > 1}
_NEARLY_ARTICLES = frozenset(
    form for article in ARTICLES if len(article) > 1 for form in (article, *shortened(article))
)


@dataclass(slots=True)
class Reading:
    """One way to take a query: the text without its year, and the year that a hit must have (None: any)."""

    year: int | None
    forms: list[str]  # compact forms, as the beginning or the whole of a title
    words: str | None  # a tsquery of all words, the last one half typed; None if there is no word to look for
    forgiven: list[int] | None  # hashes of `forms` with a typing error; None if it is too short to forgive one
    spelling: list[tuple[str, list[int]]] = field(default_factory=list)  # each word as tsquery, with its edits' hashes


def readings(query: str, key: Callable[[str], str] = title_key) -> list[Reading]:
    """The ways to take a query, the literal one first; none when there is nothing to look for.

    "heat 1995" may be a title or the film Heat of 1995; "blade runner 2049" is a title only for whoever knows it.
    """
    query = query[:_LONGEST_QUERY]
    found: list[tuple[str, int | None]] = [(query, None)]
    if match := _ENDS_IN_YEAR.match(query):
        found.append((match[1], int(match[2])))
    return [reading for text, year in found if (reading := _reading(text, year, key)) is not None]


def after(text: str) -> str:
    """The first text in order of code points that does not begin with `text`, which is not empty."""
    last = ord(text[-1])
    if last >= 0x10FFFF:
        return text + text[-1]
    return text[:-1] + chr(0xE000 if last == 0xD7FF else last + 1)


def _reading(text: str, year: int | None, key: Callable[[str], str]) -> Reading | None:
    short = key(text)
    if not short:
        return None
    whole = name_key(text)  # with its articles
    forms = [compacted(form) for form in (short, whole, *_other_numerals(short), *_inverted(whole))]
    words = short.split()
    telling = index_words(short)[:_MOST_WORDS]
    terms = [f"'{word}'" for word in telling]
    # The last word may be half typed. Of a single letter the index knows what it begins.
    if terms and telling[-1] == words[-1] and len(telling[-1]) > 1:
        terms[-1] += ":*"
    if len(words) == 1 and len(short) == 1:
        terms.clear()  # thousands of titles, of which those that begin with it are enough
    return Reading(
        year=year,
        forms=list(dict.fromkeys(forms)),
        words=" & ".join(terms) or None,
        forgiven=_forgiven(forms[:2], whole),
        spelling=[(term, _spelling(word, alone=len(terms) == 1)) for term, word in zip(terms, telling, strict=False)],
    )


def _inverted(whole: str) -> list[str]:
    """For "matrix the", the catalogue's way of writing without its comma."""
    return [whole.removesuffix(" the")] if whole.endswith(" the") else []


def _other_numerals(short: str) -> list[str]:
    """For "rocky 2" Rocky II, and the other way round; never for the first word, which is no number of a series."""
    first, *rest = short.split()
    for numerals in (_ROMANS, _ARABICS):
        if any(word in numerals for word in rest):
            return [" ".join([first, *(numerals.get(word, word) for word in rest)])]
    return []


def _forgiven(forms: list[str], whole: str) -> list[int] | None:
    if len(forms[0]) < _SHORTEST_FORGIVEN:
        return None
    hashes = {number for form in forms for number in edits(form)}
    # A typing error in the article, which the index does not have, or no space after it: "teh matrix", "thematrix".
    article, _, rest = whole.partition(" ")
    if rest and (len(article) == 1 or not _NEARLY_ARTICLES.isdisjoint((article, *shortened(article)))):
        hashes.add(own_edit(compacted(rest)))
    elif article.startswith("the") and len(whole) > 6:
        hashes.add(own_edit(compacted(whole)[3:]))
    return sorted(hashes)


def _spelling(word: str, *, alone: bool) -> list[int]:
    """Hashes of a word's edits; none for one in which no typing error is forgiven."""
    # Next to other words even two letters may be what is left of three: "tm hanks".
    return edits(word) if len(word) >= (_SHORTEST_FORGIVEN if alone else 2) and not word.isdigit() else []
