"""Runs an import: one batch after the other, each with its rows, its report and its checkpoint in one transaction."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

from django.db import connection, transaction
from django.utils import timezone

from movies.importers.batches import Batch, Plan, ahead, batches, excerpt
from movies.importers.evidence import AMBIGUOUS
from movies.importers.fallback import load_rows
from movies.importers.indexing import ONE_BY_ONE, UNINDEXED, Touched, index_left_behind, refresh
from movies.importers.loader import Loader, Outcome
from movies.importers.locks import ACTIVE
from movies.importers.naming import complete, stage
from movies.importers.recognise import Format
from movies.importers.record import Problem
from movies.importers.sets import SETS, names_to_stage
from movies.importers.settling import settle_genres
from movies.models import ImportedMovie, ImportReject, ImportRun, Movie
from movies.signals import import_finished
from watchly.common.jobs import stop_if_asked

BATCH_SIZE = 5_000
CHANGES_KEPT = 100
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

Progress = Callable[[ImportRun], None]
# Told of every batch of a preview: what would change, row by row.
Diff = Callable[[list[dict[str, object]]], None]


class Cancelled(Exception):
    """The run was cancelled while it ran; what earlier batches wrote stays."""


@contextmanager
def few_collections() -> Iterator[None]:
    """Looks for cycles in memory seldom: a batch is a hundred thousand objects, and none of them refers to itself."""
    before = gc.get_threshold()
    gc.set_threshold(500_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


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
    if not (begun or run.preview):
        index_left_behind()
    touched = Touched() if not begun else Touched(None, None)
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
            if batch.first and batch.unit and not run.preview:
                # Movies that an earlier file brought are matched by all their titles, as those of before.
                refresh(touched.movies, touched.people)
            with transaction.atomic():
                if batch.first:
                    ImportedMovie.objects.filter(run=run).delete()
                # In the first unit of an empty catalogue all movies are of one file, which does not call them twice.
                by_all_titles = batch.unit > 0 or not run.checkpoint["from_nothing"]
                with connection.cursor() as cursor:
                    create = bool(run.options.get("create_genres"))
                    batch.problems.extend(settle_genres(cursor, batch.rows, create=create))
                outcome = load_rows(replace(loader_of[batch.format], by_all_titles=by_all_titles), batch.rows)
                if batch.people:
                    outcome.add(_complete(run, batch))
                _book(run, batch, outcome)
            touched.add(outcome)
            if diff:
                diff(outcome.changes)
            if progress:
                progress(run)
            stop_if_asked()
    _finish(run, touched)
    if progress:
        progress(run)
    return run


def _loader(run: ImportRun, kind: Format) -> Loader:
    source = run.options.get("source") or _SOURCES.get(kind, Movie.Source.WATCHLY)
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
        run.skipped = run.ambiguous = 0
    formats = sorted({str(kind) for _, _, kind in planned.members})
    run.format = "+".join(formats) if len("+".join(formats)) <= 20 else "several"
    run.state = ImportRun.State.PREVIEWING if run.preview else ImportRun.State.RUNNING
    run.started_at = run.started_at or timezone.now()
    run.error = None
    run.checkpoint = {**run.checkpoint, "batch_size": batch_size, "limit": limit}
    run.checkpoint.setdefault("from_nothing", not Movie.objects.exists())
    run.save()
    return int(run.checkpoint.get("items", 0))


def _book(run: ImportRun, batch: Batch, outcome: Outcome) -> None:
    """Writes the report and the checkpoint. Raises Cancelled, so that the batch is undone."""
    problems = batch.problems + [
        (row.file, Problem(row.line, code, detail, excerpt(row.content))) for row, code, detail in outcome.refused
    ]
    problems.sort(key=lambda found: found[1].line)
    kept = max(0, run.REPORT_KEPT - run.rejected - run.ambiguous - run.remarks)
    ImportReject.objects.bulk_create(
        ImportReject(
            run=run, file=file[:255], line=found.line, code=found.code, detail=found.detail[:500],
            content=excerpt(found.content), accepted=found.accepted,
        )
        for file, found in problems[:kept]
    )  # fmt: skip
    remarks = sum(found.accepted for _, found in problems)
    ambiguous = sum(found.code == AMBIGUOUS for _, found in problems)
    run.rejected += len(problems) - remarks - ambiguous
    run.ambiguous += ambiguous
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
    if not run.preview and (outcome.created or outcome.updated):
        run.checkpoint[UNINDEXED] = True
    if outcome.nameless:
        run.checkpoint["nameless"] = run.checkpoint.get("nameless", 0) + outcome.nameless
    run.changes = (run.changes + outcome.changes)[:CHANGES_KEPT] if run.preview else run.changes
    fields = (
        "rejected", "ambiguous", "remarks", "created", "updated", "unchanged", "skipped", "rows", "read_bytes",
        "checkpoint", "changes",
    )  # fmt: skip
    running = ImportRun.objects.filter(pk=run.pk, state__in=ACTIVE)
    if not running.update(**{name: getattr(run, name) for name in fields}):
        raise Cancelled


def _finish(run: ImportRun, touched: Touched) -> None:
    """Brings search, counts and the planner's statistics up to date, once, and closes the run."""
    if not run.preview and (run.created or run.updated):
        # First, since what reads the tables whole is planned by it: 100 s of 250 in a first load of 200,000 films.
        if run.created + run.updated >= ONE_BY_ONE // 20:
            with connection.cursor() as cursor:
                cursor.execute(f"ANALYZE {', '.join(_ANALYZED)}")
        refresh(touched.movies, touched.people)
    with transaction.atomic():
        ImportedMovie.objects.filter(run=run).delete()
        _remark_on_nameless(run)
        run.state = ImportRun.State.PREVIEWED if run.preview else ImportRun.State.DONE
        run.finished_at = timezone.now()
        run.read_bytes = run.total_bytes or run.read_bytes
        run.checkpoint.pop(UNINDEXED, None)
        if not ImportRun.objects.filter(pk=run.pk, state__in=ACTIVE).update(
            state=run.state,
            finished_at=run.finished_at,
            read_bytes=run.read_bytes,
            remarks=run.remarks,
            checkpoint=run.checkpoint,
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
