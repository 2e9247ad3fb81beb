"""How PostgreSQL is to look up a batch: row by row through an index, among however many rows there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.utils import CursorWrapper

_SETTINGS = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")


@contextmanager
def by_index(cursor: CursorWrapper) -> Iterator[None]:
    """The tables grow under the planner's statistics; what looks up a batch among millions must not read them all.

    Within a transaction. When the lookup fails, the transaction does, and the settings go with it.
    """
    cursor.execute("; ".join(f"SET LOCAL {setting} = off" for setting in _SETTINGS))
    yield
    cursor.execute("; ".join(f"SET LOCAL {setting} = on" for setting in _SETTINGS))
