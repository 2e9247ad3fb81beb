"""No filter with any ordering reads more than 5,000 buffers at 200,000 films.

Also where the two work against each other.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict

from movies.api.filters import MOVIE_ORDERINGS, MovieFilter
from movies.api.views.movies import MovieViewSet

MOVIES = 200_000
MOST_BUFFERS = 5_000

# Skewed and correlated as the real catalogue is: silent films are old (and no list of the newest has one), half of all
# have no runtime, ratings are rare, one language and one country dominate, and some genres, tags and people are very
# rare.
_FILL = f"""
INSERT INTO movies_genre (id, name, slug) SELECT i, 'Genre ' || i, 'genre-' || i FROM generate_series(1, 40) i;
INSERT INTO movies_tag (id, name, slug) SELECT i, 'tag ' || i, 'tag-' || i FROM generate_series(1, 300) i;
INSERT INTO movies_movie (
    title, slug, title_key, year, release_date, runtime, original_language, languages, countries, release_status, state,
    source, locked_fields, version, genre_ids, tag_ids, rating_average, rating_count, popularity, created_at, updated_at
)
SELECT
    'Film ' || i, 'film-' || i, lpad((h % 100000)::text, 6, '0') || ' a film of some length', y,
    CASE WHEN i % 5 < 2 THEN make_date(y, 1 + i % 12, 1 + i % 28) END,
    CASE WHEN i % 2 = 0 THEN CASE WHEN i % 400 = 0 THEN 1 ELSE 60 + h % 120 END END,
    CASE WHEN h % 100 < 60 THEN 'en' WHEN h % 100 < 99 THEN (ARRAY['fr', 'de', 'hi', 'es'])[1 + h % 4] ELSE 'is' END,
    '{{}}', CASE WHEN h % 100 < 60 THEN '{{US}}' WHEN h % 1000 = 999 THEN '{{IS}}' ELSE '{{FR,IT}}' END::varchar(2)[],
    CASE WHEN h % 500 = 7 THEN 'rumoured' WHEN h % 10 < 7 THEN 'released' END, 'published', 'staff', '{{}}', 1,
    CASE
        WHEN y < 1930 THEN ARRAY[1, 2] WHEN h % 2 = 0 THEN ARRAY[2, 3 + h % 30]
        WHEN h % 5000 = 1 THEN ARRAY[40] ELSE ARRAY[3 + h % 30]
    END,
    CASE WHEN h % 3 = 0 THEN ARRAY[1] WHEN h % 7 = 0 THEN ARRAY[2 + h % 298] ELSE '{{}}'::int[] END,
    CASE WHEN i % 8 = 0 THEN 0.5 + (h % 450) / 100.0 END, 0, CASE WHEN h % 10 = 0 THEN (h % 997) / 3.0 ELSE 0 END,
    now(), now()
FROM (
    SELECT i, y, abs(hashint4(i)) AS h
    FROM (SELECT i, 1900 + (i * 124::bigint / {MOVIES})::int AS y FROM generate_series(1, {MOVIES}) i) years
) rows;
INSERT INTO movies_person (name, name_key, credit_count, version, locked_fields, created_at, updated_at)
SELECT 'Person ' || i, 'person ' || i, 0, 1, '{{}}', now(), now() FROM generate_series(1, 3) i;
INSERT INTO movies_credit (movie_id, person_id, kind, position)
SELECT m.id, (SELECT min(id) FROM movies_person), 'cast', 0
FROM movies_movie m WHERE m.runtime % 100 = 7 AND m.id % 20 < 2;
"""

FILTERS = {
    "nothing": "",
    "genre, common": "genre=genre-2",
    "genre, old films only": "genre=genre-1",
    "genre, rare": "genre=genre-40",
    "two genres": "genre=genre-2&genre=genre-7",
    "tag, common": "tag=tag-1",
    "tag, rare": "tag=tag-77",
    "year": "year=1955",
    "year_min": "year_min=2015",
    "year_max": "year_max=1905",
    "runtime_min": "runtime_min=175",
    "runtime_max": "runtime_max=5",
    "rating_min": "rating_min=4.9",
    "language, common": "language=en",
    "language, rare": "language=is",
    "country, common": "country=US",
    "country, rare": "country=IS",
    "person": "person={person}",
    "release_status, common": "release_status=released",
    "release_status, rare": "release_status=rumoured",
    "several": "genre=genre-2&year_min=1990&country=US&runtime_min=80&language=en",
    "none match": "genre=genre-1&year_min=2000",
}


_TABLES = "movies_credit, movies_person, movies_movie_genres, movies_movie, movies_genre, movies_tag"


@pytest.fixture(scope="module")
def large_catalogue(django_db_setup: None, django_db_blocker: Any) -> Iterator[int]:
    """200,000 films; gives somebody's id. One for all these tests, removed at their end."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        try:
            cursor.execute(_FILL)
            cursor.execute(f"VACUUM ANALYZE {_TABLES}")
            _until_all_is_visible(cursor)
            cursor.execute("SELECT min(id) FROM movies_person")
            yield cursor.fetchone()[0]
        finally:
            cursor.execute(f"TRUNCATE {_TABLES} RESTART IDENTITY CASCADE")


def _until_all_is_visible(cursor: Any) -> None:
    """Vacuums until an index can answer alone: not before the last older transaction (an automatic ANALYZE) ends."""
    deadline = time.monotonic() + 120
    while True:
        cursor.execute("SELECT relpages, relallvisible FROM pg_class WHERE oid = 'movies_movie'::regclass")
        pages, visible = cursor.fetchone()
        if visible >= pages * 0.99:  # a page that somebody holds for a moment is passed over
            return
        assert time.monotonic() < deadline, f"{visible} of {pages} pages are visible to all"
        cursor.execute("SELECT pg_sleep(0.2)")
        cursor.execute("VACUUM movies_movie")


def _buffers(node: dict[str, Any]) -> int:
    return sum(node.get(name, 0) for name in ("Shared Hit Blocks", "Shared Read Blocks"))


@pytest.mark.django_db
def test_every_filter_with_every_ordering(large_catalogue: int) -> None:  # one test, so that one process fills one
    found = {}
    for ordering in [sign + name for name in MOVIE_ORDERINGS for sign in ("", "-")]:
        for name, query in FILTERS.items():
            view = MovieViewSet()
            view.action = "list"
            view.request = None  # type: ignore[assignment]
            plan, _ = view.plan(QueryDict(f"{query.format(person=large_catalogue)}&ordering={ordering}"))
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {plan.statement.replace('%', '%%')}")
                ((explained,),) = cursor.fetchall()
            explained = json.loads(explained) if isinstance(explained, str) else explained
            found[f"{name}, by {ordering}"] = _buffers(explained[0]["Plan"])
    assert len(found) == len(FILTERS) * len(MOVIE_ORDERINGS) * 2
    assert {case: buffers for case, buffers in found.items() if buffers > MOST_BUFFERS} == {}


def test_no_filter_is_left_out() -> None:
    named = {parameter.split("=")[0] for query in FILTERS.values() for parameter in query.split("&") if parameter}
    assert set(MovieFilter.base_filters) - named == {"search"}  # its candidates come from the index of search
