"""Loads one batch of records: decides for each what it is, then writes all of them in sets.

The caller owns the transaction. Nothing here depends on how large a batch is, but for speed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.backends.utils import CursorWrapper

from movies.importers import updating
from movies.importers.copying import copy_rows
from movies.importers.matching import (
    CREATE_PREVIEWED,
    EXTERNAL_IDS,
    PREVIEWED,
    Known,
    Matcher,
    OneFilm,
    candidates,
)
from movies.importers.naming import name_people
from movies.importers.pairs import note_pairs
from movies.importers.people import CREATE_STAGED as CREATE_PEOPLE
from movies.importers.people import Crowd, People
from movies.importers.pictures import note_pictures
from movies.importers.planning import by_index
from movies.importers.ranks import overrules
from movies.importers.record import Record, Refused, Unwanted
from movies.importers.writing import CREATE_STAGED, ids_for, insert_movies
from movies.models import CatalogueCount, Merge
from movies.search.normalise import title_key
from movies.services.figures import bump


class Row(NamedTuple):
    """A record, where it stands, and the beginning of what was read there."""

    file: str
    line: int
    record: Record
    content: str = ""


class Refusal(NamedTuple):
    """A row that was not taken, and why.

    Not the exception itself: its traceback holds the frames, and through them every record of the batch.
    """

    row: Row
    code: str
    detail: str


@dataclass(slots=True)
class Outcome:
    """What became of a batch."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    # About films that are not held.
    skipped: int = 0
    # Parts of people whom nobody knows by their id.
    nameless: int = 0
    refused: list[Refusal] = field(default_factory=list)
    # What would be or was changed, for a preview.
    changes: list[dict[str, Any]] = field(default_factory=list)
    movies: list[int] = field(default_factory=list)
    people: set[int] = field(default_factory=set)

    def add(self, other: Outcome) -> None:
        """Makes this the outcome of both."""
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.skipped += other.skipped
        self.nameless += other.nameless
        self.refused += other.refused
        self.changes += other.changes
        self.movies += other.movies
        self.people |= other.people


@dataclass(slots=True, frozen=True)
class Loader:
    """How a run loads its batches."""

    run_id: int
    source: str
    update_existing: bool = False
    preview: bool = False
    # Rows without a title only add to films that are held; whatever else they tell of is none of ours.
    adds: bool = False
    people: People = field(default_factory=People)

    def prepare(self, cursor: CursorWrapper) -> None:
        """Makes the temporary tables, once per connection."""
        cursor.execute(CREATE_STAGED)
        cursor.execute(CREATE_PEOPLE)
        if self.preview:
            cursor.execute(CREATE_PREVIEWED)

    def load(self, cursor: CursorWrapper, rows: Sequence[Row]) -> Outcome:
        """Loads a batch within the caller's transaction."""
        if not self.preview:  # a movie that is found must not be merged before it is written
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [Merge.LOCK])
        outcome = Outcome()
        keyed = [(row.record, title_key(row.record.title) if row.record.title else "") for row in rows]
        with by_index(cursor):
            matcher = candidates(cursor, self.run_id, keyed, previewed=self.preview)
        new: list[tuple[Row, str, Known]] = []
        same: list[tuple[Row, Known, bool]] = []
        pairs: list[tuple[Known, Known]] = []
        for row, (_, key) in zip(rows, keyed, strict=True):
            try:
                known, aside = self._met(matcher, row, key)
            except Unwanted:
                outcome.skipped += 1
                continue
            except Refused as refused:
                outcome.refused.append(Refusal(row, refused.code, refused.detail))
                if isinstance(refused, OneFilm):
                    pairs.append(refused.movies)
                continue
            if known.id is None:
                new.append((row, key, known))
            else:
                same.append((row._replace(record=known.own(row.record)), known, aside))
        if self.adds:
            found = [row.record for row, _, _ in new] + [row.record for row, _, _ in same if self.update_existing]
            outcome.nameless = name_people(cursor, found)
        changed, crowd = self._changes(cursor, same, outcome) if self.update_existing else ([], Crowd())
        outcome.unchanged += 0 if self.update_existing else len(same)
        outcome.created, outcome.updated = len(new), len(changed)
        if self.preview:
            self._pretend(cursor, new, outcome)
        else:
            self._write(cursor, new, changed, crowd, outcome)
            note_pairs(cursor, pairs)
            self._note_pictures(cursor, new, same if self.update_existing else [])
        self._remember(cursor, [(known, row) for row, known, _ in same] + [(known, row) for row, _, known in new])
        # What refers to somebody who was removed meanwhile is to be refused here, where it can be told by whom.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        return outcome

    def _met(self, matcher: Matcher, row: Row, key: str) -> tuple[Known, bool]:
        """The movie that this row is, a new one included, and whether one that was merged into it was meant.

        Raises Refused for one that the file held before, and Unwanted for what adds to a film that is not held.
        """
        record, aside = row.record, False
        adds = self.adds and not record.title
        try:
            known = matcher.find(record, key)
        except Refused as refused:
            if adds and refused.code == "withdrawn":
                raise Unwanted from refused
            raise
        if known is None:
            if adds:
                raise Unwanted
            if not record.title:
                if record.imdb_id is None:
                    raise Unwanted
                raise Refused("unknown_movie", f"No movie has the IMDb id {record.imdb_id}.")
            ids = {name: getattr(record, name) for name in EXTERNAL_IDS}
            known = Known(
                None, **ids, wikipedia_page=record.wikipedia_page, title_key=key, year=record.year, source=self.source
            )
            matcher.add(known)
        elif known.met is not None:
            raise Refused("repeated", f"The same film as {known.met}: that row was taken.")
        elif self.update_existing:
            aside = known.known_aside(record, key)
            stronger = overrules(self.source, known.source) and not aside
            matcher.change(known, known.own(record), key, stronger=stronger)
        known.met = f"{row.file}:{row.line}"
        return known, aside

    def _changes(
        self, cursor: CursorWrapper, same: list[tuple[Row, Known, bool]], outcome: Outcome
    ) -> tuple[list[updating.Change], Crowd]:
        if not same:
            return [], Crowd()
        meant = [updating.Meant(known.id or 0, row.record, aside) for row, known, aside in same]
        changes, crowd = updating.changes(cursor, meant, source=self.source, lock=not self.preview)
        found: list[updating.Change] = []
        for (row, _, _), change in zip(same, changes, strict=True):
            if change is None:
                outcome.unchanged += 1
                continue
            found.append(change)
            if self.preview:
                outcome.changes.append({
                    "action": "updated", "file": row.file, "line": row.line, "movie": change.movie,
                    "title": change.merged.title, "fields": change.shown(),
                })  # fmt: skip
        return found, crowd

    def _write(
        self,
        cursor: CursorWrapper,
        new: list[tuple[Row, str, Known]],
        changed: list[updating.Change],
        crowd: Crowd,
        outcome: Outcome,
    ) -> None:
        made, outcome.people = updating.apply(cursor, changed, crowd)
        if new:
            ids = ids_for(cursor, [row.record for row, _, _ in new], self.people)
            numbers = insert_movies(cursor, [(row.record, key) for row, key, _ in new], ids, source=self.source)
            for number, (_, _, known) in zip(numbers, new, strict=True):
                known.id = number
            made += ids.people_made
            outcome.people.update(ids.people.values())
            outcome.movies.extend(numbers)
        outcome.movies.extend(change.movie for change in changed)
        bump(name=CatalogueCount.PUBLISHED_MOVIES, by=len(new))
        bump(name=CatalogueCount.PEOPLE, by=made)

    def _note_pictures(
        self, cursor: CursorWrapper, new: list[tuple[Row, str, Known]], same: list[tuple[Row, Known, bool]]
    ) -> None:
        met = [(known.id, row.record) for row, _, known in new] + [(known.id, row.record) for row, known, _ in same]
        note_pictures(cursor, met)

    def _pretend(self, cursor: CursorWrapper, new: list[tuple[Row, str, Known]], outcome: Outcome) -> None:
        """Books what would be made, so that later batches of the preview meet it."""
        cursor.execute(f"SELECT coalesce(min(id), 0) FROM {PREVIEWED}")
        lowest = min((cursor.fetchone() or (0,))[0], 0)
        for offset, (row, _, known) in enumerate(new, 1):
            known.id = lowest - offset
            outcome.changes.append({
                "action": "created", "file": row.file, "line": row.line, "title": row.record.title,
                "year": row.record.year,
            })  # fmt: skip
        columns = ("id", *EXTERNAL_IDS, "wikipedia_page", "title_key", "year", "state", "source", "locked_fields")
        rows = ((*(getattr(known, name) for name in columns[:-1]), []) for _, _, known in new)
        copy_rows(cursor, PREVIEWED, columns, rows)

    def _remember(self, cursor: CursorWrapper, met: list[tuple[Known, Row]]) -> None:
        rows = ((self.run_id, known.id, row.file, row.line) for known, row in met)
        copy_rows(cursor, "movies_importedmovie", ("run_id", "movie_id", "file", "line"), rows)
