"""`manage.py worker`: takes jobs from the queues and runs them until it is told to stop."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, cast

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app

from watchly.common.jobs import HEARTBEAT_SECONDS, QUEUES

if TYPE_CHECKING:
    from procrastinate.contrib.django.django_connector import DjangoConnector


class Command(BaseCommand):
    help = "Run jobs. On SIGTERM it finishes what it has begun (25 seconds at most) and leaves."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--queues", default=",".join(QUEUES), help="comma-separated, of " + ", ".join(QUEUES))
        parser.add_argument("--concurrency", type=int, default=2, help="jobs at a time (2)")
        parser.add_argument("--once", action="store_true", help="run what is waiting, then leave")

    def handle(self, *args: Any, **options: Any) -> None:
        connector = cast("DjangoConnector", app.connector)
        with app.replace_connector(connector.get_worker_connector()) as worker_app:
            worker_app.run_worker(
                queues=options["queues"].split(","),
                concurrency=options["concurrency"],
                wait=not options["once"],
                delete_jobs="successful",
                shutdown_graceful_timeout=25,
                stalled_worker_timeout=HEARTBEAT_SECONDS,
            )
