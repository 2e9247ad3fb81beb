"""Commands that use the embedded servers, as tests need them: started, killed, looked at from outside."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg

from watchly.env import BASE_DIR
from watchly.processes.embedded import servers_of
from watchly.processes.errors import EmbeddedServerError

_DEADLINE_SECONDS = 180.0  # a first start migrates, which takes a minute on a machine that is busy with other tests
# A manage.py command in miniature: says where the servers are, works until its standard input ends, leaves.
_COMMAND = """
import json, os, sys
from watchly.processes.embedded import EmbeddedServerError, embedded_servers
try:
    with embedded_servers(["manage.py", "shell"]):
        print(json.dumps([os.environ["DATABASE_URL"], os.environ["REDIS_URL"]]), flush=True)
        sys.stdin.read()
except EmbeddedServerError as error:
    sys.exit(f"refused: {error}")
"""


class Command:
    """A running command that uses the embedded servers of a data folder."""

    def __init__(self, data_folder: Path) -> None:
        self.process = subprocess.Popen(  # noqa: S603  our own interpreter
            [sys.executable, "-c", _COMMAND],
            env=environment_of(data_folder),
            cwd=BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def begin(self) -> Command:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        self.database_url, self.redis_url = json.loads(line)
        return self

    def end(self) -> int:
        self.process.communicate(timeout=_DEADLINE_SECONDS)
        return self.process.returncode

    def refusal(self) -> str:
        return self.process.communicate(timeout=_DEADLINE_SECONDS)[1]

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def execute(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.database_url) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


def environment_of(data_folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return kept | {"WATCHLY_DATA": str(data_folder), "PYTHONPATH": str(BASE_DIR)}


def postmaster_of(data_folder: Path) -> int:
    home = servers_of(data_folder, ["DATABASE_URL"]).servers[0].folder
    return int((home / "postmaster.pid").read_text().split("\n")[0])


def server_processes(data_folder: Path) -> list[psutil.Process]:
    servers = servers_of(data_folder, ["DATABASE_URL", "REDIS_URL"]).servers
    return [process for server in servers for process in server.processes()]


def wait_for(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.02)


def remove_servers(data_folder: Path) -> None:
    try:
        servers = servers_of(data_folder, ["DATABASE_URL", "REDIS_URL"]).servers
    except EmbeddedServerError:
        return  # the test broke it on purpose, and nothing runs
    for server in servers:
        server.stop()
        for folder in (server.home.sockets, server.home.folder):
            if not folder.is_relative_to(data_folder):
                shutil.rmtree(folder, ignore_errors=True)
