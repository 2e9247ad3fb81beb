"""`manage.py migrate`: Django's, tried again where a migration did not get its lock."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.commands import migrate
from django.db import OperationalError
from psycopg.errors import LockNotAvailable

ATTEMPTS = 10
PAUSE_SECONDS = 3.0


class Command(migrate.Command):
    """A migration that waits for a lock makes everybody wait behind it, so it gives up after two seconds.

    (`watchly.database`.) What was applied stays applied; the next attempt goes on from there.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                super().handle(*args, **options)
            except OperationalError as error:
                if not isinstance(error.__cause__, LockNotAvailable) or attempt == ATTEMPTS:
                    raise
                self.stderr.write(
                    f"A table is in use and the migration would block it; trying again in {PAUSE_SECONDS:.0f} s "
                    f"({attempt} of {ATTEMPTS - 1})."
                )
                time.sleep(PAUSE_SECONDS)
            else:
                return
