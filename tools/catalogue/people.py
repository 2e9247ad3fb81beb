"""Names of people: what is not a name goes, two people in one name are two, and each person has one spelling."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Final

from movies.search.normalise import name_key
from tools.catalogue.entry import Entry, cast_of, people_of
from tools.catalogue.titles import without_leftovers

# Words of a credit that lists of Wikipedia give as if they were people.
_NOT_NAMES: Final = frozenset(
    {
        *("also", "and", "cast", "dir", "director", "featuring", "himself", "herself", "interviews", "narrated"),
        *("narration", "narrator", "none", "nominee", "producer", "screenplay", "screenwriter", "starring", "story"),
        *("the", "themselves", "unknown", "various", "voice", "voices", "with", "writer", "writers"),
    }
)
# "voices of", "(narrated by)": a remark before the names that follow.
_LEAD_IN: Final = re.compile(
    r"(?:(?:the )?voices? (?:of|by)|(?:as )?narrated by|narration by|narrator|dir\.|and|with|featuring|starring|also"
    r"|various)(?::|\b)\s*",
    re.IGNORECASE,
)
_REMARK: Final = re.compile(r"\s*\([^()]*\)*\s*$|^\([^()]*\)\s*")
_CHARACTER: Final = re.compile(r"(?<=\w) as (?=[A-Z]).*$")
_SUFFIX: Final = re.compile(r",?\s+(Jr|Sr)\b\.?$", re.IGNORECASE)
_BARE_SUFFIX: Final = re.compile(r"[JS]r\.?")
_ROMAN_SUFFIX: Final = re.compile(r",\s+(II|III|IV)$")
# A sentence that goes on: "the life of". Capitalized these are names (Yoo Ah-in, Andy On), but for "Music By".
_ENDS_OPEN: Final = re.compile(r"(?:^|\s)(?:of|[Bb]y|for|with|on|from|against|between|within|the|at|a|an|in)$")
_STARTS_OPEN: Final = re.compile(r"(?:his|her|their|many|the|profile|life|history)\s")
_TRAILING_ARTICLE: Final = re.compile(r"\s+The$")
# Words of names that are written small.
_PARTICLES: Final = frozenset(
    {
        *("a", "af", "al", "and", "ap", "av", "bar", "ben", "bin", "da", "dal", "das", "de", "degli", "del", "della"),
        *("der", "des", "di", "dit", "do", "dos", "du", "e", "el", "en", "his", "i", "ibn", "il", "la", "le", "les"),
        *("lo", "los", "mac", "of", "o", "op", "san", "st", "st.", "ten", "ter", "the", "to", "und", "van", "vom"),
        *("von", "y", "zu", "zum", "zur", "'t"),
    }
)
_WORD: Final = r"[^\W\d_][\w.'’-]*"
_SHARED_SURNAME: Final = re.compile(rf"({_WORD}) and ({_WORD}) ({_WORD})")
_TWO_NAMES: Final = re.compile(r"(?:[,;]| and | & )\s*")


def clean_name(name: str) -> list[str]:
    """The people whom a name of a list means: usually one, none if the text is a remark, two of "Lee and Lyn Wilde"."""
    found = without_leftovers(name)
    found = _REMARK.sub("", _LEAD_IN.sub("", _REMARK.sub("", found), count=1) if _LEAD_IN.match(found) else found)
    found = found.strip(" ,;:()[]*–").removesuffix("-")
    if found.count('"') == 1:
        found = found.replace('"', "").strip()
    found = _TRAILING_ARTICLE.sub("", _CHARACTER.sub("", found))
    found = _SUFFIX.sub(lambda match: f" {match[1].title()}.", found)
    found = _ROMAN_SUFFIX.sub(r" \1", found)
    if not found or _is_remark(found):
        return []
    return _apart(found)


def _is_remark(text: str) -> bool:
    """Whether a text is part of a sentence rather than a name."""
    words = text.split()
    if not any(letter.isalnum() for letter in text) or _ENDS_OPEN.search(text) or _STARTS_OPEN.match(text):
        return True
    if all(word.strip(".,").casefold() in _NOT_NAMES for word in words):
        return True
    small = [word for word in words if word[0].islower() and word.casefold() not in _PARTICLES]
    one_word = len(small) == len(words) == 1 and "." not in text
    return one_word or len(small) >= 2 or (len(small) == 1 and len(words) > 4)


def _apart(name: str) -> list[str]:
    """The people of a name that holds several: with one surname ("Lee and Lyn Wilde") or with two full names."""
    if shared := _SHARED_SURNAME.fullmatch(name):
        return [f"{shared[1]} {shared[3]}", f"{shared[2]} {shared[3]}"]
    parts = [part for part in _TWO_NAMES.split(name) if part]
    whole = [
        part for part in parts if len(part.split()) > 1 and part.split()[0].casefold() not in ("his", "the", "her")
    ]
    if len(parts) > 1 and len(whole) == len(parts):
        return [part for part in whole if not _is_remark(part)]
    return [name]


def clean_people(entries: list[Entry]) -> dict[str, int]:
    """Cleans the names of everybody in the entries; returns how many names each rule touched."""
    for entry in entries:
        entry.cast = cast_of(_with_suffixes([part.name for part in entry.cast]))
    counts = Counter(part.name for entry in entries for parts in entry.people() for part in parts)
    counts.update(name for entry in entries for award in entry.awards for name in award.people)
    meant = {name: clean_name(name) for name in counts}
    spelled: Counter[str] = Counter()
    for name, people in meant.items():
        for person in people:
            spelled[person] += counts[name]
    best = _one_spelling(spelled)
    rename(entries, lambda _, name: [best[person] for person in meant[name]])
    return {
        "names that are not of people": sum(not people for people in meant.values()),
        "names of several people": sum(len(people) > 1 for people in meant.values()),
        "names with leftovers of a page or a suffix": sum(
            len(people) == 1 and people[0] != name for name, people in meant.items()
        ),
        "spellings of a name that has another": sum(name != other for name, other in best.items()),
    }


def _with_suffixes(names: list[str]) -> list[str]:
    """The names of a cast, where "Sr." after a name belongs to that name."""
    found: list[str] = []
    for name in names:
        if found and _BARE_SUFFIX.fullmatch(name):
            found[-1] += f" {name}"
        else:
            found.append(name)
    return found


def _one_spelling(spelled: Counter[str]) -> dict[str, str]:
    """The spelling of each name: of those that differ in case, accents, hyphens and dots alone the most frequent one.

    Of two that are equally frequent the one with more signs wins: it is the one with the accents.
    """
    same: dict[str, list[str]] = defaultdict(list)
    for name in spelled:
        same[name_key(name).replace(" ", "")].append(name)
    best = {}
    for names in same.values():
        first = max(names, key=lambda name: (not name.islower(), spelled[name], len(name.encode()), name))
        best.update(dict.fromkeys(names, first))
    return best


def rename(entries: list[Entry], named: Callable[[Entry, str], list[str]]) -> None:
    """Gives everybody in the entries, and everybody who is named in an award, the names that `named` returns."""
    for entry in entries:
        entry.directors = people_of(name for part in entry.directors for name in named(entry, part.name))
        entry.cast = cast_of(name for part in entry.cast for name in named(entry, part.name))
        entry.awards = [
            award._replace(people=tuple(dict.fromkeys(name for part in award.people for name in named(entry, part))))
            for award in entry.awards
        ]
