"""How fast and how safe an import is, beside the floor: what PostgreSQL alone needs for the same rows.

    python -m benchmarks.importing                200,000 movies and rows to refuse: preview (bar: the import; same
                                                  counts), time, ratio (bar 4.0), memory (bar 300 MiB), second run
    python -m benchmarks.importing --rows 2000000 the same with two million
    python -m benchmarks.importing --imdb         the same with files like IMDb's: --rows 2000000 has 10 million credits
    python -m benchmarks.importing --imdb --one-by-one    title.basics first, then each other table by itself
    python -m benchmarks.importing --tmdb         the same with a file like TMDB's
    python -m benchmarks.importing --kill         kills ten imports at seeded random moments, resumes, compares tables

Works in a database of its own on the server of DATABASE_URL, which it makes and drops. The floor is `COPY` into a
staging table and `INSERT ... SELECT` of exactly the rows that the import wrote, into the same tables with the same
indexes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from benchmarks import imdb, tmdb
from benchmarks.copying import TABLES, Floor
from benchmarks.films import SEED, with_refusals

RATIO_BAR, MEMORY_BAR = 4.0, 300
# What two loads of one file must have in common: everything but the numbers of the rows.
_FINGERPRINTS = {
    "movies": """SELECT md5(string_agg(md5(concat_ws('|', m.slug, m.source, m.state, m.version, m.popularity,
        m.title_key, m.trailer_url, m.rating_count, (SELECT array_agg(g.name ORDER BY g.name) FROM movies_genre g
        WHERE g.id = ANY(m.genre_ids)), cardinality(m.genre_ids), cardinality(m.tag_ids), {document})), ''
        ORDER BY m.slug)) FROM movies_movie m""",
    "people": """SELECT md5(string_agg(md5(concat_ws('|', name, name_key, credit_count, imdb_id, born, died)), ''
        ORDER BY name, credit_count, imdb_id)) FROM movies_person""",
    "counts": "SELECT string_agg(name || value, ',' ORDER BY name) FROM movies_cataloguecount",
    "search": """SELECT md5(string_agg(md5(concat_ws('|', m.slug, s.compact, s.words, s.year, s.fame)), ''
        ORDER BY m.slug, s.compact)) FROM movies_searchtitle s JOIN movies_movie m ON m.id = s.movie_id""",
}


class Bench:
    """A database of its own and the process that imports into it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder, self.floor = url, folder, Floor(url, folder)
        self.environment = {**os.environ, "DATABASE_URL": url, "WATCHLY_DATA": str(folder), "LOG_LEVEL": "WARNING"}

    def manage(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "django", *arguments]

    def run(self, *arguments: str) -> tuple[float, float, str]:
        """Runs a command to its end: seconds, peak memory in MiB, last line of its output."""
        started = time.monotonic()
        with tempfile.TemporaryFile("w+") as output:
            process = subprocess.Popen(
                self.manage(*arguments), env=self.environment, stdout=output, stderr=subprocess.STDOUT
            )
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.monotonic() - started
            output.seek(0)
            said = output.read().strip().splitlines() or [""]
        if status:
            raise SystemExit("\n".join(said[-20:]))
        return seconds, usage.ru_maxrss / 1024, said[-1]

    def killed(self, after: float, *arguments: str) -> bool:
        """Runs a command and kills it -9 after so many seconds; whether it was still running."""
        process = subprocess.Popen(
            self.manage(*arguments), env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(timeout=after)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return True
        return False

    def written(self) -> int:
        """Rows inserted, changed and removed in the catalogue's tables since the server's counters began."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(
                "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables WHERE relname = ANY(%s)",
                [[f"movies_{table}" for table in TABLES]],
            ).fetchone()
        return int(row[0]) if row else 0

    def fingerprints(self) -> dict[str, str]:
        """What the tables hold, by natural keys."""
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "watchly.settings")
        django.setup()
        from movies.exporters.documents import DOCUMENT

        with psycopg.connect(self.url) as connection:
            found = {}
            for name, query in _FINGERPRINTS.items():
                row = connection.execute(query.format(document=DOCUMENT).encode()).fetchone()
                found[name] = str(row[0]) if row else ""
        return found


def measure(bench: Bench, files: list[Path]) -> bool:
    """Prints the figures; whether all are within their bars."""
    bench.floor.empty()
    looked, looking, foretold = bench.run("import_movies", *map(str, files), "--dry-run")
    seconds, memory, said = bench.run("import_movies", *map(str, files))
    print(said)
    exact = _counts(foretold) == _counts(said)
    clean = bench.fingerprints()
    floor, rows = bench.floor.whole()
    again = bench.fingerprints()
    print(f"floor   {floor:8.1f} s   {rows:,} rows by COPY and INSERT ... SELECT (same content: {again == clean})")
    print(f"import  {seconds:8.1f} s   with start of the process and search index")
    print(f"ratio   {seconds / floor:8.2f}     bar {RATIO_BAR}")
    print(f"memory  {memory:8.0f} MiB bar {MEMORY_BAR}")
    print(f"preview {looked:8.1f} s   {looking:.0f} MiB, bar: the import; same counts: {exact}")
    fine = seconds / floor <= RATIO_BAR and memory < MEMORY_BAR and again == clean
    fine = fine and looked <= seconds and looking < MEMORY_BAR and exact
    for options in ((), ("--update-existing",)):
        before = bench.written()
        taken, memory, said = bench.run("import_movies", *map(str, files), *options)
        written = bench.written() - before
        print(
            f"second  {taken:8.1f} s   {' '.join(options) or 'plain'}: {written} rows written, {memory:.0f} MiB: {said}"
        )
        fine = fine and written == 0 and memory < MEMORY_BAR
    return fine


def _counts(said: str) -> list[str]:
    """What became of the rows, from the last line of a run: "1 rows (csv): 1 would be created, ..."."""
    return said.partition(". Import")[0].replace("would be ", "").split(", ")


def one_by_one(bench: Bench, files: list[Path]) -> bool:
    """Prints what each table takes by itself, with the people's names where it needs them; whether within the bars."""
    bench.floor.empty()
    names, fine = files[-1], True
    for file in files[:-1]:
        paths = [file, names] if file.name.startswith(("title.crew", "title.principals")) else [file]
        stand = bench.floor.stand()
        seconds, memory, said = bench.run("import_movies", *map(str, paths), "--update-existing")
        clean = bench.fingerprints()
        floor, rows = bench.floor.since(stand)
        same = bench.fingerprints() == clean
        print(
            f"{file.name:<26}{seconds:7.1f} s {memory:4.0f} MiB, floor {floor:6.1f} s for {rows:,} rows "
            f"(same content: {same}): ratio {seconds / floor:.2f}: {said}"
        )
        fine = fine and memory < MEMORY_BAR and seconds / floor <= RATIO_BAR and same
    return fine


def kill(bench: Bench, files: list[Path], times: int) -> bool:
    """Kills imports at random moments and resumes them; whether each ended as a clean one does."""
    bench.floor.empty()
    seconds, _, _ = bench.run("import_movies", *map(str, files), "--batch-size", "1000")
    clean, fine = bench.fingerprints(), True
    chance = random.Random(SEED)
    for number in range(times):
        bench.floor.empty()
        after = chance.uniform(0.1, 1.0) * seconds
        killed = bench.killed(after, "import_movies", *map(str, files), "--batch-size", "1000")
        _, _, said = bench.run("import_movies", *map(str, files), "--batch-size", "1000", "--resume")
        found = bench.fingerprints()
        wrong = [name for name in clean if clean[name] != found[name]]
        fine = fine and not wrong
        print(
            f"{number + 1:>3}. killed after {after:5.1f} s ({killed}), resumed: {said}",
            f"DIFFERS: {wrong}" if wrong else "equal",
        )
    return fine


@contextmanager
def database(keep: bool) -> Iterator[str]:
    """A fresh database with Watchly's tables."""
    parts = conninfo_to_dict(os.environ["DATABASE_URL"])
    name = f"benchmark_importing_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        # All but the name as parameters: the host may be the folder of a socket.
        rest = urlencode({key: value for key, value in parts.items() if key != "dbname"}, quote_via=quote)
        try:
            yield f"postgresql:///{name}?{rest}"
        finally:
            if not keep:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _made(folder: Path, rows: int, like: str | None) -> list[Path]:
    """The files to import, made up."""
    if like == "imdb":
        return imdb.write(folder, titles=rows)
    if like == "tmdb":
        return tmdb.write(folder, films=rows)
    file = folder / "films.ndjson"
    with file.open("w", encoding="utf-8") as stream:
        for film in with_refusals(rows):
            stream.write(json.dumps(film, separators=(",", ":")) + "\n")
    return [file]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, help="films in the made-up file")
    parser.add_argument("--file", type=Path, nargs="+", help="import these files instead, together")
    for name in ("imdb", "tmdb"):
        parser.add_argument(f"--{name}", action="store_const", const=name, dest="like", help=f"files like {name}'s")
    parser.add_argument("--one-by-one", action="store_true", help="with --imdb: each table by itself")
    parser.add_argument(
        "--kill", type=int, nargs="?", const=10, metavar="TIMES", help="kill and resume instead of measuring"
    )
    parser.add_argument("--keep", action="store_true", help="leave the database behind")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "watchly.settings")
    with tempfile.TemporaryDirectory() as folder, database(options.keep) as url:
        bench = Bench(url, Path(folder))
        bench.run("migrate", "--verbosity", "0", "--skip-checks")
        files = options.file or _made(Path(folder), options.rows or (30_000 if options.kill else 200_000), options.like)
        size = sum(file.stat().st_size for file in files) / 2**20
        print(f"{size:,.0f} MiB in {', '.join(file.name for file in files)}, {os.cpu_count()} cores")
        if options.kill:
            fine = kill(bench, files, options.kill)
        else:
            fine = (one_by_one if options.one_by_one else measure)(bench, files)
    print("within all bars" if fine else "OUTSIDE A BAR")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
