"""Loads a batch and, when the database refuses it, its rows one by one, so that a bad row costs only itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

import structlog
from django.db import DatabaseError, DataError, IntegrityError, InternalError, OperationalError, connection, transaction

from movies.importers.loader import Loader, Outcome, Refusal, Row
from movies.importers.record import RELATIONS, SCALARS

log = structlog.get_logger(__name__)
# PostgreSQL's class of "program limit exceeded", such as an index row above its maximum size: the fault of a row.
_LIMIT_EXCEEDED = "54"
_COPIED_COLUMN = re.compile(r"\bcolumn (\w+)")


def load_rows(loader: Loader, rows: Sequence[Row], *, again: bool = False) -> Outcome:
    """Loads rows; when the database refuses them, once more, then halves of them, down to the single rows at fault.

    The second attempt meets as known what another transaction wrote at the same moment.
    """
    if not rows:
        return Outcome()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            return loader.load(cursor, rows)
    except (DataError, IntegrityError, InternalError, OperationalError, UnicodeEncodeError) as error:
        if isinstance(error, OperationalError) and not _sqlstate(error).startswith(_LIMIT_EXCEEDED):
            raise  # the server's fault, not a row's
        if len(rows) == 1 and again:
            log.warning("import_row_refused", run=loader.run_id, line=rows[0].line, error=str(error).partition("\n")[0])
            return Outcome(refused=[Refusal(rows[0], "refused", reason(error))])
    loader.people.forget()
    if not again:
        return load_rows(loader, rows, again=True)
    middle = len(rows) // 2
    whole = Outcome()
    for half in (rows[:middle], rows[middle:]):
        whole.add(load_rows(loader, half, again=True))
    return whole


def reason(error: Exception) -> str:
    """Why a row cannot be stored, without the database's own words: the log has those."""
    field = _field(error) if isinstance(error, DatabaseError) else None
    if field:
        return f"{field} holds a value that cannot be stored: it is outside of the field's limits."
    return "The row holds a value that cannot be stored. The server's log says which."


def _field(error: DatabaseError) -> str | None:
    """The field at fault, where the database names its column or a constraint that is called after it."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is None:
        return None
    copied = _COPIED_COLUMN.search(diagnosis.context or "")
    column = diagnosis.column_name or (copied and copied[1])
    constraint = diagnosis.constraint_name or ""
    fields = (*SCALARS, *RELATIONS)
    if column in fields:
        return str(column)
    return next((name for name in sorted(fields, key=len, reverse=True) if f"_{name}" in constraint), None)


def _sqlstate(error: Exception) -> str:
    return str(getattr(error.__cause__, "sqlstate", None) or "")
