"""Measures search against the bars of its requirement: `python -m benchmarks.search`, after `benchmarks.generate`.

Of the database's own published films it samples, the same ones each time: 1,000 titles of at least 6 letters, each with
one wrong, missing, extra or swapped letter; 1,000 titles as they are; 1,000 titles with their year. A hit is any film
with the same normalised title; with a year it is the film itself. Latency is that of the functions, Python and all,
one at a time, of those queries and of what is typed on the way to the exact ones. Exits with 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import os
import random
import string
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "watchly.settings")
    django.setup()

from django.db import connection

from movies.search.query import find_movies, suggest_movies

SEED, SAMPLE = 1895, 1_000
_Film = tuple[int, str, int | None, str]  # id, title, year, title_key


@dataclass(slots=True)
class Class:
    """One kind of query: how many of its hits must be among the first `within`, in percent."""

    name: str
    within: int
    bar: float
    hits: int = 0
    asked: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        return 100 * self.hits / max(self.asked, 1)


@dataclass(slots=True)
class Latency:
    """Times of one function, in milliseconds; 95 of 100 must be below `bar`."""

    name: str
    bar: float
    times: list[float] = field(default_factory=list)

    def measure(self, function: Callable[[str], list[int]], query: str) -> list[int]:
        start = time.perf_counter()
        found = function(query)
        self.times.append((time.perf_counter() - start) * 1_000)
        return found

    def percentile(self, percent: int) -> float:
        ordered = sorted(self.times)
        return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]


def run(arguments: list[str] | None = None) -> NoReturn:
    """The command line; its own arguments unless others are given."""
    parser = argparse.ArgumentParser(prog="benchmarks.search", description=__doc__)
    parser.add_argument("--sample", type=int, default=SAMPLE, help="queries of each kind")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("-v", "--verbose", action="store_true", help="list what was missed")
    options = parser.parse_args(arguments)
    films = _films()
    if len(films) < options.sample:
        sys.exit(f"Only {len(films)} films: run benchmarks.generate first.")
    keys = {film[0]: film[3] for film in films}
    chance = random.Random(options.seed)
    exact = Class("exact title", 3, 99.0)
    dated = Class("title and year", 3, 99.0)
    mistyped = Class("one letter wrong", 5, 95.0)
    search, suggest = Latency("search", 50.0), Latency("suggest", 20.0)
    classes, latencies = (exact, dated, mistyped), (search, suggest)
    for _, title, _, _ in chance.sample(films, 50):  # warms up
        find_movies(title)

    typed: list[str] = []
    for _, title, _, key in chance.sample(films, options.sample):
        found = search.measure(find_movies, title)
        _count(exact, title, found, _same_title(keys, key))
        typed.append(title[: chance.randint(1, min(len(title), 12))])
    for movie, title, year, _ in chance.sample([film for film in films if film[2]], options.sample):
        found = search.measure(find_movies, f"{title} {year}")
        _count(dated, f"{title} {year}", found, movie.__eq__)
    long_enough = [film for film in films if sum(letter.isalpha() for letter in film[1]) >= 6]
    for _, title, _, key in chance.sample(long_enough, options.sample):
        query = mistype(title, chance)
        found = search.measure(find_movies, query)
        _count(mistyped, f"{query}  (meant: {title})", found, _same_title(keys, key))
    for text in typed:
        suggest.measure(suggest_movies, text)
    sys.exit(_report(classes, latencies, len(films), verbose=options.verbose))


def mistype(title: str, chance: random.Random) -> str:
    """The title with one of its letters wrong, missing or swapped with the letter after it, or with one too many."""
    letters = [at for at, letter in enumerate(title) if letter.isalpha()]
    pairs = [at for at in letters[:-1] if title[at + 1].isalpha() and title[at].lower() != title[at + 1].lower()]
    kind = chance.choice(("wrong", "missing", "extra", "swapped") if pairs else ("wrong", "missing", "extra"))
    at = chance.choice(pairs if kind == "swapped" else letters)
    other = chance.choice([letter for letter in string.ascii_lowercase if letter != title[at].lower()])
    if kind == "wrong":
        return title[:at] + other + title[at + 1 :]
    if kind == "missing":
        return title[:at] + title[at + 1 :]
    if kind == "extra":
        return title[:at] + other + title[at:]
    return title[:at] + title[at + 1] + title[at] + title[at + 2 :]


def _same_title(keys: dict[int, str], key: str) -> Callable[[int], bool]:
    return lambda movie: keys.get(movie) == key


def _films() -> list[_Film]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, title, year, title_key FROM movies_movie WHERE state = 'published' ORDER BY id")
        return cursor.fetchall()


def _count(kind: Class, query: str, found: list[int], is_hit: Callable[[int], bool]) -> None:
    kind.asked += 1
    if any(is_hit(movie) for movie in found[: kind.within]):
        kind.hits += 1
    else:
        position = next((at for at, movie in enumerate(found, 1) if is_hit(movie)), None)
        kind.misses.append(f"{query}: {f'only at {position}' if position else 'not found'}")


def _report(classes: tuple[Class, ...], latencies: tuple[Latency, ...], films: int, *, verbose: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
    print(f"{films:,} films, PostgreSQL {version}, {os.cpu_count()} cores\n")
    missed = 0
    for kind in classes:
        met = kind.share >= kind.bar
        missed += not met
        print(
            f"{kind.name:<17} {kind.share:6.1f} % in the first {kind.within}  "
            f"(bar {kind.bar:.0f} %)  {'met' if met else 'MISSED'}"
        )
    print()
    for latency in latencies:
        met = latency.percentile(95) < latency.bar
        missed += not met
        print(
            f"{latency.name:<17} p50 {latency.percentile(50):5.1f}  p95 {latency.percentile(95):5.1f}  "
            f"p99 {latency.percentile(99):5.1f} ms  (bar: p95 {latency.bar:.0f} ms)  {'met' if met else 'MISSED'}"
        )
    if verbose:
        for kind in classes:
            print(f"\n{kind.name}, missed:", *kind.misses, sep="\n  ")
    return 1 if missed else 0


if __name__ == "__main__":
    run()
