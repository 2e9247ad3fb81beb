"""A whole Watchly for a gate: servers, catalogue and data folder of its own, gone afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tools.openapi.node import ROOT

_START_SECONDS, _STOP_SECONDS = 120, 60


class Live(NamedTuple):
    """Where it answers, and the password of its administrator `admin`."""

    address: str
    password: str


@contextmanager
def live_watchly(*, movies: int) -> Iterator[Live]:
    """Runs a Watchly on a free port of 127.0.0.1 with so many movies of the packaged catalogue.

    Raises RuntimeError, with the end of its log, if it does not start.
    """
    data = Path(tempfile.mkdtemp(prefix="watchly-live-"))
    if os.geteuid() == 0:
        data.chmod(0o711)  # PostgreSQL runs as another user then, who must reach what is its own inside
    address, password = _free_address(), secrets.token_urlsafe(12)
    environment = {
        **{name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")},
        "WATCHLY_DATA": str(data),
        "WATCHLY_CATALOGUE": "0",
        "DJANGO_SUPERUSER_PASSWORD": password,
        "HOST": "127.0.0.1",
        "PORT": address.rpartition(":")[2],
    }
    log = data / "up.log"
    manage = [sys.executable, str(ROOT / "manage.py")]
    with log.open("wb") as output:
        server = subprocess.Popen([*manage, "up"], env=environment, stdout=output, stderr=output, cwd=ROOT)  # noqa: S603  our own
    try:
        if not _ready(f"{address}/readyz", server):
            raise RuntimeError(f"Watchly did not start:\n{log.read_text(errors='replace')[-4000:]}")
        load = [*manage, "load_catalogue", "--limit", str(movies)]
        subprocess.run(load, env=environment, cwd=ROOT, check=True)  # noqa: S603  our own
        yield Live(address, password)
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
        shutil.rmtree(data, ignore_errors=True)


def _free_address() -> str:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{found.getsockname()[1]}"


def _ready(url: str, server: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  our own address
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    return False
