"""`make bench`: the application, as `make run` starts it, beside the floor, in one run, with the ratio printed.

Both serve the same 100,000 films from one database to 16 connections with 2 workers each, warmed, and take turns, so
that what else the machine does falls on both. Exit code 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.load import Outcome, run

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS, WORKERS = 16, 2
BARS = {"first page of movies": 0.20, "one movie with credits": 0.20}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        body: bytes = answer.read()
        return body


@contextmanager
def _started(arguments: list[str], environment: dict[str, str], ready: str, seconds: float) -> Iterator[None]:
    """A server until the block ends; stopped by its pid."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            end = time.monotonic() + seconds
            while True:
                try:
                    _get(ready)
                    break
                except OSError:
                    if process.poll() is not None or time.monotonic() > end:
                        log.seek(0)
                        sys.exit(f"{arguments} did not start:\n{log.read().decode(errors='replace')[-3000:]}")
                    time.sleep(0.1)
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _filled(count: int) -> list[int]:
    """Makes the database hold `count` films, and names some with credits. Runs while the embedded servers do."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "watchly.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.generate import fill
    from movies.models import Movie

    call_command("migrate", verbosity=0)
    if Movie.objects.count() != count:
        fill(count, seed=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.id FROM movies_movie m WHERE m.state = 'published' AND (SELECT count(*) FROM movies_credit c"
            " WHERE c.movie_id = m.id) BETWEEN 8 AND 12 ORDER BY m.popularity DESC, m.id LIMIT 50"
        )
        return [row[0] for row in cursor.fetchall()]


def _same(ours: Any, floors: Any) -> bool:
    """Whether the floor and the application say the same of a film."""
    for document in (ours, floors):
        document.pop("rank", None)
    return ours == floors


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--movies", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", default=str(ROOT / "data" / "bench"), help="kept between runs")
    arguments = parser.parse_args()
    os.environ["WATCHLY_DATA"] = arguments.data
    from watchly.processes.embedded import embedded_servers

    with embedded_servers(["make", "bench"]):
        ids = _filled(arguments.movies)
        app_port, floor_port = _free_port(), _free_port()
        environment = {
            **os.environ,
            "PORT": str(app_port),
            "WEB_WORKERS": str(WORKERS),
            "WATCHLY_RATE_SCALE": "1000000",
            "WATCHLY_CATALOGUE": "0",
        }
        for name in ("DATABASE_URL", "REDIS_URL"):
            if name not in _GIVEN:
                environment.pop(name, None)  # so that `up` finds the embedded servers by itself, as on a laptop
        floor_environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        options = f"--port {floor_port} --workers {WORKERS} --blocking-threads 4 --no-ws --log-level error"
        floor = [
            sys.executable,
            *["-m", "granian", "--interface", "wsgi"],
            *options.split(),
            "benchmarks.floor.app:application",
        ]
        app_url, floor_url = f"http://127.0.0.1:{app_port}/api", f"http://127.0.0.1:{floor_port}"
        with (
            _started([sys.executable, "manage.py", "up"], environment, f"http://127.0.0.1:{app_port}/readyz", 180),
            _started(floor, floor_environment, f"{floor_url}/movies", 30),
        ):
            page, floor_page = json.loads(_get(f"{app_url}/movies")), json.loads(_get(f"{floor_url}/movies"))
            if not all(_same(a, b) for a, b in zip(page["results"], floor_page, strict=True)):
                sys.exit("the floor and the application give different films")
            if not _same(
                json.loads(_get(f"{app_url}/movies/{ids[0]}?expand=credits")),
                json.loads(_get(f"{floor_url}/movie/{ids[0]}")),
            ):
                sys.exit("the floor and the application give different films")
            cases = {
                "first page of movies": (["/api/movies"], ["/movies"]),
                "one movie with credits": (
                    [f"/api/movies/{pk}?expand=credits" for pk in ids],
                    [f"/movie/{pk}" for pk in ids],
                ),
            }
            missed = False
            for name, (ours, floors) in cases.items():
                missed |= not _compared(name, app_port, ours, floor_port, floors, arguments)
    return int(missed)


def _compared(name: str, app_port: int, ours: list[str], floor_port: int, floors: list[str], arguments: Any) -> bool:
    sized = [
        [(path, len(_get(f"http://127.0.0.1:{port}{path}"))) for path in paths]
        for port, paths in ((app_port, ours), (floor_port, floors))
    ]
    run(app_port, sized[0], connections=CONNECTIONS, seconds=2)
    run(floor_port, sized[1], connections=CONNECTIONS, seconds=2)
    turns: list[tuple[Outcome, Outcome]] = [
        (
            run(app_port, sized[0], connections=CONNECTIONS, seconds=arguments.seconds),
            run(floor_port, sized[1], connections=CONNECTIONS, seconds=arguments.seconds),
        )
        for _ in range(arguments.rounds)
    ]
    print(f"\n{name}: {arguments.movies:,} films, {CONNECTIONS} connections, {WORKERS} workers each")
    for app, floor in turns:
        print(
            f"  app {app.rate:8.0f}/s p50 {app.percentile(0.5):5.1f} p95 {app.percentile(0.95):5.1f} ms   "
            f"floor {floor.rate:8.0f}/s p50 {floor.percentile(0.5):5.1f} ms   ratio {app.rate / floor.rate:.3f}   "
            f"unexpected {app.unexpected} and {floor.unexpected}"
        )
    ratio = statistics.median(app.rate / floor.rate for app, floor in turns)
    right = ratio >= BARS[name] and not any(app.unexpected or floor.unexpected for app, floor in turns)
    print(f"  median ratio {ratio:.3f}, bar {BARS[name]:.2f}: {'met' if right else 'MISSED'}")
    return right


_GIVEN = frozenset(name for name in ("DATABASE_URL", "REDIS_URL") if name in os.environ)

if __name__ == "__main__":
    sys.exit(main())
