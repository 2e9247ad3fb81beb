"""Settings of the database: one engine, one way to name it (a libpq URL), and how long each process may wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from psycopg.conninfo import conninfo_to_dict

from watchly import env

# Threads that serve requests in each web process, and so the connections that it needs.
BLOCKING_THREADS = env.integer("WEB_THREADS", 4, at_least=1, at_most=64)


@dataclass(frozen=True)
class Patience:
    """Seconds that a statement may run, wait for a lock, or leave a transaction idle; 0 sets no limit."""

    statement: int
    lock: int
    idle: int

    @property
    def options(self) -> str:
        """As start-up options of a connection."""
        return (
            f"-c statement_timeout={self.statement}s -c lock_timeout={self.lock}s"
            f" -c idle_in_transaction_session_timeout={self.idle}s"
        )


# What the entry points (manage.py, watchly/wsgi.py) say that this process is. A request must not wait for long, since
# others wait for its thread; an import or a nightly job may take hours, and only what hangs must end.
ROLE = env.choice("WATCHLY_ROLE", "command", ("web", "worker", "command"))
_PATIENCE: Final = {
    "web": Patience(
        statement=env.integer("WEB_STATEMENT_SECONDS", 5, at_least=0, at_most=3600),
        lock=env.integer("WEB_LOCK_SECONDS", 2, at_least=0, at_most=3600),
        idle=15,
    ),
    "worker": Patience(
        statement=env.integer("WORKER_STATEMENT_SECONDS", 0, at_least=0),
        lock=env.integer("WORKER_LOCK_SECONDS", 60, at_least=0),
        idle=600,
    ),
    "command": Patience(statement=0, lock=60, idle=0),
}
# Short queries on a warm cache: index pages cost what heap pages do, and neither a compiler nor a second process pays.
_PLANNER: Final = "-c random_page_cost=1.1 -c jit=off -c max_parallel_workers_per_gather=0"
_POOL: Final = {"max_size": BLOCKING_THREADS, "timeout": 2.0, "max_lifetime": 1800.0, "max_idle": 300.0}


def database(url: str | None) -> dict[str, Any]:
    """Django's database settings for a libpq URL; unknown parts of the URL are passed to libpq unchanged.

    Behind a pooler that refuses start-up options (PgBouncer without `ignore_startup_parameters = options`),
    DATABASE_TUNE=0 sends none: set the time-outs with ALTER ROLE there.
    """
    if not url:
        raise env.ConfigurationError("DATABASE_URL is not set: start through manage.py, or name a PostgreSQL 15+.")
    parts: dict[str, Any] = conninfo_to_dict(url)
    tuned = env.flag("DATABASE_TUNE", default=True)
    # The URL's own options come last, and the last one counts.
    options = " ".join(filter(None, [_PLANNER, _PATIENCE[ROLE].options, parts.pop("options", "")]))
    return {
        "ENGINE": "watchly.database",
        "NAME": parts.pop("dbname", "watchly"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        # The threads that serve requests may be short-lived, so connections live in a pool of the process.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 2,
            "keepalives_idle": 30,
            "tcp_user_timeout": 10_000,
            "application_name": f"watchly-{ROLE}",
            "prepare_threshold": 5 if env.flag("DATABASE_PREPARE", default=True) else None,
            **parts,
            **({"options": options} if tuned else {}),
            **({"pool": _POOL} if env.flag("DATABASE_POOL") else {}),
        },
    }


DATABASES = {"default": database(env.text("DATABASE_URL"))}
