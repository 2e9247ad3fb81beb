"""The limit of open files, which is what limits the number of connections."""

from __future__ import annotations

import contextlib
import resource

WANTED = 65_536
_KEPT_FREE = 512  # for databases, files and logs


def raise_open_files_limit() -> int:
    """Raise this process's soft limit as far as the hard one lets it, WANTED at most; the limit that holds then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    wanted = WANTED if hard == unlimited else min(WANTED, hard)
    if soft != unlimited and soft < wanted:
        with contextlib.suppress(ValueError, OSError):  # macOS names a hard limit that it does not grant
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return WANTED if soft == unlimited else soft


def most_connections() -> int:
    """How many connections one server process may hold."""
    return max(128, raise_open_files_limit() - _KEPT_FREE)
