"""What a query may mean, as parameters of the search statements. Pure: nothing here knows the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from movies.search.entries import (
    FEWEST_INITIALS,
    INITIALS,
    MOST_INITIALS,
    compacted,
    edits,
    index_words,
    own_edit,
    shortened,
)
from movies.search.normalise import ARTICLES, name_key, title_key
from movies.search.numerals import with_digits

# What is read of a query: more than anybody types, and an end to what a hostile one costs.
LONGEST_QUERY, _MOST_WORDS = 200, 12
# A query below 4 letters is one letter away from too much.
_SHORTEST_FORGIVEN = 4
_ENDS_IN_YEAR = re.compile(r"^(.*\w.*?)[\s(\[,.\-]+(1[89]\d\d|2[01]\d\d)[\s)\]]*$", re.DOTALL)
# What people type around a name: "movies with al pacino", "films by kurosawa", "al pacino movies".
_ASKED = r"(?:movies?|films?)"
_FILLER = re.compile(
    rf"^\s*{_ASKED}\s+(?:with|by|of|from|starring|featuring|directed\s+by)\s+(?=\w)|(?<=\w)\s+{_ASKED}\s*$",
    re.IGNORECASE,
)
_MOST_SPLIT = 6  # words of a query that may name a title and a person
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
    initials: str | None = None  # a tsquery for "lotr" and "lotr two towers"; None if the first word cannot be initials
    splits: list[tuple[str, str]] = field(default_factory=list)  # tsqueries of a person and a title, in either order


def readings(query: str, key: Callable[[str], str] = title_key) -> list[Reading]:
    """The ways to take a query, the literal one first; none when there is nothing to look for.

    "heat 1995" may be a title or the movie Heat of 1995; "blade runner 2049" is a title only for whoever knows it.
    """
    query = query[:LONGEST_QUERY]
    found: list[tuple[str, int | None]] = [(query, None)]
    if (asked := _FILLER.sub("", query)) != query:
        found.append((asked, None))
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
    digits = with_digits(short)
    forms = [compacted(form) for form in (short, whole, digits, *_inverted(whole))]
    telling = index_words(short)[:_MOST_WORDS]
    terms = _terms(short)
    if len(short) == 1:
        terms.clear()  # thousands of titles, of which those that begin with it are enough
    return Reading(
        year=year,
        forms=list(dict.fromkeys(forms)),
        words=_alternatives(terms, _terms(digits) if digits != short else []),
        forgiven=_forgiven(forms[:2], whole),
        spelling=[(term, _spelling(word, alone=len(terms) == 1)) for term, word in zip(terms, telling, strict=False)],
        initials=_initials(telling, terms),
        splits=_splits(terms),
    )


def _terms(key: str) -> list[str]:
    """Each telling word of a key as a tsquery."""
    telling = index_words(key)[:_MOST_WORDS]
    terms = [f"'{word}'" for word in telling]
    # The last word may be half typed. Of a single letter the index knows what it begins.
    if terms and telling[-1] == key.split()[-1] and len(telling[-1]) > 1:
        terms[-1] += ":*"
    return terms


def _alternatives(*ways: list[str]) -> str | None:
    """A tsquery for titles that have all words of one of these ways."""
    found = [" & ".join(terms) for terms in ways if terms]
    return " | ".join(f"({way})" for way in found) if len(found) > 1 else "".join(found) or None


def _initials(telling: list[str], terms: list[str]) -> str | None:
    if not terms or not telling[0].isalpha() or not FEWEST_INITIALS <= len(telling[0]) <= MOST_INITIALS:
        return None
    return " & ".join([f"'{INITIALS}{telling[0]}'", *terms[1:]])


def _splits(terms: list[str]) -> list[tuple[str, str]]:
    """The ways in which some words may name a person and the others a title: "heat de niro", "al pacino heat"."""
    if len(terms) > _MOST_SPLIT:
        return []
    cuts = [(" & ".join(terms[:at]), " & ".join(terms[at:])) for at in range(1, len(terms))]
    return [*cuts, *((title, person) for person, title in cuts)]


def _inverted(whole: str) -> list[str]:
    """For "matrix the", the catalogue's way of writing without its comma."""
    return [whole.removesuffix(" the")] if whole.endswith(" the") else []


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
