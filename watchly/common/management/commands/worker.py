"""`manage.py worker`: takes jobs from the queues and runs them until it is told to stop."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from watchly.common.jobs import LANES, QUEUES
from watchly.common.worker import run_lanes, run_waiting


class Command(BaseCommand):
    help = (
        "Run background jobs. Each lane of queues has jobs of its own at a time: "
        + "; ".join(f"{', '.join(lane.queues)}: {lane.at_once}" for lane in LANES)
        + ". On SIGTERM it finishes the jobs that it has begun (25 seconds at most); imports stop at their next batch."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--queues", default=",".join(QUEUES), help="comma-separated, of " + ", ".join(QUEUES))
        parser.add_argument("--once", action="store_true", help="run the jobs that are waiting, then leave")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = [queue.strip() for queue in options["queues"].split(",")]
        if unknown := set(wanted) - set(QUEUES):
            raise CommandError(f"Unknown queue: {', '.join(sorted(unknown))}. Use some of {', '.join(QUEUES)}.")
        if options["once"]:
            run_waiting(wanted)
            return
        lanes = [replace(lane, queues=tuple(each for each in lane.queues if each in wanted)) for lane in LANES]
        if not run_lanes([lane for lane in lanes if lane.queues]):
            raise CommandError("The worker lost its connection to the database and ends; start it again.")
