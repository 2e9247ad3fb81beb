from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from movies.services.duplicates import find_duplicates


class Command(BaseCommand):
    help = "Looks through the whole catalogue for films that stand twice and brings the list for curators up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        found = find_duplicates()
        self.stdout.write(
            f"{found.opened:,} likely duplicates found, {found.changed:,} changed, {found.closed:,} closed."
        )
