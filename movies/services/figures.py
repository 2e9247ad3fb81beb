"""Figures that are kept rather than counted on read: popularity, ratings, credits, and those of the whole catalogue.

Each is written down once, as SQL, so that an import, a single write and `manage.py recount` cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import connection
from django.db.models import F

from movies.models import CatalogueCount
from movies.search.index import fame_of
from movies.services.copies import refresh_copies

# A catalogue may say how well known a movie is (the seed); otherwise the raters and nominations elsewhere do.
# Who has seen a film elsewhere and who tracks it here grow by orders of magnitude, so each counts by its logarithm:
# ten times the raters weigh as much for a film known to ten as for one known to ten thousand. What happens on Watchly
# weighs twice, so that a catalogue in use outgrows the popularity that it started with. Users are counted, each once,
# not what they do: one user's sixty plays weigh as much as one. A favourite counts as another user. The first few weigh
# little (x * x / (x + 10): one user counts as 0.1, ten as 5, a hundred as 91), so that a handful of accounts does not
# lift a movie that nobody else knows. A nomination is worth a few raters. Rounded, so that the same figures give the
# same number on every machine.
_POPULARITY = """round((
    greatest(coalesce({seed}, 0), ln(1 + coalesce({known_raters}, 0)) + ln(1 + {nominations}) / 2)
    + 2 * ln(1 + (coalesce({people}, 0) + coalesce({favorites}, 0)) ^ 2
                 / (coalesce({people}, 0) + coalesce({favorites}, 0) + 10.0))
)::numeric, 4)::float8"""


def popularity(*, seed: str, known_raters: str, nominations: str, people: str = "0", favorites: str = "0") -> str:
    """SQL for a movie's popularity, 0 and up, over SQL expressions of its five figures (null counts as 0)."""
    return _POPULARITY.format(
        seed=seed, known_raters=known_raters, nominations=nominations, people=people, favorites=favorites
    )


_POPULARITY_OF_MOVIE = popularity(
    seed="f.popularity_seed",
    known_raters="f.known_raters",
    nominations="(SELECT count(*) FROM movies_award a WHERE a.movie_id = m.id)",
    people="f.people",
    favorites="f.favorites",
)
_REFRESH_RATINGS = f"""
WITH changed AS (UPDATE movies_movie SET rating_average = c.average, rating_count = c.count, popularity = c.popularity
FROM (
    SELECT m.id, coalesce(f.rating_count, 0) AS count, {_POPULARITY_OF_MOVIE} AS popularity,
           round(f.rating_sum / 2.0 / nullif(f.rating_count, 0), 2) AS average
    FROM movies_movie m LEFT JOIN movies_moviefigures f ON f.movie_id = m.id
    WHERE %(all)s OR m.id = ANY(%(ids)s)
) c
WHERE movies_movie.id = c.id
  AND (movies_movie.rating_average, movies_movie.rating_count, movies_movie.popularity)
      IS DISTINCT FROM (c.average, c.count, c.popularity)
RETURNING movies_movie.id, movies_movie.popularity
), famous AS (
    UPDATE movies_searchtitle s SET fame = {fame_of("changed.popularity")}
    FROM changed WHERE s.movie_id = changed.id AND s.fame <> {fame_of("changed.popularity")}
)
SELECT count(*) FROM changed
"""
_REFRESH_FAME = f"""
UPDATE movies_searchtitle s SET fame = {fame_of("m.popularity")}
FROM movies_movie m WHERE m.id = s.movie_id AND s.fame <> {fame_of("m.popularity")}
"""
_REFRESH_CREDITS = """
UPDATE movies_person SET credit_count = c.count
FROM (
    SELECT p.id, count(k.id) AS count FROM movies_person p LEFT JOIN movies_credit k ON k.person_id = p.id
    WHERE %(all)s OR p.id = ANY(%(ids)s) GROUP BY p.id
) c
WHERE movies_person.id = c.id AND movies_person.credit_count <> c.count
"""
_RECOUNT_CATALOGUE = """
INSERT INTO movies_cataloguecount AS c (name, value)
VALUES (%s, (SELECT count(*) FROM movies_movie WHERE state = 'published')),
       (%s, (SELECT count(*) FROM movies_person WHERE merged_into_id IS NULL))
ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE c.value <> excluded.value
"""


def bump(*, name: str, by: int) -> None:
    """Raises (or lowers) one figure of the catalogue; made when it is not there yet, and never below zero.

    The row stays locked until the caller's transaction ends, so call it last.
    """
    if by == 0:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO movies_cataloguecount AS c (name, value) VALUES (%s, greatest(%s, 0))"
            " ON CONFLICT (name) DO UPDATE SET value = greatest(c.value + %s, 0)",
            [name, by, by],
        )


def catalogue_count(*, name: str) -> int:
    """One figure of the catalogue; 0 when it was never raised."""
    return CatalogueCount.objects.filter(name=name).values_list(F("value"), flat=True).first() or 0


def refresh_ratings(*, movie_ids: Sequence[int] | None) -> int:
    """Brings rating and popularity of these movies (None: of all) in line with their figures, and with the popularity
    what the search index holds of it.

    Returns how many movies were off.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH_RATINGS, {"all": movie_ids is None, "ids": list(movie_ids or ())})
        return int(cursor.fetchone()[0])


def refresh_fame() -> int:
    """Brings the search index in line with the popularity of all movies; returns how many of its rows were off."""
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH_FAME)
        return cursor.rowcount


def refresh_credit_counts(*, person_ids: Sequence[int] | None) -> int:
    """Counts the credits of these people (None: of all) anew; returns how many were off."""
    return _execute(_REFRESH_CREDITS, person_ids)


def recount_catalogue() -> int:
    """Counts published movies and people anew; returns how many of the two were off."""
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT_CATALOGUE, [CatalogueCount.PUBLISHED_MOVIES, CatalogueCount.PEOPLE])
        return cursor.rowcount


def _execute(statement: str, ids: Sequence[int] | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"all": ids is None, "ids": list(ids or ())})
        return cursor.rowcount


# What the catalogue counts itself, each with what its rows are called.
CATALOGUE_RECOUNTS: dict[str, Callable[[], int]] = {
    "movies with copies of relations that were off": lambda: refresh_copies(movie_ids=None),
    "movies with a rating or popularity that was off": lambda: refresh_ratings(movie_ids=None),
    "rows of the search index with a popularity that was off": refresh_fame,
    "people with a credit count that was off": lambda: refresh_credit_counts(person_ids=None),
    "figures of the catalogue that were off": recount_catalogue,
}
# What `manage.py recount` mends, in this order. Higher apps add theirs.
RECOUNTS = dict(CATALOGUE_RECOUNTS)


def add_recounts(recounts: dict[str, Callable[[], int]]) -> None:
    """Adds what a higher app counts. It comes first: movies copy some of it. For an app's `ready()`."""
    rest = dict(RECOUNTS)
    RECOUNTS.clear()
    RECOUNTS.update(recounts | rest)
