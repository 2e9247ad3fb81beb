"""`manage.py web`: the web server alone, for installations that start each process themselves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from watchly.processes import embedded
from watchly.processes.claim import web_address
from watchly.processes.web import web_command


class Command(BaseCommand):
    help = (
        "Run the web server on HOST (127.0.0.1) and PORT (8000) with WEB_WORKERS processes of WEB_THREADS threads. "
        "Needs DATABASE_URL and REDIS_URL; `up` runs Watchly with servers of its own."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if embedded.current() is not None:
            raise CommandError("Set DATABASE_URL and REDIS_URL, or run `manage.py up`, which starts both servers.")
        if not Path(settings.STATIC_ROOT).is_dir():
            raise CommandError(
                f"There are no static files in {settings.STATIC_ROOT}: run `manage.py collectstatic` first."
            )
        command = web_command(web_address())
        os.environ.setdefault("DATABASE_POOL", "1")
        os.execv(command[0], command)  # noqa: S606  so that the server is the process that gets the signals
