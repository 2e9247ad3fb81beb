"""Writes movies and what hangs on them, a batch at a time: `COPY`, then sets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.utils import CursorWrapper

from movies.importers import vocabulary
from movies.importers.copying import copy_rows
from movies.importers.parts import Part
from movies.importers.people import People, array_of
from movies.importers.record import SCALARS, PersonRef, Record
from movies.models import Credit, Video
from movies.search.normalise import title_key
from movies.services.figures import popularity
from movies.services.slugs import slug_base

_STAGED = "staged_movie"
_COPIED = ("id", *SCALARS, "title_key", "collection_id", "source")
_NEW_ONLY = ("slug", "genre_ids", "tag_ids", "trailer_url")
CREATE_STAGED = f"""
CREATE TEMPORARY TABLE IF NOT EXISTS {_STAGED} AS
SELECT {", ".join((*_COPIED, *_NEW_ONLY))}, 0 AS known_raters, 0::float8 AS seed, 0 AS nominations
FROM movies_movie WITH NO DATA
"""
_INSERT = f"""
INSERT INTO movies_movie ({", ".join((*_COPIED, *_NEW_ONLY))}, popularity, state, locked_fields, version, rating_count,
    created_at, updated_at)
SELECT {", ".join(f"s.{column}" for column in (*_COPIED, *_NEW_ONLY))},
    {popularity(seed="s.seed", known_raters="s.known_raters", nominations="s.nominations")},
    'published', '{{}}', 1, 0, now(), now()
FROM {_STAGED} s ORDER BY s.id
"""
_UPDATE = f"""
UPDATE movies_movie m
SET {", ".join(f"{column} = s.{column}" for column in _COPIED[1:])}, version = m.version + 1, updated_at = now()
FROM {_STAGED} s WHERE m.id = s.id
"""


@dataclass(slots=True)
class Ids:
    """The ids of everything that the records of a batch name."""

    genres: dict[str, tuple[int, str]]
    tags: dict[str, tuple[int, str]]
    collections: dict[str, tuple[int, str]]
    companies: dict[str, int]
    people: dict[PersonRef, int] = field(default_factory=dict)
    people_made: int = 0


def names_for(cursor: CursorWrapper, records: Collection[Record]) -> Ids:
    """Finds, and where need be makes, all that these records name but people."""
    return Ids(
        genres=vocabulary.slugged(cursor, "genre", (name for record in records for name in record.genres), create=True),
        tags=vocabulary.slugged(cursor, "tag", (name for record in records for name in record.tags), create=True),
        collections=vocabulary.slugged(
            cursor, "collection", (record.collection for record in records if record.collection), create=True
        ),
        companies=vocabulary.companies(cursor, (name for record in records for name in record.companies)),
    )


def ids_for(cursor: CursorWrapper, records: Collection[Record], known: People) -> Ids:
    """Finds, and where need be makes, all that these records name."""
    ids = names_for(cursor, records)
    refs = {part.ref: None for record in records for parts in record.people() for part in parts}
    ids.people, ids.people_made = known.numbers(cursor, refs)
    return ids


def insert_movies(cursor: CursorWrapper, records: Sequence[tuple[Record, str]], ids: Ids, *, source: str) -> list[int]:
    """Adds movies (each with its title key) as published, with all that hangs on them; returns their ids in order."""
    if not records:
        return []
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence('movies_movie', 'id')) FROM generate_series(1, %s)", [len(records)]
    )
    numbers = sorted(row[0] for row in cursor.fetchall())
    slugs = free_slugs(cursor, [record.slug or slug_base(record.title, record.year) for record, _ in records])

    def rows() -> Iterator[tuple[Any, ...]]:
        for number, slug, (record, key) in zip(numbers, slugs, records, strict=True):
            yield (
                *_staged(number, record, key, source, ids),
                slug,
                array_of(sorted({ids.genres[name][0] for name in record.genres})),
                array_of(sorted({ids.tags[name][0] for name in record.tags})),
                trailer_url(record),
                record.known_raters or 0,
                record.popularity_seed or 0.0,
                len(record.awards),
            )

    cursor.execute(f"TRUNCATE {_STAGED}")
    copy_rows(cursor, _STAGED, (*_COPIED, *_NEW_ONLY, "known_raters", "seed", "nominations"), rows())
    cursor.execute(_INSERT)
    write_relations(cursor, list(zip(numbers, (record for record, _ in records), strict=True)), ids)
    return numbers


def update_movies(cursor: CursorWrapper, records: Sequence[tuple[int, Record, str]], ids: Ids) -> None:
    """Gives movies the columns of these records (each with the movie's source), whole, and a higher version."""
    cursor.execute(f"TRUNCATE {_STAGED}")
    rows = (_staged(number, record, title_key(record.title), source, ids) for number, record, source in records)
    copy_rows(cursor, _STAGED, _COPIED, rows)
    cursor.execute(_UPDATE)


def _staged(number: int, record: Record, key: str, source: str, ids: Ids) -> tuple[Any, ...]:
    collection = ids.collections[record.collection][0] if record.collection else None
    values = (getattr(record, column) for column in SCALARS)
    return (
        number,
        *(array_of(value) if isinstance(value, list) else value for value in values),
        key,
        collection,
        source,
    )


def trailer_url(record: Record) -> str | None:
    """The page of the first trailer, an official one before others: as `movies.services.copies` chooses."""
    trailers = [clip for clip in record.videos if clip.kind == Video.Kind.TRAILER]
    first = min(trailers, key=lambda clip: not clip.official, default=None)
    return Video.PAGES[Video.Provider(first.provider)] + first.key if first else None


def free_slugs(cursor: CursorWrapper, bases: Sequence[str]) -> list[str]:
    """A slug for each base, in their order: the base itself, else with the first free number from 2."""
    taken = _taken(cursor, "slug = ANY(%s)", list(set(bases)))
    given: set[str] = set()
    numbered: set[str] = set()
    next_number: dict[str, int] = {}
    slugs = []
    for base in bases:
        slug = base
        if base in taken or base in given:
            if base not in numbered:
                numbered.add(base)
                pattern = base.replace("_", r"\_") + "-%"
                taken |= _taken(cursor, "slug LIKE %s", pattern)
            number = next_number.get(base, 2)
            while (slug := f"{base}-{number}") in taken or slug in given:
                number += 1
            next_number[base] = number + 1
        given.add(slug)
        slugs.append(slug)
    return slugs


def _taken(cursor: CursorWrapper, condition: str, value: str | list[str]) -> set[str]:
    cursor.execute(f"SELECT slug FROM movies_movie WHERE {condition}", [value])
    return {row[0] for row in cursor.fetchall()}


Rows = Iterable[tuple[Any, ...]]
Movies = Sequence[tuple[int, Record]]


def _linked(relation: str) -> Callable[[Movies, Ids], Rows]:
    """Pairs of movie and genre or tag; two names of one genre are one link."""

    def rows(movies: Movies, ids: Ids) -> Rows:
        found: dict[str, tuple[int, str]] = getattr(ids, relation)
        for movie, record in movies:
            for number in sorted({found[name][0] for name in getattr(record, relation)}):
                yield movie, number

    return rows


def _companies(movies: Movies, ids: Ids) -> Rows:
    return ((movie, ids.companies[name]) for movie, record in movies for name in record.companies)


def _directors(movies: Movies, ids: Ids) -> Rows:
    for movie, record in movies:
        for position, person in enumerate(dict.fromkeys(ids.people[ref] for ref in record.directors)):
            yield movie, person, "crew", None, "Directing", Credit.DIRECTOR, position


def _cast(movies: Movies, ids: Ids) -> Rows:
    """Two ways to name one person are one part."""
    for movie, record in movies:
        parts = dict.fromkeys((ids.people[member.ref], member.character) for member in record.cast)
        for position, (person, character) in enumerate(parts):
            yield movie, person, "cast", character, None, None, position


def _crew(movies: Movies, ids: Ids) -> Rows:
    for movie, record in movies:
        parts: dict[tuple[int, str], str | None] = {}
        for member in record.crew:
            parts.setdefault((ids.people[member.ref], member.job), member.department)
        for position, ((person, job), department) in enumerate(parts.items()):
            yield movie, person, "crew", None, department, job, position


def _own(relation: str) -> Callable[[Movies, Ids], Rows]:
    return lambda movies, _: ((movie, *row) for movie, record in movies for row in getattr(record, relation))


def _awards(movies: Movies, _: Ids) -> Rows:
    return ((movie, *row[:-1], list(row.people)) for movie, record in movies for row in record.awards)


def _videos(movies: Movies, _: Ids) -> Rows:
    return ((movie, *row, position) for movie, record in movies for position, row in enumerate(record.videos))


def _figures(movies: Movies) -> Rows:
    return (
        (movie, record.known_raters or 0, record.popularity_seed or 0.0, 0, 0, 0, 0)
        for movie, record in movies
        if record.known_raters or record.popularity_seed
    )


_CREDIT = ("movie_id", "person_id", "kind", "character", "department", "job", "position")
# Table, columns, which of the table's rows are this relation, rows.
TABLES: dict[str, tuple[str, tuple[str, ...], str, Callable[[Movies, Ids], Rows]]] = {
    "genres": ("movies_movie_genres", ("movie_id", "genre_id"), "true", _linked("genres")),
    "tags": ("movies_movie_tags", ("movie_id", "tag_id"), "true", _linked("tags")),
    "companies": ("movies_movie_companies", ("movie_id", "company_id"), "true", _companies),
    "directors": ("movies_credit", _CREDIT, "kind = 'crew' AND job = 'Director'", _directors),
    "cast": ("movies_credit", _CREDIT, "kind = 'cast'", _cast),
    "crew": ("movies_credit", _CREDIT, "kind = 'crew' AND job <> 'Director'", _crew),
    "alternative_titles": (
        "movies_alternativetitle",
        ("movie_id", "title", "country", "language", "kind"),
        "true",
        _own("alternative_titles"),
    ),
    "awards": ("movies_award", ("movie_id", "award", "ceremony", "category", "won", "people"), "true", _awards),
    "release_dates": (
        "movies_releasedate",
        ("movie_id", "country", "kind", "date", "certification", "note"),
        "true",
        _own("release_dates"),
    ),
    "videos": (
        "movies_video",
        ("movie_id", "provider", "key", "kind", "name", "official", "language", "position"),
        "true",
        _videos,
    ),
}
# Figures of other places, and how a column of each is written.
_FIGURES_ELSEWHERE = {"known_raters": "int", "popularity_seed": "float8"}
_FIGURES = ("movie_id", *_FIGURES_ELSEWHERE, "rating_count", "rating_sum", "plays", "favorites")


def write_relations(cursor: CursorWrapper, movies: Movies, ids: Ids) -> None:
    """Adds all that hangs on movies that have nothing yet."""
    for table, columns, _, rows in TABLES.values():
        copy_rows(cursor, table, columns, rows(movies, ids))
    copy_rows(cursor, "movies_moviefigures", _FIGURES, _figures(movies))


def replace_relation(cursor: CursorWrapper, relation: str, movies: Movies, ids: Ids) -> None:
    """Makes one relation of these movies hold what the records say, and nothing else."""
    if not movies:
        return
    if kind := _FIGURES_ELSEWHERE.get(relation):
        others = [name for name in _FIGURES_ELSEWHERE if name != relation]
        cursor.execute(
            f"""INSERT INTO movies_moviefigures (movie_id, {relation}, {", ".join(others)}, rating_count, rating_sum,
                   plays, favorites)
                SELECT f.movie, f.figure, {", ".join("0" for _ in others)}, 0, 0, 0, 0
                FROM unnest(%s::bigint[], %s::{kind}[]) AS f(movie, figure)
                ON CONFLICT (movie_id) DO UPDATE SET {relation} = excluded.{relation}""",
            [[movie for movie, _ in movies], [getattr(record, relation) or 0 for _, record in movies]],
        )
        return
    _replace(cursor, relation, [movie for movie, _ in movies], TABLES[relation][3](movies, ids))


def replace_credits(cursor: CursorWrapper, relation: str, movies: Mapping[int, Sequence[Part]]) -> None:
    """Makes directors, cast or crew of these movies these parts, in this order, and nothing else."""
    kind = "cast" if relation == "cast" else "crew"
    rows = (
        (movie, part.person.number, kind, part.character, part.department, part.job, position)
        for movie, parts in movies.items()
        for position, part in enumerate(parts)
    )
    _replace(cursor, relation, list(movies), rows)


def _replace(cursor: CursorWrapper, relation: str, movies: list[int], rows: Rows) -> None:
    if movies:
        table, columns, which, _ = TABLES[relation]
        cursor.execute(f"DELETE FROM {table} WHERE movie_id = ANY(%s) AND {which}", [movies])
        copy_rows(cursor, table, columns, rows)
