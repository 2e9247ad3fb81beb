"""The first page of a feed at size: `make bench-feed`, on a server of its own.

Makes 20,000 people, two readers who follow 5,000 of them each (those who did something lately, and those who have been
quiet for years), and 10 million activities in groups of four. Then asks for first pages in turn, through the view's own
functions, and prints what each took beside the query that nobody should write (`actor IN (5,000 ids)`, with a time
limit). Exits with 1 when a reader's p95 is not below 50 ms. All that it makes is in a database of its own, which goes.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "watchly.settings")
    django.setup()

from django.core.management import call_command
from django.db import OperationalError, connection, connections, transaction

from accounts.models import User
from movies.models import Movie
from social.api.views.feed import NEWEST, page_of
from social.services.feed import groups_before

BAR_MS = 50.0
FOLLOWS, PEOPLE, FILMS, PAGE = 5_000, 20_000, 10_000, 20
_DATABASE = "watchly_bench_feed"
_NAIVE_LIMIT_MS = 5_000
# The first half of the people is quiet: all they did they did first. The others took turns ever since.
_FILL = """
INSERT INTO social_activitygroup (id, actor_id, verb, shown, shown_public, opened_at)
SELECT g, CASE WHEN g <= %(groups)s / 2 THEN 1 + (g * 7919::bigint) %% (%(people)s / 2)
               ELSE 1 + %(people)s / 2 + (g * 7919::bigint) %% (%(people)s / 2) END,
    (ARRAY['rated', 'watched', 'favorited'])[1 + g %% 3], 4, 4, now() - interval '1 second' * (%(groups)s - g)
FROM generate_series(1, %(groups)s) g;
INSERT INTO social_activity (id, group_id, actor_id, verb, movie_id, object_id, half_stars, visibility, shown,
    created_at)
SELECT (g.id - 1) * 4 + i, g.id, g.actor_id, g.verb, 1 + (g.id * 31 + i) %% %(films)s, g.id, 8, 'public', true,
    g.opened_at
FROM social_activitygroup g CROSS JOIN generate_series(1, 4) i;
INSERT INTO social_actor (user_id, last_group_id) SELECT actor_id, max(id) FROM social_activitygroup GROUP BY actor_id;
INSERT INTO social_follow (follower_id, followed_id, state, revision, created_at, accepted_at)
SELECT %(people)s + 1, %(people)s / 2 + n, 'accepted', 0, now(), now() FROM generate_series(1, %(follows)s) n;
INSERT INTO social_follow (follower_id, followed_id, state, revision, created_at, accepted_at)
SELECT %(people)s + 2, n, 'accepted', 0, now(), now() FROM generate_series(1, %(follows)s) n
"""
_NAIVE = """
SELECT id FROM social_activitygroup WHERE shown > 0 AND actor_id = ANY(ARRAY(
    SELECT followed_id FROM social_follow WHERE follower_id = %s AND state = 'accepted'))
ORDER BY id DESC LIMIT 20
"""


@contextmanager
def _database() -> Iterator[None]:
    """A database of its own on the server of DATABASE_URL, migrated, until the block ends."""
    settings = connections.settings["default"]
    before = settings["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {_DATABASE}")
        cursor.execute(f"CREATE DATABASE {_DATABASE}")
    connection.close()
    settings["NAME"] = _DATABASE
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        connection.close()
        settings["NAME"] = before
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {_DATABASE}")


def fill(activities: int, *, people: int = PEOPLE, follows: int = FOLLOWS, films: int = FILMS) -> tuple[int, int]:
    """Fills an empty database; returns the readers: who follows the active half of the people, who the quiet one.

    `follows` is at most half of `people`. People and films are made by their models, which know every column's default;
    what there are millions of is made by the server.
    """
    active, quiet = people + 1, people + 2
    numbers = {"people": people, "groups": activities // 4, "follows": follows, "films": films}
    User.objects.bulk_create(
        (User(id=n, username=f"person{n}", password="!") for n in range(1, people + 3)), batch_size=1000
    )
    Movie.objects.bulk_create(
        (
            Movie(id=n, title=f"Film {n}", slug=f"film-{n}", title_key=f"film {n}", year=1900 + n % 125)
            for n in range(1, films + 1)
        ),
        batch_size=1000,
    )
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _FILL.split(";\n"):
            cursor.execute(statement, numbers)
    return active, quiet


def first_page(reader: int) -> int:
    """Asks for the first page as the view does; returns how many groups it has."""
    ids = groups_before(reader_id=reader, before=NEWEST, limit=PAGE + 1)[:PAGE]
    page_of(ids, reader=reader)
    return len(ids)


def _naive(reader: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {_NAIVE_LIMIT_MS}")
        cursor.execute(_NAIVE, [reader])
        return len(cursor.fetchall())


def _measure(ask: Callable[[int], int], reader: int, times: int) -> list[float]:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        if ask(reader) != PAGE:
            sys.exit(f"A page of reader {reader} is not {PAGE} groups long.")
        taken.append((time.perf_counter() - started) * 1000)
    return sorted(taken)


def main() -> NoReturn:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--activities", type=int, default=10_000_000)
    parser.add_argument("--times", type=int, default=200)
    options = parser.parse_args()
    missed = False
    with _database():
        started = time.perf_counter()
        active, quiet = fill(options.activities)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
        took = time.perf_counter() - started
        print(f"{options.activities:,} activities, {FOLLOWS:,} follows each, made in {took:.0f} s")
        for name, reader in (("active", active), ("quiet", quiet)):
            _measure(first_page, reader, 20)
            taken = _measure(first_page, reader, options.times)
            p95 = taken[int(len(taken) * 0.95) - 1]
            missed = missed or p95 >= BAR_MS
            try:
                naive = f"{statistics.median(_measure(_naive, reader, 5)):.1f} ms"
            except OperationalError:
                naive = f"more than {_NAIVE_LIMIT_MS} ms"
            print(
                f"{name:<7} median {statistics.median(taken):6.1f} ms   p95 {p95:6.1f} ms (bar {BAR_MS:.0f})"
                f"   actor IN (...): {naive}"
            )
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
