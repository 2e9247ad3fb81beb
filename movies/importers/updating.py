"""Brings movies that are known already in line with a file: what changes, field by field, and its writing.

What a source may change is told in docs/adr/0012: one that ranks at least as high as the film's own changes facts, any
other fills in what is missing; lists are united. A value that the record does not give stays, and so does a field that
staff have locked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from django.db.backends.utils import CursorWrapper

from movies.definition.genres import word_for
from movies.importers import vocabulary
from movies.importers.parts import PARTS, Member, Part, named, numbers, parts_of
from movies.importers.people import Crowd, Somebody, gather
from movies.importers.ranks import Source, outranks, overrules
from movies.importers.record import RELATIONS, SCALARS, PersonRef, Record, TitleElsewhere
from movies.importers.stored import Stored, add_people, stored
from movies.importers.uniting import UNITE
from movies.importers.writing import names_for, replace_credits, replace_relation, update_movies
from movies.models import Change as Told
from movies.models import Movie
from movies.search.normalise import title_key
from movies.services.copies import refresh_copies
from movies.services.differences import difference
from movies.services.figures import refresh_ratings
from movies.services.history import record_changes

# What a staff edit of this name locks, apart from the field of the same name.
_LOCKED_BY = {"directors": ("directors", "credits"), "cast": ("credits",), "crew": ("credits",)}
_SLUGGED = {"genres": "genre", "tags": "tag"}
_LISTS = ("languages", "countries")
_ORDERED = (*_LISTS, "videos")
_MOST_YEARS_APART = 5
# The kinds of an alternative title that was the movie's own until a source overruled it, and of one that a source gave
# and that did not become the movie's own. No import removes them.
FORMER, OTHER = "former title", "other title"


class Meant(NamedTuple):
    """A record and the movie that it is about; `aside` when it knows the film by another that was merged into it."""

    movie: int
    record: Record
    aside: bool = False


@dataclass(slots=True)
class Change:
    """What a record changes in one movie: field to (old, new), and the movie as it will then stand."""

    movie: int
    source: str
    fields: dict[str, tuple[Any, Any]]
    merged: Record
    before: dict[str, list[Part]]
    parts: dict[str, list[Part]] = field(default_factory=dict)

    def shown(self) -> dict[str, dict[str, Any]]:
        """The fields as JSON: `{"runtime": {"old": null, "new": 101}}`."""
        return {name: {"old": _shown(old), "new": _shown(new)} for name, (old, new) in self.fields.items()}

    def told(self) -> dict[str, dict[str, Any]]:
        """The same as a history tells it: of a list only what is gone and what came."""
        return {
            name: {side: _shown(value) for side, value in difference(old, new).items()}
            for name, (old, new) in self.fields.items()
        }

    def credited(self) -> set[int]:
        """The people of the catalogue whose part in the film changes, comes or goes."""
        return {
            number
            for relation, parts in self.parts.items()
            for number in (*numbers(parts), *numbers(self.before[relation]))
        }


def _shown(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PersonRef) and value[1:] == (None, None):
        return value.name
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: _shown(part) for name, part in value._asdict().items() if part not in (None, ())}
    if isinstance(value, list | tuple):
        return [_shown(part) for part in value]
    return value


def changes(
    cursor: CursorWrapper, rows: Sequence[Meant], *, source: str, lock: bool
) -> tuple[list[Change | None], Crowd]:
    """What each record changes in its movie, None for nothing, in the order of `rows`.

    Locks the movies with `lock`; without it a preview asks, and people are as they would be after its earlier batches.

    The crowd holds who is new and who adopts an id.
    """
    movies = stored(cursor, [row.movie for row in rows], lock=lock)
    names = {
        relation: vocabulary.slugged(
            cursor, kind, (name for row in rows for name in getattr(row.record, relation)), create=False
        )
        for relation, kind in _SLUGGED.items()
    }
    names["collection"] = vocabulary.slugged(
        cursor, "collection", (row.record.collection for row in rows if row.record.collection), create=False
    )
    there = [row for row in rows if row.movie in movies]
    refs = {member.ref: None for row in there for _, given in _given(row.record, movies[row.movie]) for member in given}
    crowd = gather(cursor, refs, previewed=not lock)
    add_people(cursor, movies, crowd, previewed=not lock)
    # A movie that is gone since it was matched has nothing to change.
    return [
        _change(row, movies[row.movie], _canonical(row.record, names), source, crowd) if row.movie in movies else None
        for row in rows
    ], crowd


def _held(relation: str, movie: Stored) -> bool:
    return not movie.locked.isdisjoint(_LOCKED_BY.get(relation, (relation,)))


def _given(record: Record, movie: Stored) -> Iterator[tuple[str, Sequence[Member]]]:
    """The parts that a record gives and that may change."""
    for relation, members in zip(PARTS, record.people(), strict=True):
        if members and not _held(relation, movie):
            yield relation, members


def _canonical(record: Record, names: dict[str, dict[str, tuple[int, str]]]) -> Record:
    """Genres, tags and collection by the names under which they are stored."""

    def known(relation: str, name: str) -> str:
        found = names[relation].get(name)
        return found[1] if found else word_for(name) if relation == "genres" else name

    return replace(
        record,
        genres=sorted({known("genres", name) for name in record.genres}),
        tags=sorted({known("tags", name) for name in record.tags}),
        collection=known("collection", record.collection) if record.collection else None,
    )


def _change(row: Meant, movie: Stored, record: Record, source: str, crowd: Crowd) -> Change | None:
    stronger = overrules(source, movie.source) and not row.aside
    # Watchly's own files and a new packaged catalogue hold whole lists, of which something may have been taken out.
    whole = stronger and source in (Source.WATCHLY, Source.CATALOGUE)
    fields = _facts(movie, record, stronger)
    becomes = source if fields and stronger and outranks(source, movie.source) else movie.source
    raters = record.known_raters or 0
    if raters > (movie.facts.known_raters or 0) and not _held("known_raters", movie):
        fields["known_raters"] = (movie.facts.known_raters or 0, raters)
    # Of two catalogues the one that knows the movie better counts; the same one again may have learned more.
    seed, known_seed = record.popularity_seed or 0.0, movie.facts.popularity_seed or 0.0
    if seed > known_seed or (0 < seed < known_seed and source == movie.source):
        fields["popularity_seed"] = (known_seed, seed)
    fields |= _lists(movie, record, stronger=stronger, whole=whole)
    if not _held("alternative_titles", movie):
        _keep_titles(record, movie.facts, fields)
    parts = {}
    for relation, members in _given(record, movie):
        before = movie.parts[relation]
        after = parts_of(relation, members, movie.parts, crowd)
        after = after if whole else UNITE[relation](before, after, stronger)
        if after != before:
            parts[relation] = after
            fields[relation] = (named(relation, before), named(relation, after))
    if not fields:
        return None
    merged = replace(movie.facts, **{name: new for name, (_, new) in fields.items() if name not in PARTS})
    if becomes != movie.source:
        fields["source"] = (movie.source, becomes)
    return Change(row.movie, becomes, fields, merged, movie.parts, parts)


def _facts(movie: Stored, record: Record, stronger: bool) -> dict[str, tuple[Any, Any]]:
    """Single values: overruled by the stronger, else filled in where there is none."""
    fields: dict[str, tuple[Any, Any]] = {}
    for name in (*SCALARS, "collection"):
        before, after = getattr(movie.facts, name), getattr(record, name)
        if name in _LISTS or name in Movie.ATTRIBUTION or after in (None, "") or before == after or _held(name, movie):
            continue
        if stronger or before is None:
            fields[name] = (before, after)
    fields |= _attribution(movie.facts, record, taken="overview" in fields, free=not _held("overview", movie))
    # Two sources may each be right and contradict each other together.
    for name in ("release_date", "year"):
        year = fields.get("year", (None, movie.facts.year))[1]
        released = fields.get("release_date", (None, movie.facts.release_date))[1]
        if year and released and abs(released.year - year) > _MOST_YEARS_APART:
            fields.pop(name, None)
    return fields


def _attribution(facts: Record, record: Record, *, taken: bool, free: bool) -> dict[str, tuple[Any, Any]]:
    """Where an overview is from goes with it: when it is taken, and when a source owns up to the text that is there."""
    owned = free and record.overview == facts.overview and record.overview_source and not facts.overview_source
    if not taken and not owned:
        return {}
    pairs = {name: (getattr(facts, name), getattr(record, name)) for name in Movie.ATTRIBUTION}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _lists(movie: Stored, record: Record, *, stronger: bool, whole: bool) -> dict[str, tuple[Any, Any]]:
    fields = {}
    for name in (*_LISTS, *RELATIONS):
        before, after = getattr(movie.facts, name), getattr(record, name)
        if name not in UNITE or name in PARTS or not after or _held(name, movie):
            continue
        if not whole:
            after = UNITE[name](before, after, stronger)
        elif name == "alternative_titles":
            given = {title[:3] for title in after}
            after = [*after, *(title for title in before if title.kind in (FORMER, OTHER) and title[:3] not in given)]
        if before != after and (name in _ORDERED or sorted(before, key=repr) != sorted(after, key=repr)):
            fields[name] = (before, after)
    return fields


def _keep_titles(record: Record, facts: Record, fields: dict[str, tuple[Any, Any]]) -> None:
    """A title that loses stays as an alternative one, the movie's own as well as the record's: both find the movie."""
    titles = fields.get("alternative_titles", (facts.alternative_titles, facts.alternative_titles))[1]
    known = {title_key(title.title) for title in titles}
    for name in ("title", "original_title"):
        known.add(title_key(fields.get(name, (None, getattr(facts, name)))[1] or ""))
    for name in ("title", "original_title"):
        for title, kind in ((fields.get(name, (None, None))[0], FORMER), (getattr(record, name), OTHER)):
            if title and title_key(title) not in known:
                known.add(title_key(title))
                titles = [*titles, TitleElsewhere(title, kind=kind)]
                fields["alternative_titles"] = (facts.alternative_titles, titles)


def people_of(found: Sequence[Change]) -> list[Somebody]:
    """Everybody who has a part that the changes write."""
    return [part.person for change in found for parts in change.parts.values() for part in parts]


def apply(cursor: CursorWrapper, found: Sequence[Change], crowd: Crowd) -> tuple[int, set[int]]:
    """Writes the changes and the ids that people adopt, and both into their histories.

    Returns how many people were made and the ids of those whose credits changed.
    """
    made = crowd.write(cursor, people_of(found))
    if not found:
        return made, set()
    ids = names_for(cursor, [change.merged for change in found])
    update_movies(cursor, [(change.movie, change.merged, change.source) for change in found], ids)
    for relation in RELATIONS:
        changed = [change for change in found if relation in change.fields]
        if relation in PARTS:
            replace_credits(cursor, relation, {change.movie: change.parts[relation] for change in changed})
        elif relation != "collection":
            replace_relation(cursor, relation, [(change.movie, change.merged) for change in changed], ids)
    movies = [change.movie for change in found]
    refresh_copies(movie_ids=movies)
    refresh_ratings(movie_ids=movies)
    record_changes(action=Told.Action.EDITED, fields={change.movie: change.told() for change in found})
    return made, {number for change in found for number in change.credited()}
