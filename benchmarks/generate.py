"""Fills a database with a catalogue to measure on: `python -m benchmarks.generate --movies 190000`.

Writes straight into the tables with COPY, with their secondary indexes and foreign keys taken away meanwhile and made
again afterwards, as loading 200,000 films takes minutes otherwise. All of it is one transaction: a killed run leaves
the database as it was.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "watchly.settings")
    django.setup()

from django.db import connection, transaction
from django.utils.text import slugify

from benchmarks.catalogue import GENRES, TAGS, Catalogue, Film
from movies.models import CatalogueCount
from movies.search.index import rebuild
from movies.search.normalise import name_key, title_key
from movies.services.slugs import slug_base

DEFAULT_MOVIES, DEFAULT_SEED = 190_000, 1895
_TABLES = (
    "movies_genre", "movies_tag", "movies_person", "movies_movie", "movies_movie_genres", "movies_movie_tags",
    "movies_credit", "movies_moviefigures", "movies_alternativetitle",
)  # fmt: skip
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class NotEmptyError(Exception):
    """The database holds movies already."""


def fill(count: int = DEFAULT_MOVIES, seed: int = DEFAULT_SEED, *, replace: bool = False) -> int:
    """Writes a catalogue of `count` films, indexes it for search and analyses it; returns the number published.

    The same count and seed give the same rows. Raises NotEmptyError when there are movies already, unless `replace`:
    then every row of the catalogue, and of all tables that refer to it, is deleted first. Not inside a transaction,
    as it ends with VACUUM.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM movies_movie)")
        if cursor.fetchone()[0] and not replace:
            raise NotEmptyError("There are movies already: --replace deletes them and all that refers to them.")
        # Also without `replace`: genres and people without any movie would stand in the way of the ids.
        cursor.execute(
            "TRUNCATE movies_genre, movies_tag, movies_person, movies_movie, movies_searchtitle, movies_searchperson,"
            " movies_searchword RESTART IDENTITY CASCADE"
        )
        with _without_indexes(cursor), _without_collector():
            published = _load(cursor, Catalogue(count, seed))
    rebuild()
    with connection.cursor() as cursor:
        for table in (*_TABLES, "movies_cataloguecount"):
            cursor.execute(f"VACUUM ANALYZE {table}")
    return published


@contextmanager
def _without_collector() -> Iterator[None]:
    """Hundreds of thousands of films hold no cycles, and looking for some takes a third of the time of making them."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _without_indexes(cursor: Any) -> Iterator[None]:
    """Takes away the foreign keys and the indexes behind no constraint, and makes them again."""
    cursor.execute(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY conname",
        [list(_TABLES)],
    )
    keys = cursor.fetchall()
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid = ANY(%s::regclass[])"
        " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid) ORDER BY 1",
        [list(_TABLES)],
    )
    indexes = cursor.fetchall()
    for table, name, _ in keys:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
    for _, definition in indexes:
        cursor.execute(definition)
    for table, name, definition in keys:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _load(cursor: Any, catalogue: Catalogue) -> int:
    created = _NOW - timedelta(days=3000)
    _copy(cursor, "movies_genre", "id, name, slug", ((at, name, slugify(name)) for at, name in enumerate(GENRES, 1)))
    _copy(cursor, "movies_tag", "id, name, slug", ((at, f"tag {at}", f"tag-{at}") for at in range(1, TAGS + 1)))
    films = list(catalogue.films())
    parts = [0] * len(catalogue.people)
    for film in films:
        for person in (*film.cast, *film.directors):
            parts[person] += 1
    _copy(
        cursor,
        "movies_person",
        "id, name, name_key, credit_count, version, locked_fields, created_at, updated_at",
        (
            (at, name[:300], name_key(name), parts[at - 1], 1, "{}", created, created)
            for at, name in enumerate(catalogue.people, 1)
        ),
    )
    _copy(
        cursor,
        "movies_movie",
        "id, title, original_title, slug, year, release_date, runtime, overview, tagline, original_language, languages,"
        " countries, release_status, imdb_id, tmdb_id, wikidata_id, state, source, locked_fields, version, genre_ids,"
        " tag_ids, title_key, rating_average, rating_count, popularity, created_at, updated_at",
        _movie_rows(films),
    )
    _copy(
        cursor,
        "movies_movie_genres",
        "movie_id, genre_id",
        ((at, genre + 1) for at, film in enumerate(films, 1) for genre in film.genres),
    )
    _copy(
        cursor,
        "movies_movie_tags",
        "movie_id, tag_id",
        ((at, tag + 1) for at, film in enumerate(films, 1) for tag in film.tags),
    )
    _copy(
        cursor,
        "movies_credit",
        "movie_id, person_id, kind, character, department, job, position",
        (row for at, film in enumerate(films, 1) for row in _credit_rows(at, film)),
    )
    _copy(
        cursor,
        "movies_alternativetitle",
        "movie_id, title",
        ((at, title) for at, film in enumerate(films, 1) for title in film.alternatives),
    )
    _copy(
        cursor,
        "movies_moviefigures",
        "movie_id, rating_count, rating_sum, people, plays, favorites, known_raters",
        (
            (at, film.ratings, film.stars, film.ratings, film.plays, film.favorites, film.raters)
            for at, film in enumerate(films, 1)
            if film.raters or film.ratings
        ),
    )
    for table in ("movies_genre", "movies_tag", "movies_person", "movies_movie"):
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
    published = sum(film.state == "published" for film in films)
    CatalogueCount.objects.update_or_create(name=CatalogueCount.PUBLISHED_MOVIES, defaults={"value": published})
    CatalogueCount.objects.update_or_create(name=CatalogueCount.PEOPLE, defaults={"value": len(catalogue.people)})
    return published


def _movie_rows(films: list[Film]) -> Iterator[tuple[Any, ...]]:
    slugs: set[str] = set()
    for at, film in enumerate(films, 1):
        base = slug = slug_base(film.title, film.year)
        number = 2
        while slug in slugs:
            slug, number = f"{base}-{number}", number + 1
        slugs.add(slug)
        written = _NOW - timedelta(minutes=(at * 7919) % 4_000_000)
        yield (
            at, film.title, film.original_title, slug, film.year, film.release_date, film.runtime, film.overview,
            film.tagline, film.languages[0] if film.languages else None, film.languages, film.countries,
            "released" if film.release_date else None, film.imdb_id,
            at * 3 if at % 5 < 3 else None, f"Q{at * 7}" if at % 10 < 3 else None, film.state,
            "facts" if film.imdb_id else "wikipedia", [], 1, sorted(genre + 1 for genre in film.genres),
            sorted(tag + 1 for tag in film.tags), title_key(film.title),
            _average(film), film.ratings, film.popularity,
            written, written,
        )  # fmt: skip


def _average(film: Film) -> Decimal | None:
    """Stars to two places, rounded as PostgreSQL does."""
    if not film.ratings:
        return None
    return (Decimal(film.stars) / 2 / film.ratings).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _credit_rows(movie: int, film: Film) -> Iterator[tuple[Any, ...]]:
    for position, person in enumerate(film.cast):
        yield (movie, person + 1, "cast", None, None, None, position)
    for position, person in enumerate(film.directors):
        yield (movie, person + 1, "crew", None, "Directing", "Director", position)


def _copy(cursor: Any, table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        lines: list[str] = []
        for row in rows:
            lines.append("\t".join(map(_field, row)))
            if len(lines) == 1_000:
                copy.write("\n".join(lines) + "\n")
                lines.clear()
        if lines:
            copy.write("\n".join(lines) + "\n")


def _field(value: Any) -> str:
    """A value in COPY's text format."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value if value.isprintable() and "\\" not in value else value.translate(_ESCAPES)
    if isinstance(value, list):
        return f"{{{','.join(map(str, value))}}}"  # of numbers and codes, which need no quoting
    return str(value)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.generate", description=__doc__)
    parser.add_argument("--movies", type=int, default=DEFAULT_MOVIES)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--replace", action="store_true", help="delete the catalogue that is there, and all on it")
    options = parser.parse_args()
    start = time.monotonic()
    try:
        published = fill(options.movies, options.seed, replace=options.replace)
    except NotEmptyError as error:
        sys.exit(str(error))
    print(f"{published:,} films published, in {time.monotonic() - start:.1f} s")


if __name__ == "__main__":
    main()
