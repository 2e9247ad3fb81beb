"""Writes the catalogue in each of the formats that the importers read, film by film, in constant memory.

A server-side cursor gives the rows; nothing but one chunk of them is ever held. Only published films are written.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from urllib.parse import quote

from django.db import connection, transaction

from movies.exporters.documents import AWARDS, CAST_NAMES, DIRECTOR_NAMES, DOCUMENT, GENRES
from movies.importers.movietweetings import GENRES as _IMDB_GENRES
from movies.importers.recognise import Format
from movies.importers.watchly import FLAT, join_cell
from watchly.common.countries import country_name
from watchly.common.languages import language_name

_CHUNK = 1000
_WORDS = {ours: theirs for theirs, ours in _IMDB_GENRES.items() if ours}
_SAFE = "_(),!:;*@/$~'"  # what Wikipedia leaves as it is in an address, but for the apostrophe


def export(kind: Format | str) -> Iterator[bytes]:
    """The whole catalogue in this format, UTF-8, in pieces of any size, by rising id of the films."""
    return _WRITERS[Format(kind)]()


def _selected(expression: str, condition: str = "true") -> Iterator[tuple[Any, ...]]:
    """One row per published film, in one snapshot of the catalogue."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT {expression} FROM movies_movie m WHERE m.state = 'published' AND {condition} ORDER BY m.id"
        )
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows


def _lines(lines: Iterator[str]) -> Iterator[bytes]:
    """Lines put together, so that whoever sends them does not send each alone."""
    held: list[str] = []
    for line in lines:
        held.append(line)
        if len(held) >= _CHUNK:
            yield ("\n".join(held) + "\n").encode()
            held.clear()
    if held:
        yield ("\n".join(held) + "\n").encode()


def _ndjson() -> Iterator[bytes]:
    return _lines(document for (document,) in _selected(DOCUMENT))


def _json() -> Iterator[bytes]:
    yield b"[\n"
    first = True
    for (document,) in _selected(DOCUMENT):
        yield (document if first else ",\n" + document).encode()
        first = False
    yield b"\n]\n"


def _csv() -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(FLAT)
    for count, (document,) in enumerate(_selected(DOCUMENT), 1):
        film = json.loads(document)
        writer.writerow([_cell(film.get(field)) for field in FLAT])
        if count % _CHUNK == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return join_cell([item["name"] if isinstance(item, dict) else item for item in value])
    return value


def href(page: str | None) -> str | None:
    """A page's name as an address writes it: the counterpart of `importers.wikipedia.page_name`."""
    return quote(page.replace(" ", "_"), safe=_SAFE).replace("'", "%27") if page else None


def _object(fields: dict[str, Any]) -> str:
    return json.dumps(
        {name: value for name, value in fields.items() if value is not None}, ensure_ascii=False, default=_plain
    )


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value))


def _wikipedia() -> Iterator[bytes]:
    rows = _selected(f"m.title, m.year, {CAST_NAMES}, {GENRES}, m.wikipedia_page")
    return _lines(
        json.dumps(
            {"title": title, "year": year, "cast": cast or [], "genres": genres or [], "href": href(page)},
            ensure_ascii=False,
        )
        for title, year, cast, genres, page in rows
    )


def _facts() -> Iterator[bytes]:
    rows = _selected(
        f"m.title, m.year, m.wikipedia_page, m.imdb_id, m.wikidata_id, m.tmdb_id, {DIRECTOR_NAMES}, m.runtime,"
        f" m.countries, m.languages, m.original_language, m.release_date, {AWARDS}"
    )
    return _lines(_fact(row) for row in rows)


def _fact(row: tuple[Any, ...]) -> str:
    title, year, page, imdb, wikidata, tmdb, directors, runtime, countries, languages, original, released, awards = row
    # The first language stands for the original one.
    spoken = dict.fromkeys([*([original] if original else []), *languages])
    nominations = [
        {("names" if key == "people" else key): value for key, value in award.items() if value is not None}
        for award in awards or ()
    ]
    return _object({
        "title": title, "year": year, "href": href(page), "imdb_id": imdb, "wikidata_id": wikidata, "tmdb_id": tmdb,
        "directors": directors, "runtime": runtime, "countries": [country_name(code) for code in countries] or None,
        "languages": [language_name(code) for code in spoken] or None, "release_date": released,
        "awards": nominations or None,
    })  # fmt: skip


def _movietweetings() -> Iterator[bytes]:
    """Films without an IMDb id or a year have no line in this format."""
    rows = _selected(f"m.imdb_id, m.title, m.year, {GENRES}", "m.imdb_id IS NOT NULL AND m.year IS NOT NULL")
    return _lines(
        f"{imdb[2:]}::{re.sub('::+', ':', title)} ({year})::{'|'.join(_WORDS.get(name, name) for name in genres or ())}"
        for imdb, title, year, genres in rows
    )


_WRITERS: dict[Format, Callable[[], Iterator[bytes]]] = {
    Format.CSV: _csv,
    Format.JSON: _json,
    Format.NDJSON: _ndjson,
    Format.WIKIPEDIA: _wikipedia,
    Format.FACTS: _facts,
    Format.MOVIETWEETINGS: _movietweetings,
}
KINDS = tuple(_WRITERS)
