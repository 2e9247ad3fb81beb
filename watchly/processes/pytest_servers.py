"""Gives a run of the tests its own PostgreSQL and Valkey, unless DATABASE_URL and REDIS_URL name others.

The root conftest.py calls `prepare()` while it is imported, before any settings are, and `remove()` at the end. Under
xdist the process that hands out the tests starts the servers, and the others find them in their environment.
"""

from __future__ import annotations

import atexit
import os
import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from watchly import env
from watchly.processes.throw_away import DATABASES, ThrowAwayServers, sweep

_OTHERS_DATABASES = 16  # what a Redis of somebody else's has unless told otherwise
_PER_PROCESS = 2  # databases of the cache that one process of a parallel run may use

_servers: ThrowAwayServers | None = None


def prepare() -> None:
    """Set DATABASE_URL, REDIS_URL, WATCHLY_DATA and, in a process of a parallel run, a part of the cache of its own."""
    global _servers
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None and _servers is None:
        sweep()
        missing = [name for name in ("DATABASE_URL", "REDIS_URL") if env.text(name) is None]
        _servers = ThrowAwayServers(missing)
        os.environ.update(_servers.variables)
        os.environ.setdefault("WATCHLY_RATE_SCALE", "1000")  # a test of a limit sets its own
        os.environ["WATCHLY_TEST_CACHES"] = str(DATABASES if "REDIS_URL" in missing else _OTHERS_DATABASES)
        atexit.register(remove)
    if worker is not None and "WATCHLY_CACHE_PREFIX" not in os.environ:
        number = int(re.sub(r"\D", "", worker) or 0)
        os.environ["WATCHLY_CACHE_PREFIX"] = f"test-{worker}"
        url = env.text("REDIS_URL") or ""
        os.environ.pop("REDIS_URL_FILE", None)
        os.environ["REDIS_URL"] = _own_database(url, number)


def remove() -> None:
    """Stop the servers of this run, if it started any, and delete what they wrote."""
    global _servers
    if _servers is not None:
        servers, _servers = _servers, None
        servers.remove()


def _own_database(url: str, number: int) -> str:
    """The URL with a database number of this process: clearing a cache empties a whole database."""
    databases = env.integer("WATCHLY_TEST_CACHES", _OTHERS_DATABASES, at_least=1)
    chosen = (number + 1) * _PER_PROCESS % databases
    parts = urlsplit(url)
    # Among the parameters redis-py takes the number for every kind of URL, and before the path of a redis:// one.
    return urlunsplit(parts._replace(query=urlencode({**dict(parse_qsl(parts.query)), "db": chosen})))
