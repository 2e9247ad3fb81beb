"""`manage.py sweep_media`: deletes picture files that no movie has."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from movies.services.images import sweep


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
        try:
            names = sweep(before=before, dry_run=options["dry_run"])
        except NotImplementedError as error:
            raise CommandError("This storage cannot list its files: clear it with its provider's own means.") from error
        for name in names:
            self.stdout.write(name)
        self.stdout.write(f"{len(names)} files {'would be deleted' if options['dry_run'] else 'deleted'}.")
