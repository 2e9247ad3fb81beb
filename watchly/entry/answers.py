"""What the entry sends: a response that needs neither Django nor a thread any more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO


@dataclass(slots=True)
class Answer:
    """A status, headers (lowercase names) and one of three bodies."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""
    path: str | None = None  # of a file that the server sends by itself
    stream: IO[bytes] | None = None  # read from its position on, then closed
