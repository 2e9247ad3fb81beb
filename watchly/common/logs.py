"""Logging: structlog over the standard library, JSON lines in production and readable lines on a terminal."""

from __future__ import annotations

from typing import Any

import structlog


def logging_settings(*, json: bool, level: str | None) -> dict[str, Any]:
    """A `dictConfig` in which every line, ours or a library's, carries the bound context (`request_id`)."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if json
        # Plain tracebacks: the pretty ones print local variables, and those may hold what no log may.
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "watchly": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "watchly"}},
        "root": {"handlers": ["stderr"], "level": level or "INFO"},
        "loggers": {
            "procrastinate": {"level": "WARNING"},
            # Every 4xx is answered and counted; only what is our fault is worth a line.
            "django.request": {"level": "ERROR"},
            # A foreign Host has a line of its own (watchly/api/errors.py) and no traceback.
            "django.security.DisallowedHost": {"level": "CRITICAL", "propagate": False},
            # At DEBUG it writes down addresses, and one of TMDB's may hold the key.
            "urllib3": {"level": "WARNING"},
            "psycopg.pool": {"level": "ERROR"},
        },
    }
