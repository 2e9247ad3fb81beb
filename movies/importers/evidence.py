"""Which of several movies of like titles a record is: what speaks for each and against it, in points.

Pure. A title and a year are shared by remakes, by shorts and by different movies of one season, so they only name the
candidates. Directors decide first, then an original title that says more than the title, then the runtime.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from movies.importers.record import Record, Refused
from movies.search.entries import compacted
from movies.search.normalise import name_key, title_key

AMBIGUOUS: Final = "ambiguous"
# Of a record's alternative titles no more are looked up.
_MOST_NAMES = 8
_SAME_DIRECTOR, _OTHER_DIRECTOR = 4, -4
_SAME_ORIGINAL, _OTHER_ORIGINAL = 2, -1
_SAME_RUNTIME, _OTHER_RUNTIME, _FAR_RUNTIME = 1, -1, -2
# From here down a candidate is another movie.
_CONTRADICTED: Final = -2
# What a record with an id needs for a movie of another title or year, which usually is another movie.
_CONVINCING: Final = 2
# A shorter title (without spaces) is not enough where title and year both differ from the movie's own.
_DISTINCTIVE = 8
_SIMILAR_NAME = 0.85
# How far a candidate is from a record: another title of the movie, the year before or after, both.
_OTHER_TITLE, _OTHER_YEAR = 1, 2
_FARTHEST = _OTHER_TITLE + _OTHER_YEAR


@dataclass(slots=True)
class Facts:
    """What tells movies of one title and year apart."""

    title_key: str
    year: int | None
    original_key: str = ""
    runtime: int | None = None
    directors: Sequence[str] = ()


class Candidate(NamedTuple):
    """A movie that a record may be, by its title: `number` is anything that tells candidates apart."""

    facts: Facts
    number: int
    shown: str


def facts_of(record: Record, key: str) -> Facts:
    """The same of a record."""
    return Facts(
        key,
        record.year,
        title_key(record.original_title) if record.original_title else "",
        record.runtime,
        [name_key(person.name) for person in record.directors if person.name],
    )


def names_of(record: Record, key: str) -> list[str]:
    """The compact forms of all titles that a record gives, its own first."""
    titles = [key]
    if record.original_title:
        titles.append(title_key(record.original_title))
    titles += [title_key(other.title) for other in record.alternative_titles[:_MOST_NAMES]]
    return list(dict.fromkeys(compacted(title) for title in titles if title))


def choose(wanted: Facts, candidates: Iterable[Candidate], *, identified: bool) -> int | None:
    """The number of the candidate that a record is, or None for a movie of its own.

    `identified` says that the record has an id of its own: then only the same title and year, or convincing evidence,
    make it a movie that lacks one, and what does not decide makes a movie of its own. Raises Refused with the code
    `ambiguous` where the evidence does not decide about any other record.
    """
    rated: list[tuple[int, Candidate, bool]] = []
    for candidate in candidates:
        evidence, doubtful = _evidence(wanted, candidate.facts)
        distance = _distance(wanted, candidate.facts)
        if evidence <= _CONTRADICTED or (identified and distance and evidence < _CONVINCING):
            continue
        if distance == _FARTHEST and evidence <= 0 and len(compacted(wanted.title_key)) < _DISTINCTIVE:
            continue
        rated.append((evidence - distance, candidate, doubtful))
    if not rated:
        return None
    most = max(points for points, _, _ in rated)
    best = [(candidate, doubtful) for points, candidate, doubtful in rated if points == most]
    if identified and (len(best) > 1 or best[0][1]):
        return None
    if len(best) > 1:
        shown = ", ".join(sorted(candidate.shown for candidate, _ in best)[:5])
        raise Refused(
            AMBIGUOUS,
            f"The row may be any of {shown}: give an id, or the director, original title or runtime that tells them"
            " apart.",
        )
    ((chosen, doubtful),) = best
    if doubtful:
        raise Refused(
            AMBIGUOUS,
            f"The row is like {chosen.shown}, but names another director: give an id, or correct the director.",
        )
    return chosen.number


def _distance(wanted: Facts, movie: Facts) -> int:
    title = 0 if wanted.title_key == movie.title_key else _OTHER_TITLE
    return title + (0 if wanted.year == movie.year else _OTHER_YEAR)


def _evidence(wanted: Facts, movie: Facts) -> tuple[int, bool]:
    """Points for and against, and whether the directors differ."""
    points, differ = 0, False
    if wanted.directors and movie.directors:
        differ = not any(_same_person(one, other) for one in wanted.directors for other in movie.directors)
        points += _OTHER_DIRECTOR if differ else _SAME_DIRECTOR
    # An original title that is the title, as most are, says nothing more.
    if wanted.original_key and movie.original_key and {wanted.original_key, movie.original_key} != {wanted.title_key}:
        same = compacted(wanted.original_key) == compacted(movie.original_key)
        points += _SAME_ORIGINAL if same else _OTHER_ORIGINAL
    if wanted.runtime and movie.runtime:
        shorter, longer = sorted((wanted.runtime, movie.runtime))
        if longer - shorter <= 2:
            points += _SAME_RUNTIME
        elif longer > 2 * shorter and longer - shorter > 10:
            points += _FAR_RUNTIME
        elif longer - shorter > max(10, longer * 0.12):
            points += _OTHER_RUNTIME
    return points, differ


def _same_person(one: str, other: str) -> bool:
    """Whether two keys of names may be one person's: spelt, ordered or shortened otherwise."""
    if one == other:
        return True
    words, others = one.split(), other.split()
    if set(words) == set(others) or (words and others and words[-1] == others[-1] and words[0][0] == others[0][0]):
        return True
    return SequenceMatcher(None, one, other).ratio() >= _SIMILAR_NAME
