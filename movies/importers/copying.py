"""COPY into a table, with its errors raised as Django's, as those of every other statement are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from django.db import DataError
from django.db.backends.utils import CursorWrapper


def copy_rows(cursor: CursorWrapper, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Appends rows to a table.

    Raises the exceptions of `django.db`: psycopg's own would pass every handler that expects them, and one row that
    does not fit would end the import. A text that cannot be encoded is a DataError too.
    """
    iterator = iter(rows)
    first = next(iterator, None)
    if first is None:
        return
    try:
        with (
            cursor.db.wrap_database_errors,
            cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
        ):
            for row in chain((first,), iterator):
                copy.write_row(row)
    except UnicodeEncodeError as error:
        raise DataError("A text holds half of a surrogate pair.") from error
