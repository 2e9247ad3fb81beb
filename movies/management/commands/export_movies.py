from __future__ import annotations

import gzip
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from movies.exporters.formats import KINDS, export
from movies.importers.recognise import Format


class Command(BaseCommand):
    help = (
        "Writes all published films, in constant memory: as Watchly's CSV, JSON or NDJSON (which loses nothing), or as "
        "the Wikipedia list, film facts or MovieTweetings' films. A name that ends in .gz is compressed."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, nargs="?", metavar="FILE", help="where to write; stdout when left out")
        parser.add_argument("--format", choices=KINDS, default=Format.NDJSON)

    def handle(self, *args: Any, path: Path | None, **options: Any) -> None:
        if path is None:
            _write(options["format"], sys.stdout.buffer)
            return
        # Beside its place and then into it: a killed export leaves no half file under the name that was asked for.
        part = path.with_name(path.name + ".part")
        try:
            with part.open("wb") as plain:
                if path.suffix == ".gz":
                    with gzip.GzipFile(fileobj=plain, filename="", mode="wb", mtime=0) as packed:
                        _write(options["format"], packed)
                else:
                    _write(options["format"], plain)
            part.replace(path)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        finally:
            part.unlink(missing_ok=True)  # whatever ended it: the database, Ctrl-C
        self.stderr.write(f"Wrote {path.stat().st_size:,} bytes to {path}.")


def _write(kind: str, stream: BinaryIO | gzip.GzipFile) -> None:
    for piece in export(kind):
        stream.write(piece)
