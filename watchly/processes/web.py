"""The command line of the web server: one definition for `up`, `web` and the image."""

from __future__ import annotations

import os
import sys

from django.conf import settings

from watchly import env
from watchly.entry.open_files import most_connections
from watchly.processes.claim import Address

_HEADER_SECONDS = 10  # for a request's head, and for the next one on an idle connection
_LARGEST_HEAD_BYTES = 64 * 1024
_STOP_SECONDS = 25  # for requests in flight when the server stops
_BACKLOG = 2048


def web_command(address: Address) -> tuple[str, ...]:
    """granian over watchly.asgi. HTTP/1.1 alone: TLS and HTTP/2 belong to a gateway.

    granian's `--backpressure` counts open connections, idle ones included, so it is as large as the limit of open
    files allows. What bounds the work is the pool of threads behind the entry (watchly/entry/threads.py).
    """
    return (
        *(sys.executable, "-m", "granian", "--interface", "asginl", "--log-level", "warning"),
        *("--host", address.host, "--port", str(address.port)),
        *("--workers", str(env.integer("WEB_WORKERS", default_workers(), at_least=1, at_most=64))),
        *("--backlog", str(_BACKLOG), "--backpressure", str(most_connections())),
        *("--http", "1", "--http1-header-read-timeout", str(_HEADER_SECONDS * 1000)),
        *("--http1-buffer-size", str(_LARGEST_HEAD_BYTES), "--no-ws"),
        *("--respawn-failed-workers", "--workers-kill-timeout", str(_STOP_SECONDS)),
        *("--static-path-route", "/" + settings.STATIC_URL.strip("/")),
        *("--static-path-mount", str(settings.STATIC_ROOT)),
        "watchly.asgi:application",
    )


def default_workers() -> int:
    """One per core that we may use, four at most: it is a laptop."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, 4))
