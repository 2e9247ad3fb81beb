"""`manage.py sweep_media`: deletes picture files that no row names."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from watchly.common.errors import StorageUnavailable
from watchly.common.files.sweeping import sweep


class Command(BaseCommand):
    help = (
        "Delete the files of pictures that were never recorded: what a process left that was killed between writing the"
        " files and committing the row."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--older-than",
            type=int,
            default=60,
            metavar="MINUTES",
            help="leave younger files alone, whose row may be about to come (60; at least 5)",
        )
        parser.add_argument("--dry-run", action="store_true", help="name the files, delete nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["older_than"] < 5:
            raise CommandError(
                "--older-than must be at least 5 minutes: a younger file may belong to an upload under way."
            )
        before = timezone.now() - timedelta(minutes=options["older_than"])
        count = 0
        try:
            for name in sweep(before=before, dry_run=options["dry_run"]):
                self.stdout.write(name)
                count += 1
        except NotImplementedError as error:
            raise CommandError("This storage cannot list its files: clear it with its provider's own means.") from error
        except (StorageUnavailable, OSError) as error:
            raise CommandError(
                f"The storage failed after {count} files; run the command again later. {error}"
            ) from error
        self.stdout.write(f"{count} files {'would be deleted' if options['dry_run'] else 'deleted'}.")
