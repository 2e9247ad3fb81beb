from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand

from movies.search.index import rebuild


class Command(BaseCommand):
    help = (
        "Compares the search index with the catalogue and mends it: after rows were loaded past the services, or with a"
        " version that reads titles differently. Searches go on meanwhile; it can be stopped and run again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        start = time.monotonic()
        written = rebuild()
        self.stdout.write(f"{written:,} names written or removed in {time.monotonic() - start:.1f} s.")
