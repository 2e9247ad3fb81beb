"""Corrects stored values that are outside the limits, and codes of countries and languages that no filter finds.

Earlier versions accepted any two capitals as a country and any two or three letters as a language, so that `UK`, `XX`
and `eng` were stored. A code with a known meaning becomes the code that Watchly uses; one without becomes unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import migrations

from watchly.common.countries import country_code
from watchly.common.languages import language_code

_BATCH = 1000
# What an editor could store through the back office before there was a limit.
_BEYOND = (
    "UPDATE movies_movie SET overview = left(overview, 20000) WHERE length(overview) > 20000",
    "UPDATE movies_movie SET release_date = NULL WHERE release_date NOT BETWEEN '1870-01-01' AND '2200-12-31'",
    "UPDATE movies_movie SET tmdb_id = NULL WHERE tmdb_id = 0",
    "UPDATE movies_movie SET wikidata_id = NULL WHERE wikidata_id !~ '^Q[1-9][0-9]{0,10}$'",
    "UPDATE movies_movie SET languages = languages[1:200] WHERE cardinality(languages) > 200",
    "UPDATE movies_movie SET countries = countries[1:250] WHERE cardinality(countries) > 250",
    "UPDATE movies_person SET biography = left(biography, 20000) WHERE length(biography) > 20000",
    "UPDATE movies_person SET born = NULL WHERE born NOT BETWEEN 1 AND 2200",
    "UPDATE movies_person SET died = NULL WHERE died NOT BETWEEN 1 AND 2200",
    "UPDATE movies_person SET tmdb_id = NULL WHERE tmdb_id = 0",
    "UPDATE movies_company SET tmdb_id = NULL WHERE tmdb_id = 0",
    "UPDATE movies_collection SET tmdb_id = NULL WHERE tmdb_id = 0",
    "UPDATE movies_award SET ceremony = NULL WHERE ceremony NOT BETWEEN 1 AND 9999",
    "UPDATE movies_award SET people = people[1:100] WHERE cardinality(people) > 100",
    "DELETE FROM movies_releasedate WHERE date NOT BETWEEN '1870-01-01' AND '2200-12-31'",
)
# Table, column, and what makes a corrected row equal to another one (which then stays instead of it).
_CODES = (
    ("movies_movie", "original_language", None),
    ("movies_alternativetitle", "language", ("movie_id", "title", "country")),
    ("movies_alternativetitle", "country", ("movie_id", "title", "language")),
    ("movies_releasedate", "country", ("movie_id", "kind", "date", "note")),
    ("movies_video", "language", None),
    ("movies_image", "language", None),
)
_LISTS = (("movies_movie", "languages"), ("movies_movie", "countries"))


def correct_values(apps: Any, schema_editor: Any) -> None:
    """May run again: a corrected row is not found a second time."""
    with schema_editor.connection.cursor() as cursor:
        for statement in _BEYOND:
            cursor.execute(statement)
        for table, column, unique in _CODES:
            _correct_column(cursor, table, column, unique)
        for table, column in _LISTS:
            _correct_list(cursor, table, column)
        _correct_companies(cursor)


def _code_of(column: str) -> Callable[[str], str | None]:
    return country_code if column in ("country", "countries") else language_code


def _wrong(codes: list[str | None], column: str) -> dict[str, str | None]:
    """Codes that are not written as Watchly writes them, with the right one or None."""
    code_of = _code_of(column)
    return {code: right for code in codes if code is not None and (right := code_of(code)) != code}


def _correct_column(cursor: Any, table: str, column: str, unique: tuple[str, ...] | None) -> None:
    cursor.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL")
    for code, right in _wrong([row[0] for row in cursor.fetchall()], column).items():
        if table == "movies_releasedate" and right is None:  # a release is one in a country
            cursor.execute(f"DELETE FROM {table} WHERE {column} = %s", [code])
            continue
        if unique:
            same = " AND ".join(f"other.{name} IS NOT DISTINCT FROM t.{name}" for name in unique)
            cursor.execute(
                f"DELETE FROM {table} t USING {table} other WHERE t.{column} = %s AND {same} AND other.id <> t.id"
                f" AND other.{column} IS NOT DISTINCT FROM %s",
                [code, right],
            )
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {column} = %s", [right, code])


def _correct_list(cursor: Any, table: str, column: str) -> None:
    cursor.execute(f"SELECT DISTINCT unnest({column}) FROM {table}")
    wrong = _wrong([row[0] for row in cursor.fetchall()], column)
    if not wrong:
        return
    cursor.execute(f"SELECT id, {column} FROM {table} WHERE {column}::text[] && %s::text[]", [list(wrong)])
    rows = cursor.fetchall()
    for start in range(0, len(rows), _BATCH):
        for number, codes in rows[start : start + _BATCH]:
            right = dict.fromkeys(wrong.get(code, code) for code in codes)
            cursor.execute(
                f"UPDATE {table} SET {column} = %s WHERE id = %s", [[code for code in right if code], number]
            )


def _correct_companies(cursor: Any) -> None:
    """A company whose corrected country makes it equal to another one becomes that one."""
    cursor.execute("SELECT DISTINCT country FROM movies_company WHERE country IS NOT NULL")
    for code, right in _wrong([row[0] for row in cursor.fetchall()], "country").items():
        pair = "t.country = %s AND other.name = t.name AND other.country IS NOT DISTINCT FROM %s AND other.id <> t.id"
        cursor.execute(
            f"""INSERT INTO movies_movie_companies (movie_id, company_id)
                SELECT l.movie_id, other.id FROM movies_movie_companies l JOIN movies_company t ON t.id = l.company_id
                JOIN movies_company other ON {pair} ON CONFLICT DO NOTHING""",
            [code, right],
        )
        twins = f"SELECT t.id FROM movies_company t JOIN movies_company other ON {pair}"
        cursor.execute(f"DELETE FROM movies_movie_companies WHERE company_id IN ({twins})", [code, right])
        cursor.execute(f"DELETE FROM movies_company WHERE id IN ({twins})", [code, right])
        cursor.execute("UPDATE movies_company SET country = %s WHERE country = %s", [right, code])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("movies", "0008_limits")]

    operations = [migrations.RunPython(correct_values, migrations.RunPython.noop)]
