"""The movies that the records of one batch may be, fetched in a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper

from movies.importers.evidence import names_of
from movies.importers.matching import EXTERNAL_IDS, Known, Matcher, Met
from movies.importers.previewing import MOVIES as PREVIEWED
from movies.importers.previewing import NAMES as PREVIEWED_NAMES
from movies.importers.record import Record
from movies.models import Credit
from movies.search.normalise import name_key

_COLUMNS = """m.id, m.imdb_id, m.tmdb_id, m.wikidata_id, m.wikipedia_page, m.title_key, m.year, m.state,
    m.locked_fields, m.source, m.merged_into_id, m.runtime, m.original_title, (
        SELECT json_build_array(i.file || ':' || i.line, i.title_key, i.year, i.imdb_id, i.tmdb_id, i.wikidata_id,
            i.slug)
        FROM movies_importedmovie i WHERE i.run_id = %s AND i.movie_id = m.id
    )"""
# Whatever these movies were merged into, maybe through several.
_SURVIVORS = f"""
WITH RECURSIVE chain AS (
    SELECT id, merged_into_id FROM movies_movie WHERE id = ANY(%s)
    UNION SELECT m.id, m.merged_into_id FROM movies_movie m JOIN chain c ON m.id = c.merged_into_id
)
SELECT {_COLUMNS} FROM chain JOIN movies_movie m ON m.id = chain.id
"""
# Published movies by any of their titles: the search index has them all, by the same keys.
_BY_NAME = """
SELECT DISTINCT k.name, t.movie_id FROM unnest(%s::text[], %s::int[]) AS k(name, year)
JOIN {table} t ON t.compact = k.name COLLATE "C" AND t.year BETWEEN k.year - 1 AND k.year + 1
"""
_DIRECTORS = f"""
SELECT k.movie_id, p.name FROM movies_credit k JOIN movies_person p ON p.id = k.person_id
WHERE k.movie_id = ANY(%s) AND k.kind = 'crew' AND k.job = '{Credit.DIRECTOR}'
"""


def candidates(
    cursor: CursorWrapper,
    run_id: int,
    rows: Sequence[tuple[Record, str]],
    *,
    previewed: bool = False,
    by_all_titles: bool = True,
) -> Matcher:
    """All movies that any of these records (each with its title key) may be.

    Without `by_all_titles` none is looked up by another title, or by the year before or after.
    """
    found: dict[int, Known] = {}
    for table in (PREVIEWED, "movies_movie") if previewed else ("movies_movie",):
        _collect_identified(cursor, run_id, rows, table, found)
    names = _named(cursor, run_id, rows, found, previewed=previewed) if by_all_titles else {}
    if previewed and found:
        # What the preview would have changed by now is looked at as it would be.
        query = f"SELECT {_COLUMNS} FROM {PREVIEWED} m WHERE m.id = ANY(%s)"
        found.update((row[0], _known(row)) for row in _fetch(cursor, query, [run_id, list(found)]))
    _join(found, cursor, run_id)
    if any(record.directors for record, _ in rows):
        _add_directors(cursor, found, previewed=previewed)
    matcher = Matcher()
    # What a preview made has ids that fall below zero.
    for number in sorted(found, key=lambda number: (number < 0, abs(number))):
        matcher.add(found[number])
    for name, numbers in names.items():
        matcher.by_name[name] = [found[number] for number in sorted(numbers, key=abs) if number in found]
    return matcher


def _collect_identified(
    cursor: CursorWrapper, run_id: int, rows: Sequence[tuple[Record, str]], table: str, found: dict[int, Known]
) -> None:
    """By their ids and pages, and by exactly the title and year."""
    for name in (*EXTERNAL_IDS, "wikipedia_page"):
        values = [value for record, _ in rows if (value := getattr(record, name)) is not None]
        if values:
            cast = "int[]" if name == "tmdb_id" else "text[]"
            query = f"SELECT {_COLUMNS} FROM {table} m WHERE m.{name} = ANY(%s::{cast})"
            _collect(found, _fetch(cursor, query, [run_id, values]))
    titles = {(key, record.year) for record, key in rows if record.title}
    dated = [title for title in titles if title[1] is not None]
    query = f"""SELECT {_COLUMNS} FROM unnest(%s::text[], %s::int[]) AS k(title_key, year)
        JOIN {table} m ON m.title_key = k.title_key AND m.year = k.year"""
    _collect(found, _fetch(cursor, query, [run_id, [key for key, _ in dated], [year for _, year in dated]]))
    if undated := [key for key, year in titles if year is None]:
        query = f"SELECT {_COLUMNS} FROM {table} m WHERE m.title_key = ANY(%s::text[]) AND m.year IS NULL"
        _collect(found, _fetch(cursor, query, [run_id, undated]))


def _named(
    cursor: CursorWrapper,
    run_id: int,
    rows: Sequence[tuple[Record, str]],
    found: dict[int, Known],
    *,
    previewed: bool,
) -> dict[str, set[int]]:
    """By any title and about the year: of each name, which movies have it. Records whose id is known need none."""
    held = {name: {getattr(known, name) for known in found.values()} - {None} for name in EXTERNAL_IDS}
    wanted = {
        (name, record.year)
        for record, key in rows
        if record.title and record.year and not any(getattr(record, kind) in held[kind] for kind in EXTERNAL_IDS)
        for name in names_of(record, key)
    }
    names: dict[str, set[int]] = defaultdict(set)
    if not wanted:
        return names
    for table, movies in (("movies_searchtitle", "movies_movie"), (PREVIEWED_NAMES, PREVIEWED)):
        if movies == PREVIEWED and not previewed:
            continue
        query = _BY_NAME.format(table=table)
        for name, number in _fetch(cursor, query, [[name for name, _ in wanted], [year for _, year in wanted]]):
            names[name].add(number)
        missing = [number for numbers in names.values() for number in numbers if number not in found]
        if missing:
            query = f"SELECT {_COLUMNS} FROM {movies} m WHERE m.id = ANY(%s)"
            _collect(found, _fetch(cursor, query, [run_id, missing]))
    return names


def _add_directors(cursor: CursorWrapper, found: dict[int, Known], *, previewed: bool) -> None:
    names: dict[int, list[str]] = defaultdict(list)
    for number, name in _fetch(cursor, _DIRECTORS, [[number for number in found if number > 0]]):
        names[number].append(name_key(name))
    if previewed:
        query = f"SELECT id, directors FROM {PREVIEWED} WHERE id = ANY(%s)"
        names.update((number, directors) for number, directors in _fetch(cursor, query, [list(found)]))
    for number, directors in names.items():
        found[number].directors = directors


def _join(found: dict[int, Known], cursor: CursorWrapper, run_id: int) -> None:
    """Brings in what movies were merged into, and says of each who its survivor is."""
    merged = [known for known in found.values() if known.merged_into is not None]
    if not merged:
        return
    _collect(found, _fetch(cursor, _SURVIVORS, [[known.id for known in merged], run_id]))
    for known in found.values():
        survivor = known
        while survivor.merged_into is not None:
            survivor = found[survivor.merged_into]
        if survivor is not known:
            known.survivor = survivor
            survivor.merged.append(known)


def _fetch(cursor: CursorWrapper, query: str, parameters: list[Any]) -> Iterable[tuple[Any, ...]]:
    cursor.execute(query, parameters)
    return cursor.fetchall()


def _collect(found: dict[int, Known], rows: Iterable[tuple[Any, ...]]) -> None:
    for row in rows:
        found.setdefault(row[0], _known(row))


def _known(row: tuple[Any, ...]) -> Known:
    *columns, met = row
    return Known(*columns, met=Met(*met) if met else None)  # type: ignore[misc]  # the columns end before it
