from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from movies.importers.source import digest_of
from movies.models import ImportRun, Movie

CATALOGUE = Path(__file__).resolve().parents[2] / "data" / "catalogue.ndjson.gz"


class Command(BaseCommand):
    help = "Loads the packaged catalogue of some 93,000 movies, unless it is in already; goes on where it was killed."

    requires_system_checks = ()  # they take longer than a small import

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--limit", type=int, metavar="N", help="load only N films, for a small catalogue to try things on"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        limit = options["limit"]
        digest = digest_of([CATALOGUE])
        if ImportRun.objects.filter(
            digest=digest, state=ImportRun.State.DONE, preview=False, checkpoint__limit=None
        ).exists():
            self.stdout.write("The packaged catalogue is loaded.")
            return
        # Imported here, so that a start with the catalogue in place does not wait for what it does not need.
        from movies.importers.progress import ProgressBar
        from movies.importers.sets import options_of
        from movies.services.imports import new_run, run_import, unfinished_run
        from watchly.common.errors import WatchlyError

        # Ranks below all other sources, so that whatever is imported later corrects it.
        options = {
            **options_of(types=None, adult=False, create_genres=True),
            "source": Movie.Source.CATALOGUE.value,
        }
        # Movies that an earlier version of the catalogue brought are corrected; of all others only gaps are filled.
        run = unfinished_run(digest=digest, update_existing=True, options=options)
        run = run or new_run(paths=[CATALOGUE], digest=digest, update_existing=True, options=options)
        bar = ProgressBar(sys.stderr)
        try:
            run_import(run=run, paths=[CATALOGUE], format="ndjson", limit=limit, progress=bar)
        except WatchlyError as error:
            raise CommandError(error.detail) from error
        finally:
            bar.close()
        self.stdout.write(
            f"{run.created:,} movies loaded, {run.updated:,} updated, {run.unchanged:,} unchanged, "
            f"{run.rejected:,} refused."
        )
