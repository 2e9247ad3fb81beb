"""What the tests of the importers share: files written by hand, and imports of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from movies.exporters.documents import DOCUMENT
from movies.exporters.formats import export
from movies.importers.batches import Batch, batches, plan
from movies.importers.indexing import refresh
from movies.importers.loader import Loader, Outcome, Row
from movies.importers.record import Record
from movies.importers.source import LOCAL, Limits, Source
from movies.importers.watchly import clean_object
from movies.models import CatalogueCount, Genre, ImportRun, Movie, Person
from movies.services.figures import RECOUNTS
from movies.services.imports import new_run, run_import
from movies.tests.factories import ImportRunFactory

# A film with everything that a file can say of one.
HEAT: dict[str, Any] = {
    "title": "Heat",
    "original_title": "Heat!",
    "year": 1995,
    "release_date": "1995-12-15",
    "runtime": 170,
    "overview": "One.\n\nTwo.",
    "tagline": "A Los Angeles crime saga",
    "original_language": "en",
    "languages": ["en", "es"],
    "countries": ["US"],
    "release_status": "released",
    "genres": ["Crime", "Drama"],
    "tags": ["heist"],
    "directors": ["Michael Mann"],
    "cast": [{"name": "Al Pacino", "character": "Hanna"}, {"name": "Robert De Niro", "character": "Neil"}],
    "crew": [{"name": "Dante Spinotti", "department": "Camera", "job": "Cinematographer"}],
    "companies": ["Regency", "Forward Pass"],
    "collection": "Mann's Los Angeles",
    "imdb_id": "tt0113277",
    "tmdb_id": 949,
    "wikidata_id": "Q42198",
    "wikipedia_page": "Heat (1995 film)",
    "known_raters": 99,
    "alternative_titles": [{"title": "Fuego contra fuego", "country": "ES", "language": "es"}],
    "awards": [
        {"award": "Saturn Award", "ceremony": 22, "category": "Writing", "won": False, "people": ["Michael Mann"]}
    ],
    "release_dates": [{"country": "US", "kind": "theatrical", "date": "1995-12-15", "certification": "R"}],
    "videos": [
        {"provider": "vimeo", "key": "123", "kind": "trailer"},
        {"provider": "youtube", "key": "abc_1", "kind": "trailer", "official": True},
    ],
}


def lay(folder: Path, name: str, content: str | bytes | Iterable[object]) -> Path:
    """A file of text, bytes, or one object per line."""
    path = folder / name
    if isinstance(content, str):
        content = content.encode()
    elif not isinstance(content, bytes):
        content = "".join(json.dumps(row) + "\n" for row in content).encode()
    path.write_bytes(content)
    return path


def read_all(path: Path, *, wanted: str = "auto", limits: Limits = LOCAL, size: int = 1000) -> list[Batch]:
    """All batches of a file, without a database."""
    source = Source(path, path.name, limits)
    try:
        return list(batches(plan([source], wanted), size=size))
    finally:
        source.close()


def import_file(path: Path, *, update: bool = False, preview: bool = False, **options: Any) -> ImportRun:
    """Imports one file and returns the run as it ended."""
    run = new_run(paths=[path], update_existing=update, preview=preview)
    return run_import(run=run, paths=[path], **options)


def load(*records: Record, source: str, update: bool = True, preview: bool = False) -> Outcome:
    """Loads records as they are, as of this source, in one batch of a run of their own."""
    run = ImportRunFactory.create(preview=preview, update_existing=update)
    loader = Loader(run_id=run.pk, source=source, update_existing=update, preview=preview)
    rows = [Row("file", line, record) for line, record in enumerate(records, 1)]
    with transaction.atomic(), connection.cursor() as cursor:
        loader.prepare(cursor)
        outcome = loader.load(cursor, rows)
    refresh(set(outcome.movies), outcome.people)
    return outcome


def told(movie: Movie) -> Record:
    """The movie as a record that says all that is known of it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {DOCUMENT} FROM movies_movie m WHERE m.id = %s", [movie.pk])
        (document,) = cursor.fetchone()
    return clean_object(document, this_year=9999)


def report(run: ImportRun) -> list[tuple[int, str]]:
    """Line and code of everything in the report."""
    return list(run.rejects.order_by("line", "pk").values_list("line", "code"))


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, refused: as they are stored."""
    run.refresh_from_db()
    return run.created, run.updated, run.unchanged, run.rejected


def versions() -> list[tuple[Any, ...]]:
    """What no run that changes nothing may touch."""
    return list(Movie.objects.order_by("pk").values_list("pk", "version", "updated_at", "popularity", "genre_ids"))


def mended() -> int:
    """How many rows were off; mends them."""
    return sum(recount() for recount in RECOUNTS.values())


def contents() -> tuple[bytes, list[Any], list[Any]]:
    """The catalogue without the numbers of its rows."""
    return (
        b"".join(export("ndjson")),
        list(Movie.objects.order_by("pk").values_list("slug", "popularity", "version", "title_key", "trailer_url")),
        list(Person.objects.order_by("name", "credit_count").values_list("name", "credit_count")),
    )


def forget() -> None:
    """Empties the catalogue."""
    for model in (Movie, Person, Genre, CatalogueCount, ImportRun):
        model.objects.all().delete()


def titles(found: list[Batch]) -> list[str]:
    """The titles that were read, in order."""
    return [row.record.title for batch in found for row in batch.rows]


def records(found: list[Batch]) -> list[Record]:
    """The records that were read, in order."""
    return [row.record for batch in found for row in batch.rows]


def problems(found: list[Batch]) -> list[tuple[int, str]]:
    """Line and code of what reading has to report."""
    return [(problem.line, problem.code) for batch in found for _, problem in batch.problems]
