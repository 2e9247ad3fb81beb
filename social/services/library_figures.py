"""What all libraries together say of a movie: ratings, plays, favourites (decision 7 of the design).

Figures hold what is public: the visibility of an entry decides for the stars that it shows and for its favourite, that
of a play for the play.
They change with the row that they count, in its transaction, and whoever changes them holds the movie's row first: so
two writers of one movie wait for each other, and two of many movies in the order of ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db import connection, transaction

from movies.services.figures import refresh_ratings
from social.models import LibraryEntry, Play
from social.services.movies import share_movies
from social.services.revisions import next_revision
from watchly.common.visibility import Visibility

_AT_ONCE = 500
_COUNTED_FACTS = ("shown_half_stars", "shown_plays", "shown_status")


class Delta(NamedTuple):
    """By how much the figures of one movie change."""

    rating_count: int = 0
    rating_sum: int = 0
    people: int = 0
    plays: int = 0
    favorites: int = 0

    def plus(self, other: Delta, sign: int = 1) -> Delta:
        """The two together, or (with -1) what is left of this."""
        return Delta(*(mine + sign * its for mine, its in zip(self, other, strict=True)))


_APPLY = """
WITH locked AS MATERIALIZED (
    SELECT id FROM movies_movie WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE
)
UPDATE movies_moviefigures f
SET rating_count = greatest(f.rating_count + d.rating_count, 0), rating_sum = greatest(f.rating_sum + d.rating_sum, 0),
    people = greatest(f.people + d.people, 0), plays = greatest(f.plays + d.plays, 0),
    favorites = greatest(f.favorites + d.favorites, 0)
FROM locked JOIN unnest(%(ids)s::bigint[], %(counts)s::int[], %(sums)s::int[], %(people)s::int[], %(plays)s::int[],
                         %(favorites)s::int[])
    AS d(id, rating_count, rating_sum, people, plays, favorites) ON d.id = locked.id
WHERE f.movie_id = locked.id
RETURNING f.movie_id
"""
_MAKE = """
INSERT INTO movies_moviefigures (movie_id, rating_count, rating_sum, people, plays, favorites, known_raters)
SELECT id, 0, 0, 0, 0, 0, 0 FROM unnest(%s::bigint[]) AS i(id) ON CONFLICT (movie_id) DO NOTHING
"""
_COUNTED = """
SELECT movie_id, sum(rating_count)::int AS rating_count, sum(rating_sum)::bigint AS rating_sum,
       sum(people)::int AS people, sum(plays)::int AS plays, sum(favorites)::int AS favorites
FROM (
    SELECT movie_id, count(shown_half_stars) AS rating_count, coalesce(sum(shown_half_stars), 0) AS rating_sum,
           count(*) FILTER (WHERE shown_half_stars IS NOT NULL OR favorite OR shown_plays > 0
                            OR shown_status = 'watched') AS people,
           0 AS plays, count(*) FILTER (WHERE favorite) AS favorites
    FROM social_libraryentry WHERE visibility = 'public' {narrowed} GROUP BY movie_id
    UNION ALL
    SELECT movie_id, 0, 0, 0, count(*), 0 FROM social_play WHERE visibility = 'public' {narrowed} GROUP BY movie_id
) c GROUP BY movie_id
"""
_OFF = f"""
SELECT coalesce(f.movie_id, c.movie_id) FROM ({_COUNTED.format(narrowed="")}) c
FULL JOIN movies_moviefigures f ON f.movie_id = c.movie_id
WHERE (coalesce(f.rating_count, 0), coalesce(f.rating_sum, 0), coalesce(f.people, 0), coalesce(f.plays, 0),
       coalesce(f.favorites, 0))
   <> (coalesce(c.rating_count, 0), coalesce(c.rating_sum, 0), coalesce(c.people, 0), coalesce(c.plays, 0),
       coalesce(c.favorites, 0))
ORDER BY 1
"""
_MEND = f"""
UPDATE movies_moviefigures f
SET rating_count = c.rating_count, rating_sum = c.rating_sum, people = c.people, plays = c.plays,
    favorites = c.favorites
FROM (
    SELECT i.id, coalesce(rating_count, 0) AS rating_count, coalesce(rating_sum, 0) AS rating_sum,
           coalesce(people, 0) AS people, coalesce(plays, 0) AS plays, coalesce(favorites, 0) AS favorites
    FROM unnest(%(ids)s::bigint[]) AS i(id)
    LEFT JOIN ({_COUNTED.format(narrowed="AND movie_id = ANY(%(ids)s)")}) c ON c.movie_id = i.id
) c
WHERE f.movie_id = c.id
  AND (f.rating_count, f.rating_sum, f.people, f.plays, f.favorites)
      <> (c.rating_count, c.rating_sum, c.people, c.plays, c.favorites)
"""
_MEND_ENTRIES = """
UPDATE social_libraryentry e SET plays = c.plays, last_watched_at = c.last_watched_at,
    shown_plays = c.shown_plays, shown_last_watched_at = c.shown_last_watched_at
FROM (
    SELECT e.id, count(p.id) AS plays, max(p.watched_at) AS last_watched_at,
           count(p.id) FILTER (WHERE wide) AS shown_plays,
           max(p.watched_at) FILTER (WHERE wide) AS shown_last_watched_at
    FROM social_libraryentry e LEFT JOIN social_play p ON p.user_id = e.user_id AND p.movie_id = e.movie_id
    CROSS JOIN LATERAL (SELECT p.visibility IN ('public', e.visibility) OR e.visibility = 'private' AS wide) w
    GROUP BY e.id
) c
WHERE e.id = c.id AND (e.plays, e.last_watched_at, e.shown_plays, e.shown_last_watched_at)
    IS DISTINCT FROM (c.plays, c.last_watched_at, c.shown_plays, c.shown_last_watched_at)
"""


def share_of_entry(facts: Mapping[str, Any] | None) -> Delta:
    """What an entry with these facts adds to the figures of its movie."""
    if facts is None or facts["visibility"] != Visibility.PUBLIC:
        return Delta()
    half_stars = facts["shown_half_stars"]
    seen = facts["shown_plays"] > 0 or facts["shown_status"] == LibraryEntry.Status.WATCHED
    rated, favorite = half_stars is not None, bool(facts["favorite"])
    return Delta(int(rated), half_stars or 0, int(rated or favorite or seen), 0, int(favorite))


def share_of_play(visibility: str | None) -> Delta:
    """What a play that these people see adds to the figures of its movie."""
    return Delta(plays=int(visibility == Visibility.PUBLIC))


def change_figures(deltas: Mapping[int, Delta]) -> None:
    """Changes the figures of these movies, and what the movies copy of them. Holds the movies' rows until the end.

    None falls below zero: a figure that is off already is mended by a recount, and stops nobody from writing.
    """
    left = {movie_id: delta for movie_id, delta in deltas.items() if any(delta)}
    if not left:
        return
    changed = list(left)
    missing = _apply(left)
    if missing:  # nobody has touched these movies before
        with connection.cursor() as cursor:
            cursor.execute(_MAKE, [sorted(missing)])
        _apply({movie_id: left[movie_id] for movie_id in missing})
    refresh_ratings(movie_ids=changed)


def _apply(deltas: Mapping[int, Delta]) -> set[int]:
    """Returns the movies without a row of figures."""
    ids = sorted(deltas)
    values = {
        name: [getattr(deltas[movie_id], field) for movie_id in ids]
        for name, field in (
            ("counts", "rating_count"),
            ("sums", "rating_sum"),
            ("people", "people"),
            ("plays", "plays"),
            ("favorites", "favorites"),
        )
    }
    with connection.cursor() as cursor:
        cursor.execute(_APPLY, {"ids": ids, **values})
        return set(ids) - {movie_id for (movie_id,) in cursor.fetchall()}


def recount_figures(*, movie_ids: Iterable[int] | None = None) -> int:
    """Counts the figures of these movies (None: of all) anew; returns how many were off.

    What seems off is counted again once nobody is writing about it, so it may run beside any number of writers.
    """
    if movie_ids is None:
        with connection.cursor() as cursor:
            cursor.execute(_OFF)
            ids = [movie_id for (movie_id,) in cursor.fetchall()]
    else:
        ids = sorted(movie_ids)
    return sum(_mend(ids[at : at + _AT_ONCE]) for at in range(0, len(ids), _AT_ONCE))


@transaction.atomic
def _mend(ids: list[int]) -> int:
    with connection.cursor() as cursor:
        # Whoever writes about a movie shares its row from the beginning: this waits for them, and they for this.
        cursor.execute("SELECT id FROM movies_movie WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [ids])
        cursor.execute(_MAKE, [ids])
        cursor.execute(_MEND, {"ids": ids})
        mended = cursor.rowcount
    refresh_ratings(movie_ids=ids)
    return mended


@transaction.atomic
def withdraw_user(*, user_id: int) -> None:
    """Takes what a user has said out of all figures, before their rows go."""
    said = LibraryEntry.objects.filter(user=user_id), Play.objects.filter(user=user_id)
    share_movies(movie_ids={movie_id for rows in said for movie_id in rows.values_list("movie_id", flat=True)})
    next_revision(user_id=user_id)
    deltas: dict[int, Delta] = {}
    for facts in said[0].values("movie_id", "visibility", "favorite", *_COUNTED_FACTS):
        deltas[facts["movie_id"]] = Delta().plus(share_of_entry(facts), -1)
    for movie_id, visibility in said[1].values_list("movie_id", "visibility"):
        deltas[movie_id] = deltas.get(movie_id, Delta()).plus(share_of_play(visibility), -1)
    change_figures(deltas)


def recount_entries() -> int:
    """Counts the plays of every library entry anew; returns how many entries were off."""
    with connection.cursor() as cursor:
        cursor.execute(_MEND_ENTRIES)
        return cursor.rowcount
