"""Loads one batch of records: decides for each what it is, then writes all of them in sets.

The caller owns the transaction. Nothing here depends on how large a batch is, but for speed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.backends.utils import CursorWrapper

from movies.importers import updating
from movies.importers.candidates import candidates
from movies.importers.copying import copy_rows
from movies.importers.evidence import facts_of
from movies.importers.matching import EXTERNAL_IDS, Known, Matcher, Met, OneFilm
from movies.importers.naming import name_people
from movies.importers.pairs import note_pairs
from movies.importers.people import CREATE_PREVIEWED as CREATE_PREVIEWED_PEOPLE
from movies.importers.people import CREATE_STAGED as CREATE_PEOPLE
from movies.importers.people import Crowd, People
from movies.importers.pictures import note_pictures
from movies.importers.planning import by_index
from movies.importers.previewing import CREATE as CREATE_PREVIEWED
from movies.importers.previewing import pretend_changed, pretend_new
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
    # Whether movies were there before the first row, which a row may call by another title or year.
    by_all_titles: bool = True
    people: People = field(default_factory=People)

    def prepare(self, cursor: CursorWrapper) -> None:
        """Makes the temporary tables, once per connection."""
        cursor.execute(CREATE_STAGED)
        cursor.execute(CREATE_PEOPLE)
        if self.preview:
            cursor.execute(CREATE_PREVIEWED)
            cursor.execute(CREATE_PREVIEWED_PEOPLE)

    def load(self, cursor: CursorWrapper, rows: Sequence[Row]) -> Outcome:
        """Loads a batch within the caller's transaction."""
        if not self.preview:  # a movie that is found must not be merged before it is written
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [Merge.LOCK])
        outcome = Outcome()
        keyed = [(row.record, title_key(row.record.title) if row.record.title else "") for row in rows]
        with by_index(cursor):
            matcher = candidates(cursor, self.run_id, keyed, previewed=self.preview, by_all_titles=self.by_all_titles)
        new, same, pairs = self._matched(matcher, rows, keyed, outcome)
        if self.adds:
            found = [row.record for row, _, _ in new] + [row.record for row, _, _ in same if self.update_existing]
            outcome.nameless = name_people(cursor, found)
        changed, crowd = self._changes(cursor, same, outcome) if self.update_existing else ([], Crowd())
        outcome.unchanged += 0 if self.update_existing else len(same)
        outcome.created, outcome.updated = len(new), len(changed)
        if self.preview:
            self._pretend(cursor, new, same, changed, crowd, outcome)
        else:
            self._write(cursor, new, changed, crowd, outcome)
            note_pairs(cursor, pairs)
            self._note_pictures(cursor, new, same if self.update_existing else [])
        self._remember(cursor, [(known, row) for row, known, _ in same] + [(known, row) for row, _, known in new])
        # What refers to somebody who was removed meanwhile is to be refused here, where it can be told by whom.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        return outcome

    def _matched(
        self, matcher: Matcher, rows: Sequence[Row], keyed: Sequence[tuple[Record, str]], outcome: Outcome
    ) -> tuple[list[tuple[Row, str, Known]], list[tuple[Row, Known, bool]], list[tuple[Known, Known]]]:
        """Decides for each row what it is: new movies, known ones, and pairs that a row calls one, in their order.

        Rows that are only like a movie come last: the movie belongs to the row that names it exactly.
        """
        new: dict[int, tuple[Row, str, Known]] = {}
        same: dict[int, tuple[Row, Known, bool]] = {}
        pairs: list[tuple[Known, Known]] = []

        def decide(place: int) -> None:
            row, key = rows[place], keyed[place][1]
            try:
                known, aside = self._met(matcher, row, key)
            except Unwanted:
                outcome.skipped += 1
            except Refused as refused:
                outcome.refused.append(Refusal(row, refused.code, refused.detail))
                if isinstance(refused, OneFilm):
                    pairs.append(refused.movies)
            else:
                if known.id is None:
                    new[place] = row, key, known
                else:
                    same[place] = row._replace(record=known.own(row.record)), known, aside

        waiting = []
        for place, (record, key) in enumerate(keyed):
            if matcher.waits(record, key):
                waiting.append(place)
            else:
                decide(place)
        for place in waiting:
            decide(place)
        return [new[place] for place in sorted(new)], [same[place] for place in sorted(same)], pairs

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
                None, **ids, wikipedia_page=record.wikipedia_page, title_key=key, year=record.year, source=self.source,
                runtime=record.runtime, original_title=record.original_title, directors=facts_of(record, key).directors,
            )  # fmt: skip
            matcher.add(known)
        elif known.met is not None:
            raise Refused("repeated", f"The same movie as {known.met.place}: that row was taken.")
        elif self.update_existing:
            aside = known.known_aside(record, key)
            stronger = overrules(self.source, known.source) and not aside
            matcher.change(known, known.own(record), key, stronger=stronger)
        known.met = Met(f"{row.file}:{row.line}", key, record.year, *record.ids(), record.slug)
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

    def _pretend(
        self,
        cursor: CursorWrapper,
        new: list[tuple[Row, str, Known]],
        same: list[tuple[Row, Known, bool]],
        changed: list[updating.Change],
        crowd: Crowd,
        outcome: Outcome,
    ) -> None:
        """Notes what would be made and changed, so that later batches of the preview meet it."""
        pretend_new(cursor, [(known, row.record) for row, _, known in new])
        # Who adopts which id decides who is meant in later batches, and the rows about people tell of who is held.
        if self.update_existing or self.adds:
            crowd.pretend(cursor, updating.people_of(changed))
            refs = [part.ref for row, _, _ in new for parts in row.record.people() for part in parts]
            self.people.numbers(cursor, refs, preview=True)
        known_of = {known.id: known for _, known, _ in same}
        pretend_changed(cursor, [(known_of[change.movie], change) for change in changed])
        for row, _, _ in new:
            outcome.changes.append({
                "action": "created", "file": row.file, "line": row.line, "title": row.record.title,
                "year": row.record.year,
            })  # fmt: skip

    def _remember(self, cursor: CursorWrapper, met: list[tuple[Known, Row]]) -> None:
        columns = ("run_id", "movie_id", "file", "line", "title_key", "year", *EXTERNAL_IDS, "slug")
        rows = ((self.run_id, known.id, row.file, row.line, *known.met[1:]) for known, row in met if known.met)
        copy_rows(cursor, "movies_importedmovie", columns, rows)
