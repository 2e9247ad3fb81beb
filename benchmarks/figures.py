"""Parallel writers against the figures of a few movies: `python -m benchmarks.figures`, on a server of its own.

As many threads as asked, each a user, rate, change and remove, favourite and play for so many seconds; then everything
is counted anew. Prints how many acts were carried out and how many rows were off, and exits with 1 for any. The users
and movies that it makes are taken away again.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import threading
import time
from typing import Any, NoReturn

if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "watchly.settings")
    django.setup()

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from movies.services.figures import refresh_ratings
from movies.services.movies import create_movie
from movies.services.publishing import purge_movie, withdraw_movies
from social.models import Play
from social.services import entries
from social.services.library_figures import recount_entries, recount_figures
from social.services.plays import add_play, delete_play
from watchly.common.user_data import registered

SEED = 1895
_NAME = "figures-bench-{}"


class Writer(threading.Thread):
    """One user who writes about these movies until the end."""

    def __init__(self, number: int, user_id: int, movie_ids: list[int], end: float) -> None:
        super().__init__()
        self.user_id, self.movie_ids, self.end = user_id, movie_ids, end
        self.chance = random.Random(SEED + number)
        self.done = 0
        self.failed = ""

    def run(self) -> None:
        try:
            while time.monotonic() < self.end:
                self.act()
                self.done += 1
        except Exception as error:
            self.failed = repr(error)
        finally:
            connection.close()

    def act(self) -> None:
        """One act, by chance, the same one each time."""
        who: dict[str, Any] = {"user_id": self.user_id, "movie_id": self.chance.choice(self.movie_ids)}
        match self.chance.randrange(6):
            case 0 | 1:
                entries.rate_movie(**who, half_stars=self.chance.randint(1, 10))
            case 2:
                entries.unrate_movie(**who)
            case 3:
                entries.set_favorite(**who, favorite=self.chance.random() < 0.5)
            case 4:
                add_play(**who, half_stars=self.chance.randint(1, 10))
            case _:
                play = Play.objects.filter(user=self.user_id).order_by("?").values_list("pk", flat=True).first()
                if play is not None:
                    delete_play(user_id=self.user_id, play_id=play)


def run(arguments: list[str] | None = None) -> NoReturn:
    """The command line; its own arguments unless others are given."""
    parser = argparse.ArgumentParser(prog="benchmarks.figures", description=__doc__)
    parser.add_argument("--writers", type=int, default=50)
    parser.add_argument("--movies", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args(arguments)
    with transaction.atomic():
        movies = [create_movie(values={"title": _NAME.format(number)}).pk for number in range(options.movies)]
        users = [
            get_user_model()._default_manager.create(username=_NAME.format(number)).pk
            for number in range(options.writers)
        ]
    recount_entries()
    recount_figures()
    refresh_ratings(movie_ids=None)
    end = time.monotonic() + options.seconds
    writers = [Writer(number, user_id, movies, end) for number, user_id in enumerate(users)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    off = recount_entries() + recount_figures() + refresh_ratings(movie_ids=None)
    done, failures = sum(writer.done for writer in writers), [writer.failed for writer in writers if writer.failed]
    print(
        f"{options.writers} writers, {options.movies} movies, {options.seconds:g} s: {done:,} acts, "
        f"{done / options.seconds:,.0f} a second; {off} rows off; {len(failures)} writers failed"
    )
    print(*sorted(set(failures)), sep="\n")
    _take_away(users, movies)
    sys.exit(1 if off or failures else 0)


@transaction.atomic
def _take_away(users: list[int], movies: list[int]) -> None:
    for entry in registered():
        if entry.model.startswith("social."):
            entry.model_class._base_manager.filter(**{f"{entry.field}__in": users}).delete()
    get_user_model()._default_manager.filter(pk__in=users).delete()
    withdraw_movies(movie_ids=movies, reason="Made for a measure.")
    for movie_id in movies:
        purge_movie(movie_id=movie_id)


if __name__ == "__main__":
    run()
