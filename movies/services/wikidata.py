"""Imports movies from Wikidata, year by year, through the ordinary importer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from movies.importers.wikidata import document
from movies.models import ImportRun, Movie
from movies.providers.wikidata import Service
from movies.services.imports import new_run, run_import


def import_years(
    *, service: Service, years: range, update_existing: bool = False
) -> Iterator[tuple[int, ImportRun | None]]:
    """Imports the movies that were released in each year; yields each year and its run, None for a year without any.

    A year is read whole before it is imported, so a failure leaves whole years behind. Raises ProviderUnavailable when
    Wikidata does not answer, Conflict while another import runs.
    """
    folder = Path(settings.DATA_FOLDER) / "imports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for year in years:
        with TemporaryDirectory(dir=folder) as temporary:
            path = Path(temporary) / f"wikidata-{year}.ndjson"
            if not _write(service, year, path):
                yield year, None
                continue
            run = new_run(
                paths=[path], update_existing=update_existing, options={"source": Movie.Source.WIKIDATA.value}
            )
            yield year, run_import(run=run, paths=[path], format="ndjson")


def _write(service: Service, year: int, path: Path) -> int:
    """Writes a year as Watchly's own NDJSON, one part of the answer after the other; returns how many movies it has.

    A movie that was released in two parts of the year is in both of them, and written once.
    """
    written: set[str] = set()
    with path.open("x", encoding="utf-8") as stream:
        for rows in service.movies_of(year):
            for found in filter(None, map(document, rows)):
                if found["wikidata_id"] not in written:
                    written.add(found["wikidata_id"])
                    stream.write(json.dumps(found, ensure_ascii=False) + "\n")
    return len(written)
