"""Imports: asked for with a file, previewed, run as a job or by a command, cancelled."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from gzip import BadGzipFile
from pathlib import Path, PurePath
from typing import Any

import structlog
from django.conf import settings
from django.core.files.base import File
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from movies.importers import engine
from movies.importers.batches import plan
from movies.importers.indexing import index_left_behind
from movies.importers.locks import ACTIVE, alone
from movies.importers.recognise import CHOICES
from movies.importers.sets import options_of
from movies.importers.source import LOCAL, UPLOADED, Limits, Source, digest_of
from movies.models import ImportedMovie, ImportRun
from movies.services.history import importing
from watchly.common.errors import Conflict, FieldError, NotFound, RuleViolation, TooLarge, WatchlyError

log = structlog.get_logger(__name__)
_CHUNK = 1 << 20
_GONE = "The uploaded file is gone: upload it again."
_FAILED = "The import failed because of an error on the server: its log has the details under this import's number."
_WAITING = (ImportRun.State.WAITING, *ACTIVE)


def request_import(
    *,
    upload: File[bytes],
    format: str = "auto",  # noqa: A002  the field's own word
    preview: bool = False,
    update_existing: bool = False,
    types: str = "",
    adult: bool = False,
    create_genres: bool = False,
    requested_by: Any = None,
) -> ImportRun:
    """Keeps an uploaded file (CSV, JSON, NDJSON …, plain, gz or zip) and defers the job that imports or previews it.

    `types` (kinds of titles, joined by commas) and `adult` choose among the titles of IMDb.

    Raises TooLarge past IMPORT_MAX_BYTES and RuleViolation when the content is none that is read.
    """
    if format not in CHOICES:
        detail = f"There is no format {format[:40]!r}: use one of {', '.join(CHOICES)}."
        raise RuleViolation(detail, errors=[FieldError("/format", "unknown_format", detail)])
    options = options_of(types=types, adult=adult, create_genres=create_genres)
    name = PurePath(str(upload.name or "upload").replace("\\", "/")).name[:255]
    folder = Path(settings.DATA_FOLDER) / "imports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / secrets.token_hex(16)
    try:
        digest = _keep(upload, path)
        with _opened([path], [name], UPLOADED) as sources:
            plan(sources, format)
        with transaction.atomic():
            run = ImportRun.objects.create(
                format=format,
                names=[name],
                path=str(path),
                preview=preview,
                update_existing=update_existing,
                options=options,
                requested_by=requested_by,
                total_bytes=path.stat().st_size,
                digest=digest,
            )
            _defer(run)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return run


def _keep(upload: File[bytes], path: Path) -> str:
    """Writes the upload away, never more than is allowed, and returns its digest."""
    digest, written = hashlib.sha256(), 0
    with path.open("xb") as stream:
        for chunk in upload.chunks(_CHUNK):
            written += len(chunk)
            if written > settings.IMPORT_MAX_BYTES:
                most = settings.IMPORT_MAX_BYTES // 2**20
                raise TooLarge(f"The file is larger than {most} MiB: split it, or use manage.py import_movies.")
            digest.update(chunk)
            stream.write(chunk)
    return digest.hexdigest()


def _defer(run: ImportRun) -> None:
    from movies.tasks import import_movies  # the job calls this module

    import_movies.enqueue(run_id=run.pk)


@transaction.atomic
def start_import(*, run_id: int) -> ImportRun:
    """Carries out what was previewed.

    Raises NotFound, and Conflict when the run is not a finished preview or the server does not hold its file.
    """
    run = _locked(run_id)
    if run.state != ImportRun.State.PREVIEWED:
        raise Conflict(
            f"The import is {run.state}, not previewed: only a finished preview can be started.", code="not_previewed"
        )
    if not run.path:
        raise Conflict(
            "This is a dry run of the command line, whose files the server does not keep: run `manage.py import_movies`"
            " without --dry-run, or upload the file.",
            code="not_previewed",
        )
    run.rejects.all().delete()
    run.checkpoint = {"format": run.checkpoint.get("format", "auto")}
    run.state, run.preview, run.changes = ImportRun.State.WAITING, False, []
    run.rows = run.created = run.updated = run.unchanged = run.rejected = run.remarks = run.read_bytes = 0
    run.skipped = run.ambiguous = 0
    run.started_at = run.finished_at = None
    run.save()
    _defer(run)
    return run


def may_cancel(run: ImportRun) -> bool:
    """Whether a run is not over: it waits, runs or was previewed, or its upload failed and a job may take it up."""
    failed_upload = run.state == ImportRun.State.FAILED and run.path is not None and Path(run.path).exists()
    return run.state in (*_WAITING, ImportRun.State.PREVIEWED) or failed_upload


@transaction.atomic
def cancel_import(*, run_id: int) -> ImportRun:
    """Stops a run at its next batch; what it has written stays.

    A failed upload can be cancelled too, so that no job takes it up again. Raises NotFound, and Conflict when the run
    is over.
    """
    run = _locked(run_id)
    if not may_cancel(run):
        raise Conflict(f"The import is {run.state} already.", code="import_over")
    run.state, run.finished_at = ImportRun.State.CANCELLED, timezone.now()
    run.save(update_fields=["state", "finished_at"])
    ImportedMovie.objects.filter(run=run).delete()
    transaction.on_commit(lambda: _discard(run))
    return run


def _locked(run_id: int) -> ImportRun:
    run = ImportRun.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
    if run is None:
        raise NotFound(f"There is no import {run_id}.")
    return run


def _discard(run: ImportRun) -> None:
    if run.path:
        Path(run.path).unlink(missing_ok=True)


def run_import(
    *,
    run: ImportRun,
    paths: Sequence[Path],
    limits: Limits = LOCAL,
    format: str = "auto",  # noqa: A002  the field's own word
    batch_size: int = engine.BATCH_SIZE,
    limit: int | None = None,
    progress: engine.Progress | None = None,
    diff: engine.Diff | None = None,
) -> ImportRun:
    """Imports these files here and now, or goes on with a run that was killed. Returns the run as it ended.

    Raises Conflict while another import runs and RuleViolation when nothing in the files can be read; a failure in the
    middle is written down in the run, which can then be resumed.
    """
    # The format that was asked for, for whoever resumes the run: `run.format` says what was recognised.
    wanted = run.checkpoint.setdefault("format", format)
    with alone(run), importing(run_id=run.pk, user_id=run.requested_by_id):
        try:
            with _opened(paths, run.names, limits) as sources:
                engine.execute(
                    run, plan(sources, wanted), batch_size=batch_size, limit=limit, progress=progress, diff=diff
                )
        except engine.Cancelled:
            run.refresh_from_db()
            # What earlier batches wrote stays, so it must be found and counted.
            index_left_behind()
        except Exception as error:
            _note_failure(run, error)
            raise
    return run


def _note_failure(run: ImportRun, error: Exception) -> None:
    """Writes down why a run failed and indexes what it has written.

    Best effort: when the database is gone, the run stays as it was and is resumed all the same.
    """
    if connection.in_atomic_block and connection.needs_rollback:
        return
    if isinstance(error, WatchlyError):
        told = error.detail
    else:
        log.error("import_failed", run=run.pk, exc_info=error)
        told = _GONE if isinstance(error, FileNotFoundError) else _FAILED
    # The job of an upload tries again after a failure of the machine, so that such a run still waits.
    state = ImportRun.State.WAITING if run.path and _may_pass(error) else ImportRun.State.FAILED
    try:
        ImportRun.objects.filter(pk=run.pk, state__in=_WAITING).update(
            state=state, error=told[:2000], finished_at=timezone.now() if state == ImportRun.State.FAILED else None
        )
        if not run.preview:
            index_left_behind()
    except DatabaseError:
        return


def _may_pass(error: Exception) -> bool:
    """Whether a later attempt may succeed: the machine failed, and not the file."""
    if isinstance(error, FileNotFoundError | BadGzipFile):
        return False
    return isinstance(error, OperationalError | InterfaceError | OSError)


@contextmanager
def _opened(paths: Sequence[Path], names: Sequence[str], limits: Limits) -> Iterator[list[Source]]:
    sources = [Source(path, name, limits) for path, name in zip(paths, names, strict=True)]
    try:
        yield sources
    finally:
        for source in sources:
            source.close()


def run_uploaded(*, run_id: int) -> None:
    """Imports or previews an upload: what the job does. May be called at any time: a run that is over stays over.

    Raises what a later attempt may not meet: Conflict while another import runs, or a failure of the machine. Whatever
    else goes wrong lies in the file, is noted in the run, and ends it.
    """
    run = ImportRun.objects.filter(pk=run_id).first()
    if run is None or run.path is None or run.state not in (*_WAITING, ImportRun.State.FAILED):
        return
    try:
        run_import(run=run, paths=[Path(run.path)], limits=UPLOADED, format=run.format)
    except Conflict:
        raise
    except Exception as error:
        if _may_pass(error):
            raise
        _discard(run)  # noted in the run and in the log
        return
    if run.state in (ImportRun.State.DONE, ImportRun.State.CANCELLED):
        _discard(run)


def new_run(
    *,
    paths: Sequence[Path],
    preview: bool = False,
    update_existing: bool = False,
    digest: str | None = None,
    options: dict[str, Any] | None = None,
) -> ImportRun:
    """A run over files on this machine, with what a format lets choose."""
    return ImportRun.objects.create(
        names=[path.name for path in paths],
        preview=preview,
        update_existing=update_existing,
        options=options or {},
        total_bytes=sum(path.stat().st_size for path in paths),
        digest=digest or digest_of(paths),
    )


def unfinished_run(*, digest: str, update_existing: bool, options: dict[str, Any] | None = None) -> ImportRun | None:
    """The last run over the same content, with the same options, that was killed or failed."""
    runs = ImportRun.objects.filter(digest=digest, update_existing=update_existing, options=options or {})
    runs = runs.filter(preview=False, path=None)
    return runs.filter(state__in=(*_WAITING, ImportRun.State.FAILED)).order_by("-pk").first()
