"""`manage.py up`: all of Watchly, with one command."""

from __future__ import annotations

import http.client
import os
import signal
import sys
import time
from typing import Any

import psutil
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from watchly import env
from watchly.processes import embedded
from watchly.processes.children import Program
from watchly.processes.claim import Address, claimed_address, marker
from watchly.processes.first_run import STEPS
from watchly.processes.supervisor import Supervisor

_ASK_SECONDS = 2.0
_WEB_STOP_SECONDS = 30.0  # granian gives its workers 25


class Command(BaseCommand):
    help = (
        "Run Watchly: PostgreSQL and Valkey (unless DATABASE_URL and REDIS_URL name others), the web server, a worker. "
        "Prepares everything on the first run. Listens on HOST (127.0.0.1) and PORT (8000); Ctrl-C stops it."
    )
    # The settings and the database are checked by the steps; a broken URL would keep nobody from migrating.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        address = claimed_address()
        if address is None:
            raise CommandError("Start it as `python manage.py up`, which looks after the embedded servers too.")
        signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored when a script started us in the background
        began = psutil.Process().create_time()  # so that the time to start the servers counts
        for title, step in STEPS:
            self.stdout.write(f"{title}...")
            self.stdout.flush()
            step(self.stdout)
        connections.close_all()  # the supervisor only watches
        Supervisor(
            programs(address),
            servers=embedded.current(),
            is_ready=lambda: answers(address),
            on_ready=lambda: self._welcome(address, time.time() - began),
        ).run()

    def _welcome(self, address: Address, seconds: float) -> None:
        self.stdout.write(
            f"""
Watchly is ready, in {seconds:.1f} s.
  Home       {address.url}/
  Admin      {address.url}/admin/
  API        {address.url}/api/docs
  Data       {env.data_folder()}
Ctrl-C stops it.
"""
        )
        self.stdout.flush()


def programs(address: Address) -> tuple[Program, ...]:
    """The web server and the worker. Without a path prefix or TLS: those are a gateway's."""
    common = marker(env.data_folder()) | {"WATCHLY_DATA": str(env.data_folder()), "PYTHONUNBUFFERED": "1"}
    web = (
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--log-level", "warning"),
        *("--host", address.host, "--port", str(address.port)),
        *("--workers", str(env.integer("WEB_WORKERS", default_workers(), at_least=1, at_most=64))),
        *("--blocking-threads", str(settings.BLOCKING_THREADS), "--backpressure", "128", "--backlog", "1024"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "25", "--no-ws"),
        *(
            "--static-path-route",
            "/" + settings.STATIC_URL.strip("/"),
            "--static-path-mount",
            str(settings.STATIC_ROOT),
        ),
        "watchly.wsgi:application",
    )
    worker = (sys.executable, "manage.py", "worker")
    of_web = common | {"WATCHLY_ROLE": "web", "DATABASE_POOL": "1"}
    return (
        Program("web", web, env.BASE_DIR, of_web, stop_seconds=_WEB_STOP_SECONDS),
        Program("worker", worker, env.BASE_DIR, common | {"WATCHLY_ROLE": "worker"}),
    )


def default_workers() -> int:
    """One per core that we may use, four at most: it is a laptop."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, 4))


def answers(address: Address) -> bool:
    """Whether GET /readyz says 200."""
    hosts = [host.lstrip(".") for host in settings.ALLOWED_HOSTS if host not in {"*", address.reachable_host}]
    connection = http.client.HTTPConnection(address.reachable_host, address.port, timeout=_ASK_SECONDS)
    try:
        known = address.reachable_host in settings.ALLOWED_HOSTS or not hosts
        connection.request("GET", "/readyz", headers={} if known else {"Host": hosts[0]})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
