"""Runs the Postman collection against a whole Watchly: servers, catalogue and data folder of its own, gone afterwards.

python -m tools.openapi.newman [arguments of newman run]
"""

from __future__ import annotations

import subprocess
import sys

from tools.openapi.live import live_watchly
from tools.openapi.node import command
from tools.openapi.postman import COLLECTION, ENVIRONMENT, FOLDER

_MOVIES = 200


def main() -> int:
    with live_watchly(movies=_MOVIES) as live:
        variables = {"baseUrl": live.address, "username": "admin", "password": live.password}
        given = [part for name, value in variables.items() for part in ("--env-var", f"{name}={value}")]
        run = command("newman", "run", str(COLLECTION), "-e", str(ENVIRONMENT), *given, "--working-dir", str(FOLDER))
        return subprocess.run([*run, *sys.argv[1:]], check=False).returncode  # noqa: S603  a tool of ours


if __name__ == "__main__":
    sys.exit(main())
