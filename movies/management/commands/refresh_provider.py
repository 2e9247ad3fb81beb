from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from movies.providers.tmdb import NOTICE
from movies.services.provider_nightly import Night, refresh_provider
from watchly.common.errors import WatchlyError

_EVERY = 100


class Command(BaseCommand):
    help = (
        "Reads anew what changed at TMDB since the films here were read, and what was read five months ago or longer: "
        "the nightly work, by hand. Exits with 1 without TMDB_API_KEY or when TMDB does not answer; what was read "
        f"until then stays. {NOTICE}"
    )

    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            night = refresh_provider(progress=self._say)
        except WatchlyError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(
            f"{night.read:,} films read anew, {night.stale:,} unknown there by now, {night.refused:,} refused, "
            f"{night.failed:,} failed."
        )

    def _say(self, night: Night) -> None:
        done = night.read + night.stale + night.refused + night.failed
        if done % _EVERY == 0:
            sys.stderr.write(f"{done:,} films …\n")
