"""Settles the genres of a batch: a closed vocabulary, which a file does not extend unless that was asked for."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.backends.utils import CursorWrapper

from movies.definition.genres import Vocabulary
from movies.definition.limits import longest, most
from movies.definition.slugs import slug_of
from movies.importers.loader import Row
from movies.importers.record import Problem


def settle_genres(cursor: CursorWrapper, rows: Sequence[Row], *, create: bool) -> list[tuple[str, Problem]]:
    """Writes each genre of these records by its name in the catalogue, and returns remarks on the others.

    A text that names several is split. A genre that is not in the vocabulary is left out, or made with `create`. There
    is one remark for each such text, at the first row that has it.
    """
    _rename_merged(cursor, rows)
    rows_of: dict[str, list[Row]] = {}
    for row in rows:
        for name in row.record.genres:
            rows_of.setdefault(name, []).append(row)
    if not rows_of:
        return []
    cursor.execute("SELECT name FROM movies_genre")
    stored = [name for (name,) in cursor.fetchall()]
    vocabulary = Vocabulary.of(stored, merged_names(cursor, "genre"))
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


def merged_names(cursor: CursorWrapper, kind: str) -> dict[str, str]:
    """What merged genres, tags or companies were called, each with the name of what it means now."""
    cursor.execute(
        f"SELECT v.name, t.name FROM movies_vocabularymerge v JOIN movies_{kind} t ON t.id = v.{kind}_id"
        " WHERE v.kind = %s AND v.undone_at IS NULL ORDER BY v.id",
        [kind],
    )
    return dict(cursor.fetchall())


def _rename_merged(cursor: CursorWrapper, rows: Sequence[Row]) -> None:
    """Tags and companies that staff have merged get the name of what they were merged into, so none is made again."""
    length = longest("tag.name")
    tags = {slug_of(old, "tag", length): new for old, new in merged_names(cursor, "tag").items()}
    companies = {old.casefold(): new for old, new in merged_names(cursor, "company").items()}
    if not tags and not companies:
        return
    for row in rows:
        record = row.record
        record.tags = list(dict.fromkeys(tags.get(slug_of(name, "tag", length), name) for name in record.tags))
        record.companies = list(dict.fromkeys(companies.get(name.casefold(), name) for name in record.companies))


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
