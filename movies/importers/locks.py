"""Which runs may be carried out at the same time: one import, and any number of previews beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper

from movies.models import ImportRun
from watchly.common.errors import Conflict

ACTIVE = (ImportRun.State.RUNNING, ImportRun.State.PREVIEWING)
# Held by the import that writes, whichever it is.
IMPORTING = 0x57_1A_0001
# Held by every process that carries out a run, with the run's number: a run without it was killed.
_CARRIED_OUT = 0x57_1A_0002
LOCK_WAIT = "5s"
KILLED = "The import was killed. Resume it, or import the file again."


@contextmanager
def alone(run: ImportRun) -> Iterator[None]:
    """Holds the locks of a run while it is carried out, and marks killed runs as failed.

    A preview writes nothing that other runs read, so it neither waits for an import nor keeps one waiting. Raises
    Conflict when another import runs, or when another process carries out the same run.
    """
    with connection.cursor() as cursor:
        # A killed import's session notices within a second that its client is gone, also inside a long statement.
        cursor.execute("SET client_connection_check_interval = '1s'")
        try:
            _lock(cursor, run)
        except BaseException:
            cursor.execute("RESET client_connection_check_interval")
            raise
    try:
        _mark_killed(run)
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                if not run.preview:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [IMPORTING])
                cursor.execute("SELECT pg_advisory_unlock(%s, %s::int)", [_CARRIED_OUT, run.pk])
                cursor.execute("RESET client_connection_check_interval")


def _lock(cursor: CursorWrapper, run: ImportRun) -> None:
    if not _taken(cursor, run.pk):
        raise Conflict("This import is running already: wait until it is done.", code="import_running")
    if run.preview:
        return
    cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_WAIT])
    try:
        with transaction.atomic():
            cursor.execute("SELECT pg_advisory_lock(%s)", [IMPORTING])
    except OperationalError as error:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s::int)", [_CARRIED_OUT, run.pk])
        raise Conflict("Another import is running: wait until it is done.", code="import_running") from error
    finally:
        cursor.execute("RESET lock_timeout")


def _taken(cursor: CursorWrapper, run_id: int) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(%s, %s::int)", [_CARRIED_OUT, run_id])
    return bool((cursor.fetchone() or (False,))[0])


def _mark_killed(run: ImportRun) -> None:
    """Marks the runs that say that they run, and that no process carries out."""
    with connection.cursor() as cursor:
        for killed in ImportRun.objects.filter(state__in=ACTIVE).exclude(pk=run.pk).order_by("pk"):
            if not _taken(cursor, killed.pk):
                continue
            ImportRun.objects.filter(pk=killed.pk, state__in=ACTIVE).update(state=ImportRun.State.FAILED, error=KILLED)
            cursor.execute("SELECT pg_advisory_unlock(%s, %s::int)", [_CARRIED_OUT, killed.pk])
