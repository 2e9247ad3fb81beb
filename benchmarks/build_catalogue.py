"""Builds the packaged catalogue, `movies/data/catalogue.ndjson.gz`, from the lists in `../shared/data/`.

    python -m benchmarks.build_catalogue ../shared/data

The Wikipedia list is joined with the film facts by page, then by title and year; the number of people who rated a film
comes from MovieTweetings by IMDb id, else by title and year. The same input gives the same bytes.
"""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import django

TARGET = Path(__file__).resolve().parent.parent / "movies" / "data" / "catalogue.ndjson.gz"


def main(folder: Path, target: Path = TARGET) -> None:
    """Reads, joins, writes, and says on stdout what became of the rows."""
    from movies.importers import facts, movietweetings, wikipedia
    from movies.importers.record import Record
    from movies.importers.watchly import KNOWN
    from movies.search.normalise import title_key

    def rows(name: str, clean: Any) -> Iterator[Record]:
        with gzip.open(folder / name, "rt", encoding="utf-8") as stream:
            for line in stream:
                yield clean(line.rstrip("\n"), this_year=9999)

    films: list[Record] = []
    by_page: dict[str, list[Record]] = defaultdict(list)
    by_title: dict[tuple[str, int | None], list[Record]] = defaultdict(list)
    counts: Counter[str] = Counter()

    def same(record: Record) -> Record | None:
        """The film that is in already: of the same page and about the same year, else of the same title and year."""
        key = title_key(record.title)
        paged = [
            film
            for film in by_page.get(record.wikipedia_page or "", ())
            if title_key(film.title) == key and abs((film.year or 0) - (record.year or 0)) <= 1
        ]
        if paged:
            return min(paged, key=lambda film: abs((film.year or 0) - (record.year or 0)))
        for film in by_title.get((key, record.year), ()):
            if _agree(film, record):
                return film
        return None

    def add(record: Record, name: str) -> None:
        found = same(record)
        counts[f"{name}: {'joined' if found else 'new'}"] += 1
        if found is None:
            films.append(record)
            found = record
        else:
            _fill(found, record)
        if found.wikipedia_page and found not in by_page[found.wikipedia_page]:
            by_page[found.wikipedia_page].append(found)
        if found not in by_title[title_key(found.title), found.year]:
            by_title[title_key(found.title), found.year].append(found)

    for record in rows("wikipedia-films.jsonl.gz", wikipedia.clean):
        add(record, "wikipedia")
    # Those that name their page first, so that a film without one does not take its place.
    pending = list(rows("film-facts.jsonl.gz", facts.clean))
    for record in sorted(pending, key=lambda record: not record.wikipedia_page):
        add(record, "facts")

    raters = _raters(folder / "movietweetings" / "ratings.dat.gz")
    by_imdb = {film.imdb_id: film for film in films if film.imdb_id}
    for record in rows("movietweetings/movies.dat.gz", movietweetings.clean):
        found = by_imdb.get(record.imdb_id or "") or next(
            (film for film in by_title.get((title_key(record.title), record.year), ()) if film.imdb_id is None), None
        )
        counts[f"movietweetings: {'joined' if found else 'not ours'}"] += 1
        if found is not None and record.imdb_id:
            found.imdb_id = record.imdb_id
            by_imdb[record.imdb_id] = found
            found.known_raters = raters[record.imdb_id]
            found.genres = found.genres or record.genres

    films.sort(
        key=lambda film: (
            film.year or 0,
            title_key(film.title),
            film.title,
            film.wikipedia_page or "",
            film.imdb_id or "",
        )
    )
    packed = io.BytesIO()
    # No name and no time in the header: the same input gives the same bytes.
    with gzip.GzipFile(filename="", fileobj=packed, mode="wb", compresslevel=9, mtime=0) as stream:
        for film in films:
            document = {name: _plain(getattr(film, name)) for name in KNOWN}
            kept = {name: value for name, value in document.items() if value not in (None, [])}
            stream.write((json.dumps(kept, ensure_ascii=False, separators=(",", ":")) + "\n").encode())
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(packed.getvalue())
    for name, count in sorted(counts.items()):
        print(f"{count:>8,} {name}")
    known = {name: sum(getattr(film, name) not in (None, []) for film in films) for name in KNOWN}
    print(f"{len(films):>8,} films, {len(packed.getvalue()):,} bytes:", known)
    assert {field.name for field in fields(Record)} - {"remarks"} == set(KNOWN)


def _agree(one: Any, other: Any) -> bool:
    """Whether no id of the two says that they are different films."""
    return all(
        getattr(one, name) is None or getattr(other, name) is None or getattr(one, name) == getattr(other, name)
        for name in ("imdb_id", "tmdb_id", "wikidata_id", "wikipedia_page")
    )


def _fill(film: Any, more: Any) -> None:
    """Takes from the second what the first does not know. Two halves of one list are put together."""
    for field in fields(film):
        mine, its = getattr(film, field.name), getattr(more, field.name)
        if mine in (None, []):
            setattr(film, field.name, its)
        elif field.name in ("genres", "awards"):
            setattr(film, field.name, sorted({*mine, *its}, key=str))


def _raters(path: Path) -> Counter[str]:
    from movies.importers.movietweetings import imdb_of

    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return Counter(imdb_of(line.split("::")[1]) for line in stream)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        # A director of whom nothing but the name is known stands as that.
        if value._fields == ("name", "imdb_id", "tmdb_id") and value[1:] == (None, None):
            return value[0]
        return {name: _plain(part) for name, part in value._asdict().items() if part not in (None, ())}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(part) for part in value]
    return value


if __name__ == "__main__":
    django.setup()
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data"))
