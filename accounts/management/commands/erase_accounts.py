"""`manage.py erase_accounts`: the nightly erasure, by hand."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services.erasure import erase_due_accounts
from accounts.services.erasure_list import returned_accounts


class Command(BaseCommand):
    help = (
        "Erase the accounts whose owners asked for it 14 days ago, and those that were erased and came back with a"
        " backup, as the job does every night."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say how many are due, erase nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            due = set(User.objects.to_erase().values_list("pk", flat=True)).union(returned_accounts())
            self.stdout.write(f"{len(due)} accounts would be erased.")
            return
        erased, failed = erase_due_accounts()
        self.stdout.write(f"{erased} accounts erased.")
        if failed:
            numbers = ", ".join(map(str, failed))
            raise CommandError(f"Not erased, for a reason that stands in the log: {numbers}. They are as they were.")
