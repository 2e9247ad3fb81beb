"""Two lists of one film made one: nothing is lost, nothing stands there twice, and a second time adds nothing.

Each function takes what is there, what a source gives, and whether the source is the stronger one: only then does it
change what is there. Whoever and whatever is there keeps the place; newcomers follow in the order of the source. What
both call the same is told by the key that the catalogue holds unique.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from movies.definition.genres import word_for
from movies.definition.limits import longest, most
from movies.definition.slugs import slug_of
from movies.importers.cleaning import MOST_PARTS
from movies.importers.parts import Part
from movies.importers.record import Nomination

T = TypeVar("T", bound=tuple[Any, ...])
List = list[Any]


def _rows(
    key: Callable[[T], Any], filled: tuple[str, ...], changed: tuple[str, ...]
) -> Callable[[list[T], list[T], bool], list[T]]:
    """For rows of a key: a field of `filled` is given to a row that lacks it, one of `changed` by the stronger only."""

    def unite(before: list[T], after: list[T], stronger: bool) -> list[T]:
        result = {key(row): row for row in before}
        for row in after:
            there = result.get(key(row))
            if there is None:
                result[key(row)] = row
                continue
            given = {name: value for name in (*filled, *changed) if (value := getattr(row, name)) is not None}
            values = {
                name: value
                for name, value in given.items()
                if stronger or (name in filled and getattr(there, name) is None)
            }
            result[key(row)] = there._replace(**values)  # type: ignore[attr-defined]
        return list(result.values())[: max(MOST_PARTS, len(before))]

    return unite


def _codes(relation: str) -> Callable[[list[str], list[str], bool], list[str]]:
    limit = most(relation)
    return lambda before, after, stronger: list(dict.fromkeys([*before, *after]))[:limit]


def _names(same: Callable[[str], str], relation: str) -> Callable[[list[str], list[str], bool], list[str]]:
    """For names in no order of their own, by what makes two of them the same."""

    limit = most(relation)

    def unite(before: list[str], after: list[str], stronger: bool) -> list[str]:
        known = {same(name) for name in before}
        new = {same(name): name for name in reversed(after) if same(name) not in known}
        return sorted([*before, *list(new.values())[: max(limit - len(before), 0)]])

    return unite


def _awards(before: list[Nomination], after: list[Nomination], stronger: bool) -> list[Nomination]:
    """A source that does not say who was nominated tells of a nomination that is there; one that does completes it."""
    named: dict[tuple[Any, ...], list[Nomination]] = {}
    for row in before:
        named.setdefault(row[:3], []).append(row)
    completed, fresh = list(before), []
    for row in after:
        there = named.get(row[:3], [])
        nameless = next((other for other in there if not other.people), None)
        if not row.people and there and nameless is None:
            continue
        if nameless is not None and all(other.people != row.people for other in there):
            there.remove(nameless)
            there.append(nameless._replace(people=row.people))
            completed[completed.index(nameless)] = there[-1]
        fresh.append(row)
    return _nominations(completed, fresh, stronger)


_nominations: Callable[[list[Nomination], list[Nomination], bool], list[Nomination]] = _rows(
    lambda row: (row.award, row.ceremony, row.category, row.people), (), ("won",)
)


def _cast(before: list[Part], after: list[Part], stronger: bool) -> list[Part]:
    """By person: a character that was missing is filled in, a different one takes its place only from the stronger."""
    result, newcomers = list(before), []
    places: dict[Any, list[int]] = {}
    for place, part in enumerate(before):
        places.setdefault(part.person, []).append(place)
    given: dict[Any, list[str]] = {}
    for part in after:
        characters = given.setdefault(part.person, [])
        if part.character is not None and part.character not in characters:
            characters.append(part.character)
    for person, characters in given.items():
        if person not in places:
            newcomers += [Part(person, character) for character in characters] or [Part(person)]
            continue
        known = {result[place].character for place in places[person]}
        fresh = [character for character in characters if character not in known]
        free = [place for place in places[person] if result[place].character is None]
        if stronger:
            free += [place for place in places[person] if result[place].character not in (None, *characters)]
        for place, character in zip(free, fresh, strict=False):
            result[place] = Part(person, character)
        if stronger or known == {None}:
            newcomers += [Part(person, character) for character in fresh[len(free) :]]
    return [*result, *newcomers[: max(MOST_PARTS - len(result), 0)]]


UNITE: Final[dict[str, Callable[[List, List, bool], List]]] = {
    "languages": _codes("movie.languages"),
    "countries": _codes("movie.countries"),
    "genres": _names(lambda name: slug_of(word_for(name), "genre", longest("genre.name")), "movie.genres"),
    "tags": _names(lambda name: slug_of(name, "tag", longest("tag.name")), "movie.tags"),
    "companies": _names(str.casefold, "movie.companies"),
    "alternative_titles": _rows(lambda row: row[:3], ("kind",), ()),
    "awards": _awards,
    "release_dates": _rows(lambda row: (row[0], row[1], row[2], row[4]), ("certification",), ()),
    "videos": _rows(lambda row: row[:2], ("name", "language"), ("kind", "official")),
    "directors": _rows(lambda part: part.person, (), ()),
    "cast": _cast,
    "crew": _rows(lambda part: (part.person, part.job), ("department",), ()),
}
