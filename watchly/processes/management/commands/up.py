"""`manage.py up`: all of Watchly, with one command."""

from __future__ import annotations

import http.client
import signal
import sys
import time
from collections.abc import Mapping
from textwrap import fill
from typing import Any

import psutil
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from movies.providers import tmdb
from watchly import env
from watchly.processes import embedded
from watchly.processes.account import Account, server_account
from watchly.processes.children import Program
from watchly.processes.claim import Address, check_port_is_free, claimed_address, marker
from watchly.processes.first_run import STEPS
from watchly.processes.heartbeats import Heartbeats
from watchly.processes.privileges import Identity, home_of, lowered
from watchly.processes.server import say
from watchly.processes.supervisor import Supervisor
from watchly.processes.web import web_command

_ASK_SECONDS = 2.0
_LINE = 100  # characters of a line of the ready message
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
        check_port_is_free(address)  # the steps may have taken minutes
        heartbeats = Heartbeats(say)
        identity = lowered(_account(), port=address.port, tell=say)
        Supervisor(
            programs(address, heartbeats.environment, identity),
            servers=embedded.current(),
            heartbeats=heartbeats,
            is_ready=lambda: answers(address),
            on_ready=lambda: self._welcome(address, time.time() - began),
        ).run()

    def _welcome(self, address: Address, seconds: float) -> None:
        self.stdout.write(ready_message(address, seconds))
        self.stdout.flush()


def ready_message(address: Address, seconds: float) -> str:
    """What `up` prints when Watchly is ready: where to look, and what is not set up."""
    names = ", ".join(settings.ALLOWED_HOSTS)
    hosts = f"\n  Hosts      {names} (others: ALLOWED_HOSTS=name,127.0.0.1)" if not address.is_loopback else ""
    hint = "" if tmdb.enabled() else fill(f"{tmdb.WITHOUT_KEY} Get one at {tmdb.KEYS_AT}.", _LINE) + "\n"
    return f"""
Watchly is ready, in {seconds:.1f} s.
  Home       {address.url}/
  Admin      {address.url}/admin/
  API        {address.url}/api/docs
  Data       {env.data_folder()}{hosts}
{hint}Ctrl-C stops it.
"""


def programs(address: Address, of_web: Mapping[str, str], identity: Identity | None = None) -> tuple[Program, ...]:
    """The web server, with more of an environment, and the worker. A path prefix and TLS are a gateway's."""
    common = marker(env.data_folder()) | {"WATCHLY_DATA": str(env.data_folder()), "PYTHONUNBUFFERED": "1"}
    if identity is not None:
        common |= home_of(env.data_folder())
    worker = (sys.executable, "manage.py", "worker")
    web = common | {"WATCHLY_ROLE": "web", "DATABASE_POOL": "1", **of_web}
    return (
        Program("web", web_command(address), env.BASE_DIR, web, _WEB_STOP_SECONDS, identity),
        Program("worker", worker, env.BASE_DIR, common | {"WATCHLY_ROLE": "worker"}, identity=identity),
    )


def _account() -> Account:
    """That of the embedded servers; without any, the one that they would have."""
    servers = embedded.current()
    return servers.servers[0].home.account if servers is not None else server_account(env.data_folder())


def answers(address: Address) -> bool:
    """Whether GET /readyz says 200."""
    connection = http.client.HTTPConnection(address.reachable_host, address.port, timeout=_ASK_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
