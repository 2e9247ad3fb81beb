"""Merges duplicates: the pairs that a list names, nominees of the Oscars, and other titles of one premiere."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from movies.importers.record import TitleElsewhere
from movies.search.normalise import title_key
from tools.catalogue.entry import Entry, agree, near
from tools.catalogue.joining import Shelf
from tools.catalogue.reading import Pair

OSCAR: Final = "Academy Award"
# Minutes that the runtimes of one movie may be apart, and at most how long a short one is.
_MINUTES_APART: Final = 3
_SHORT: Final = 45
# A foreign movie may be nominated years after it was made; the list has the year of the nomination.
_YEARS_BEFORE: Final = 3
_IN_BRACKETS: Final = re.compile(r"\s*\(([^()]+)\)\s*$")
# Whose movie it is, before its title: "Marvel's The Avengers", "Federico Fellini's 8-1/2".
_POSSESSIVE: Final = re.compile(r"^.{2,30}?(?:'s|s') (?=\S)")
_QUALIFIER: Final = re.compile(r" \([^()]*\)$")
_BOUNDARY: Final = re.compile(r"\s*[:;/]\s+|\s+[-–—]\s+|\s+presents:?\s+")


def merge_named(shelf: Shelf, pairs: Iterable[Pair]) -> Iterator[tuple[Entry, Entry]]:
    """Merges the pairs of the list, those with one IMDb id always, others unless what is known of both differs."""
    for one, other, by_id in pairs:
        left, right = shelf.known(one), shelf.known(other)
        if left is None or right is None or left is right:
            continue
        if by_id or _may_be_one(left, right):
            yield merge(shelf, left, right)


def merge_namesakes(shelf: Shelf) -> Iterator[tuple[Entry, Entry]]:
    """Merges entries of one title and year, unless what is known differs.

    Their titles are the same since they were cleaned, or their page was renamed between two lists.
    """
    first: dict[tuple[str, int | None], Entry] = {}
    for entry in shelf:
        known = first.setdefault((entry.key, entry.year), entry)
        if known is not entry and (_may_be_one(known, entry) or _page_was_renamed(known, entry)):
            first[entry.key, entry.year], gone = merge(shelf, known, entry)
            yield first[entry.key, entry.year], gone


def _page_was_renamed(one: Entry, other: Entry) -> bool:
    """Whether two pages differ in their qualifier alone, "Chef (film)" and "Chef (2014 film)", and people agree."""
    pages = [_QUALIFIER.sub("", entry.wikipedia_page or "") for entry in (one, other)]
    ids_differ = any(
        None not in (mine := getattr(one, name), its := getattr(other, name)) and mine != its
        for name in ("imdb_id", "tmdb_id", "wikidata_id")
    )
    same_directors = {part.name for part in one.directors} & {part.name for part in other.directors}
    same_cast = {part.name for part in one.cast} & {part.name for part in other.cast}
    return pages[0] == pages[1] != "" and not ids_differ and bool(same_directors and same_cast)


def merge_nominees(shelf: Shelf) -> Iterator[tuple[Entry, Entry]]:
    """Merges the entries that the list of Oscars made with the movies that were nominated."""
    known: dict[str, list[Entry]] = defaultdict(list)
    for entry in shelf:
        if not is_nominee_alone(entry):
            for key in _compact(entry.titles()):
                known[key].append(entry)
    for entry in shelf:
        if is_nominee_alone(entry):
            own = _compact([entry.title])
            titles = {*own, *_compact(_variants(entry.title))}
            found = {
                id(movie): movie
                for title in titles
                for movie in known.get(title, ())
                if _nominated(entry, movie) and (title in own or near(entry.year, movie.year))
            }
            if found:
                nearest = min(found.values(), key=lambda movie: abs((movie.year or 0) - (entry.year or 0)))
                yield merge(shelf, nearest, entry)


def merge_other_titles(shelf: Shelf) -> Iterator[tuple[Entry, Entry]]:
    """Merges entries of one premiere day and runtime of which one has the other's title, longer or shorter.

    "Star Wars Episode V: The Empire Strikes Back" and "The Empire Strikes Back".
    """
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in shelf:
        if entry.release_date and entry.runtime:
            by_day[entry.release_date].append(entry)
    for entries in by_day.values():
        gone: set[int] = set()
        for bare in entries:
            for movie in entries if bare.imdb_id is None else ():
                if (
                    bare is not movie
                    and not gone & {id(bare), id(movie)}
                    and abs((bare.runtime or 0) - (movie.runtime or 0)) <= _MINUTES_APART
                    and _may_be_one(bare, movie)
                    and _one_title(bare, movie)
                ):
                    gone.add(id(bare))
                    yield merge(shelf, movie, bare)


def merge(shelf: Shelf, one: Entry, other: Entry) -> tuple[Entry, Entry]:
    """Makes two entries one: the one that has an IMDb id, else more facts. Returns it and the one that is gone."""
    if (other.imdb_id is not None, other.parts()) > (one.imdb_id is not None, one.parts()) and one.imdb_id is None:
        one, other = other, one
    shelf.remove(other)
    former = one.title
    one.absorb(other)
    if _better_title(one, other.title):
        one.title = other.title
        one.original_title = one.original_title or former
        one.alternative_titles = sorted(
            {*(it for it in one.alternative_titles if it.title != other.title), TitleElsewhere(former)}, key=str
        )
    shelf.add(one)
    return one, other


def _better_title(movie: Entry, title: str) -> bool:
    """Whether a title is the English one of a movie that stands here under a foreign one.

    The page of Wikipedia says so; without a page the title of a list of English titles is taken.
    """
    if movie.original_language in (None, "en"):
        return False
    page = _QUALIFIER.sub("", movie.wikipedia_page or "")
    if page:
        return title_key(page) == title_key(title) != title_key(movie.title)
    return movie.countries != ["US"]


def is_nominee_alone(entry: Entry) -> bool:
    """Whether nothing but an Oscar nomination is known of an entry."""
    facts = (entry.imdb_id, entry.wikipedia_page, entry.tmdb_id, entry.runtime, entry.cast)
    return not any(facts) and any(award.award == OSCAR for award in entry.awards)


def _nominated(nominee: Entry, movie: Entry) -> bool:
    """Whether a nominee can be this movie, by year, kind, directors and language."""
    if nominee.year is None or movie.year is None or not agree(nominee, movie):
        return False
    categories = {award.category for award in nominee.awards}
    directors = {name for award in nominee.awards if award.category == "Directing" for name in award.people}
    known = {part.name for part in movie.directors}
    named = {name for award in nominee.awards for name in award.people} & movie.names()
    if directors and known and not {title_key(name) for name in directors} & {title_key(name) for name in known}:
        return False
    short = all("Short" in category for category in categories)
    movie_is_short = "Short" in movie.genres or (movie.runtime is not None and movie.runtime <= _SHORT)
    apart = nominee.year - movie.year
    if short != movie_is_short and (short or movie.runtime or movie.genres):
        return False
    if "International Feature Film" in categories and movie.original_language in ("en", None)[: 1 + (apart > 1)]:
        return False
    foreign = movie.original_language not in (None, "en") or bool(movie.countries and "US" not in movie.countries)
    if -1 <= apart <= 1:
        return True
    return (1 < apart <= _YEARS_BEFORE and (foreign or bool(named) or short)) or (short and -2 <= apart < 0)


def _may_be_one(one: Entry, other: Entry) -> bool:
    """Whether no id, director, runtime or year says that two entries are different movies."""
    directors = [{title_key(part.name) for part in entry.directors} for entry in (one, other)]
    runtimes = [entry.runtime for entry in (one, other) if entry.runtime]
    return (
        agree(one, other)
        and near(one.year, other.year, _YEARS_BEFORE)
        and (not all(directors) or bool(directors[0] & directors[1]))
        and (len(runtimes) < 2 or abs(runtimes[0] - runtimes[1]) <= 2 * _MINUTES_APART)
    )


def _one_title(one: Entry, other: Entry) -> bool:
    """Whether a title of one is a title of the other, its end, or what precedes a colon or two words of it."""
    for mine in one.titles():
        for its in other.titles():
            longer, shorter = sorted((mine, its), key=lambda title: len(title_key(title)), reverse=True)
            long, short = title_key(longer), title_key(shorter)
            if long.replace(" ", "") == short.replace(" ", "") or long.endswith(f" {short}"):
                return True
            if long.startswith(f"{short} ") and (" " in short or title_key(_BOUNDARY.split(longer)[0]) == short):
                return True
    return False


def _variants(title: str) -> list[str]:
    """A title, without and of what stands in brackets after it, without whose movie it is."""
    bracket = _IN_BRACKETS.search(title)
    bare = _IN_BRACKETS.sub("", title)
    return [title, bare, *([bracket[1]] if bracket else []), _POSSESSIVE.sub("", bare)]


def _compact(titles: Iterable[str]) -> set[str]:
    """What titles are compared by when spaces do not count either: "Good Fellas"."""
    return {title_key(title).replace(" ", "") for title in titles if title}
