"""Settles the genres of a batch: a closed vocabulary, which a file does not extend unless that was asked for."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.backends.utils import CursorWrapper

from movies.definition.genres import Vocabulary
from movies.definition.limits import longest, most
from movies.importers.loader import Row
from movies.importers.record import Problem


def settle_genres(cursor: CursorWrapper, rows: Sequence[Row], *, create: bool) -> list[tuple[str, Problem]]:
    """Writes each genre of these records by its name in the catalogue, and returns remarks on the others.

    A text that names several is split. A genre that is not in the vocabulary is left out, or made with `create`. There
    is one remark for each such text, at the first row that has it.
    """
    rows_of: dict[str, list[Row]] = {}
    for row in rows:
        for name in row.record.genres:
            rows_of.setdefault(name, []).append(row)
    if not rows_of:
        return []
    cursor.execute("SELECT name FROM movies_genre")
    vocabulary = Vocabulary.of(name for (name,) in cursor.fetchall())
    settled: dict[str, list[str]] = {}
    remarks: list[tuple[str, Problem]] = []
    for name, held in rows_of.items():
        genres, missing = vocabulary.split(name)
        if create and missing:
            genres += _new(missing)
        settled[name] = genres
        if remark := _remark(vocabulary, name, genres, missing, create=create):
            code, detail = remark
            count = f" In {len(held):,} rows." if len(held) > 1 else ""
            remarks.append((held[0].file, Problem(held[0].line, code, detail + count, held[0].content, accepted=True)))
    for row in rows:
        if row.record.genres:
            found = {genre for name in row.record.genres for genre in settled[name]}
            row.record.genres = sorted(found)[: most("movie.genres")]
    return remarks


def _new(names: list[str]) -> list[str]:
    return [name[: longest("genre.name")] for name in names]


def _remark(
    vocabulary: Vocabulary, name: str, genres: list[str], missing: list[str], *, create: bool
) -> tuple[str, str] | None:
    if not missing:
        return ("split_genre", f"genres holds {name!r}: taken as {', '.join(genres)}.") if len(genres) > 1 else None
    if create:
        return "new_genre", f"genres holds {', '.join(map(repr, missing))}, which becomes a new genre."
    told = " ".join(vocabulary.unknown(each) for each in missing)
    taken = f" Taken: {', '.join(genres)}." if genres else ""
    return "unknown_genre", f"{told} Left out.{taken}"
