"""Running constant SQL without the ORM's share: on Django's own connection, but past its cursor.

Django binds parameters on the client and never prepares, since it cannot know which texts come again. These do: psycopg
prepares a text at its fifth run on a connection, and PostgreSQL then neither parses nor plans it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection
from django.db.utils import DatabaseErrorWrapper


def fetch(sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """All rows of one statement. Raises django.db's errors; counted by `assertNumQueries` like any other."""
    connection.ensure_connection()
    started = time.monotonic()
    try:
        with DatabaseErrorWrapper(connection), psycopg.Cursor(connection.connection) as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()
    finally:
        if connection.queries_logged:
            connection.queries_log.append({"sql": sql, "time": f"{time.monotonic() - started:.3f}"})
