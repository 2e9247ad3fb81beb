"""Runs an import: one batch after the other, each with its rows, its report and its checkpoint in one transaction."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from django.db import DataError, IntegrityError, InternalError, OperationalError, connection, transaction
from django.utils import timezone

from movies.importers.batches import Batch, Plan, ahead, batches, excerpt
from movies.importers.loader import Loader, Outcome, Row
from movies.importers.naming import complete, stage
from movies.importers.recognise import Format
from movies.importers.record import Problem, Refused
from movies.importers.sets import SETS, names_to_stage
from movies.models import ImportedMovie, ImportReject, ImportRun, Movie
from movies.search import index
from movies.services.figures import refresh_credit_counts
from movies.signals import import_finished
from watchly.common.errors import Conflict

BATCH_SIZE = 5_000
CHANGES_KEPT = 100
# Beyond this the report counts on without keeping every line.
REPORT_KEPT = 100_000
# Up to here the search index and the counts follow row by row, beyond it as a whole.
_ONE_BY_ONE = 20_000
_INDEXED_AT_ONCE = 2_000
_LOCK = 0x57_1A_0001
_LOCK_WAIT = "5s"
_SOURCES = {
    Format.WIKIPEDIA: Movie.Source.WIKIPEDIA,
    Format.FACTS: Movie.Source.FACTS,
    Format.MOVIETWEETINGS: Movie.Source.MOVIETWEETINGS,
    Format.IMDB: Movie.Source.IMDB,
    Format.MOVIELENS: Movie.Source.MOVIELENS,
    Format.TMDB: Movie.Source.TMDB,
    Format.TMDB_IDS: Movie.Source.TMDB,
    Format.TMDB_STUBS: Movie.Source.TMDB,
    Format.TMDB_5000: Movie.Source.TMDB,
}
_ANALYZED = (
    "movies_movie",
    "movies_person",
    "movies_credit",
    "movies_movie_genres",
    "movies_movie_tags",
    "movies_moviefigures",
    "movies_award",
    "movies_alternativetitle",
)
ACTIVE = (ImportRun.State.RUNNING, ImportRun.State.PREVIEWING)

Progress = Callable[[ImportRun], None]
# Told of every batch of a preview: what would change, row by row.
Diff = Callable[[list[dict[str, object]]], None]


class Cancelled(Exception):
    """The run was cancelled while it ran; what earlier batches wrote stays."""


@dataclass(slots=True)
class _Touched:
    """What this process has written; None once it is more than is followed row by row, or not known."""

    movies: set[int] | None = field(default_factory=set)
    people: set[int] | None = field(default_factory=set)

    def add(self, outcome: Outcome) -> None:
        """Books what a batch wrote."""
        for name in ("movies", "people"):
            held = getattr(self, name)
            if held is not None:
                held.update(getattr(outcome, name))
                if len(held) > _ONE_BY_ONE:
                    setattr(self, name, None)


@contextmanager
def few_collections() -> Iterator[None]:
    """Looks for cycles in memory seldom: a batch is a hundred thousand objects, and none of them refers to itself."""
    before = gc.get_threshold()
    gc.set_threshold(500_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def alone() -> Iterator[None]:
    """Holds the lock that lets one import run at a time. Raises Conflict when another does."""
    with connection.cursor() as cursor:
        # A killed import's session notices within a second that nobody listens, also inside a long statement.
        cursor.execute("SET client_connection_check_interval = '1s'")
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [_LOCK_WAIT])
        try:
            with transaction.atomic():
                cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        except OperationalError as error:
            raise Conflict("Another import is running: wait until it is done.", code="import_running") from error
        finally:
            cursor.execute("RESET lock_timeout")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
                cursor.execute("RESET client_connection_check_interval")


def execute(
    run: ImportRun,
    planned: Plan,
    *,
    batch_size: int = BATCH_SIZE,
    limit: int | None = None,
    progress: Progress | None = None,
    diff: Diff | None = None,
) -> ImportRun:
    """Carries out a run, or goes on with it from its checkpoint. The caller holds the lock.

    Raises Cancelled when somebody cancelled it meanwhile. A batch size that the run started with is kept.
    """
    batch_size = run.checkpoint.get("batch_size", batch_size)
    begun = _begin(run, planned, batch_size, limit)
    touched = _Touched() if not begun else _Touched(None, None)
    loader_of = {kind: _loader(run, kind) for _, _, kind in planned.members}
    with connection.cursor() as cursor:
        for loader in loader_of.values():
            loader.prepare(cursor)
        for unit in planned.units():
            if unit.kind is Format.IMDB:
                stage(cursor, names_to_stage(unit.members))
    rows = batches(planned, size=batch_size, skip=begun, limit=limit, options=run.options)
    with few_collections(), closing(ahead(rows)) as read:
        for batch in read:
            with transaction.atomic():
                if batch.first:
                    ImportedMovie.objects.filter(run=run).delete()
                outcome = _load(loader_of[batch.format], batch.rows)
                if batch.people:
                    outcome.add(_complete(run, batch))
                _book(run, batch, outcome)
            touched.add(outcome)
            if diff:
                diff(outcome.changes)
            if progress:
                progress(run)
    _finish(run, touched)
    if progress:
        progress(run)
    return run


def _loader(run: ImportRun, kind: Format) -> Loader:
    source = _SOURCES.get(kind, Movie.Source.WATCHLY)
    return Loader(
        run_id=run.pk,
        source=source,
        update_existing=run.update_existing,
        preview=run.preview,
        adds=kind in SETS,
    )


def _complete(run: ImportRun, batch: Batch) -> Outcome:
    """What a batch says of people."""
    with connection.cursor() as cursor:
        found = complete(cursor, batch.people, update=run.update_existing, preview=run.preview)
    return Outcome(updated=found.updated, unchanged=found.unchanged, skipped=found.skipped, changes=list(found.changes))


def _begin(run: ImportRun, planned: Plan, batch_size: int, limit: int | None) -> int:
    """Marks the run as running; returns how many rows it has behind it."""
    if run.preview:
        # What it pretended to make is gone with the session: a preview starts over.
        ImportedMovie.objects.filter(run=run).delete()
        run.rejects.all().delete()
        run.checkpoint, run.changes = {"format": run.checkpoint.get("format", "auto")}, []
        run.rows = run.created = run.updated = run.unchanged = run.rejected = run.remarks = run.read_bytes = 0
        run.skipped = 0
    formats = sorted({str(kind) for _, _, kind in planned.members})
    run.format = "+".join(formats) if len("+".join(formats)) <= 20 else "several"
    run.state = ImportRun.State.PREVIEWING if run.preview else ImportRun.State.RUNNING
    run.started_at = run.started_at or timezone.now()
    run.error = None
    run.checkpoint = {**run.checkpoint, "batch_size": batch_size, "limit": limit}
    run.save()
    return int(run.checkpoint.get("items", 0))


def _load(loader: Loader, rows: Sequence[Row], *, again: bool = False) -> Outcome:
    """Loads rows; when the database refuses them, once more, then halves of them, until what it refuses stands alone.

    What somebody else wrote at the same moment is met by the second attempt as known.
    """
    if not rows:
        return Outcome()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            return loader.load(cursor, rows)
    except (DataError, IntegrityError, InternalError, OperationalError) as error:
        # "index row size exceeds the maximum" is the row's fault, anything else that is operational the server's.
        if isinstance(error, OperationalError) and "exceed" not in str(error):
            raise
        loader.people.forget()
        if not again:
            return _load(loader, rows, again=True)
        if len(rows) == 1:
            detail = f"The database refused the row: {str(error).splitlines()[0]}"
            return Outcome(refused=[(rows[0], Refused("refused", detail[:500]))])
    middle = len(rows) // 2
    whole = Outcome()
    for half in (rows[:middle], rows[middle:]):
        whole.add(_load(loader, half, again=True))
    return whole


def _book(run: ImportRun, batch: Batch, outcome: Outcome) -> None:
    """Writes the report and the checkpoint. Raises Cancelled, so that the batch is undone."""
    problems = batch.problems + [
        (row.file, Problem(row.line, refused.code, refused.detail, excerpt(row.content)))
        for row, refused in outcome.refused
    ]
    problems.sort(key=lambda found: found[1].line)
    kept = max(0, REPORT_KEPT - run.rejected - run.remarks)
    ImportReject.objects.bulk_create(
        ImportReject(
            run=run, file=file[:255], line=found.line, code=found.code, detail=found.detail[:500],
            content=excerpt(found.content), accepted=found.accepted,
        )
        for file, found in problems[:kept]
    )  # fmt: skip
    remarks = sum(found.accepted for _, found in problems)
    run.rejected += len(problems) - remarks
    run.remarks += remarks
    run.created += outcome.created
    run.updated += outcome.updated
    run.unchanged += outcome.unchanged
    run.skipped += batch.skipped + outcome.skipped
    run.rows += len(batch.rows) + len(batch.people) + batch.skipped
    run.rows += sum(not found.accepted for _, found in batch.problems)
    # What is read side by side in one archive jumps to and fro.
    run.read_bytes = max(run.read_bytes, batch.read_bytes)
    run.checkpoint = {**run.checkpoint, "items": batch.items}
    if outcome.nameless:
        run.checkpoint["nameless"] = run.checkpoint.get("nameless", 0) + outcome.nameless
    run.changes = (run.changes + outcome.changes)[:CHANGES_KEPT] if run.preview else run.changes
    fields = (
        "rejected", "remarks", "created", "updated", "unchanged", "skipped", "rows", "read_bytes", "checkpoint",
        "changes",
    )  # fmt: skip
    running = ImportRun.objects.filter(pk=run.pk, state__in=ACTIVE)
    if not running.update(**{name: getattr(run, name) for name in fields}):
        raise Cancelled


def _finish(run: ImportRun, touched: _Touched) -> None:
    """Brings search, counts and the planner's statistics up to date, once, and closes the run."""
    if not run.preview and (run.created or run.updated):
        # First, since what reads the tables whole is planned by it: 100 s of 250 in a first load of 200,000 films.
        if run.created + run.updated >= _ONE_BY_ONE // 20:
            with connection.cursor() as cursor:
                cursor.execute(f"ANALYZE {', '.join(_ANALYZED)}")
        refresh(touched.movies, touched.people)
    with transaction.atomic():
        ImportedMovie.objects.filter(run=run).delete()
        _remark_on_nameless(run)
        run.state = ImportRun.State.PREVIEWED if run.preview else ImportRun.State.DONE
        run.finished_at = timezone.now()
        run.read_bytes = run.total_bytes or run.read_bytes
        if not ImportRun.objects.filter(pk=run.pk, state__in=ACTIVE).update(
            state=run.state, finished_at=run.finished_at, read_bytes=run.read_bytes, remarks=run.remarks
        ):
            raise Cancelled
        if run.requested_by_id is not None and not run.preview:
            import_finished.send(sender=ImportRun, run_id=run.pk, user_id=run.requested_by_id)


def _remark_on_nameless(run: ImportRun) -> None:
    """Says once for all how many parts had to be left out, and why."""
    count = run.checkpoint.get("nameless", 0)
    if count:
        detail = (
            f"{count:,} parts were left out, as nobody in the catalogue has the IMDb ids of those people: import "
            "title.crew and title.principals together with name.basics."
        )
        ImportReject.objects.create(
            run=run, file=", ".join(run.names)[:255], line=1, code="unknown_people", detail=detail, accepted=True
        )
        run.remarks += 1


def refresh(movies: set[int] | None, people: set[int] | None) -> None:
    """Credit counts, then the search index: of these, or (None) of all."""
    refresh_credit_counts(person_ids=None if people is None else sorted(people))
    if movies is None or people is None:
        index.rebuild()
        return
    for ids, write in ((sorted(movies), index.index_movies), (sorted(people), index.index_people)):
        for start in range(0, len(ids), _INDEXED_AT_ONCE):
            with transaction.atomic():
                write(ids[start : start + _INDEXED_AT_ONCE])
