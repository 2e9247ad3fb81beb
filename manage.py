#!/usr/bin/env python
"""Every Watchly command.

Without DATABASE_URL and REDIS_URL each finds the embedded servers, or starts them for its own time.
"""

import os
import sys


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "watchly.settings")
    os.environ.setdefault("WATCHLY_ROLE", {"worker": "worker", "web": "web"}.get("".join(sys.argv[1:2]), "command"))
    from watchly.env import ConfigurationError
    from watchly.processes.embedded import EmbeddedServerError, embedded_servers

    try:
        with embedded_servers():
            from django.core.management import execute_from_command_line

            execute_from_command_line(sys.argv)
    except (ConfigurationError, EmbeddedServerError) as error:
        sys.stderr.write(f"watchly: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
