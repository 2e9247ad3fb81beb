"""The floor: a bare WSGI program that runs one checked-in statement through psycopg and returns the bytes.

No framework, no convention, no count. What the application does above it is what the application costs.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psycopg

_FOLDER = Path(__file__).parent
_LIST = (_FOLDER / "movies.sql").read_text()
_ONE = (_FOLDER / "movie.sql").read_text()
_here = threading.local()


def _connection() -> psycopg.Connection[Any]:
    if not hasattr(_here, "connection"):
        _here.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=0)
    return _here.connection


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path: str = environ["PATH_INFO"]
    if path == "/movies":
        row = _connection().execute(_LIST).fetchone()
    else:
        row = _connection().execute(_ONE, {"id": int(path.rsplit("/", 1)[1])}).fetchone()
    body = row[0].encode() if row else b"null"
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
