"""Writes the catalogue as Watchly's own NDJSON. The same entries give the same bytes."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from movies.importers.watchly import KNOWN
from tools.catalogue.entry import Entry


def packed(entries: list[Entry]) -> bytes:
    """The gzip of one document per entry, by year and title."""
    ordered = sorted(
        entries,
        key=lambda entry: (
            entry.year or 0, entry.key, entry.title,
            entry.wikipedia_page or "", entry.imdb_id or "", entry.runtime or 0,
        ),
    )  # fmt: skip
    buffer = io.BytesIO()
    # No name and no time in the header, so that nothing but the content decides the bytes.
    with gzip.GzipFile(filename="", fileobj=buffer, mode="wb", compresslevel=9, mtime=0) as stream:
        for entry in ordered:
            stream.write(line(entry))
    return buffer.getvalue()


def line(entry: Entry) -> bytes:
    """The document of one entry; what is not known is left out."""
    document = {name: _plain(getattr(entry, name)) for name in KNOWN}
    kept = {name: value for name, value in document.items() if value not in (None, [])}
    return (json.dumps(kept, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def read(path: Path) -> list[dict[str, Any]]:
    """The documents of a catalogue that was written."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return [json.loads(row) for row in stream]


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        # A person of whom nothing but the name is known is written as the name.
        fields = value._asdict()
        if fields.keys() >= {"name", "imdb_id"} and not any(value[1:]):
            return value[0]
        return {name: _plain(part) for name, part in fields.items() if part not in (None, ())}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(part) for part in value]
    return value
