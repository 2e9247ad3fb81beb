"""The embedded PostgreSQL's settings: a laptop's, safe first. Written anew at each start, so a new version's apply."""

from __future__ import annotations

_SETTINGS = {
    "listen_addresses": "''",  # the Unix socket in a private folder is the only way in
    "max_connections": "100",
    "password_encryption": "'scram-sha-256'",
    "shared_buffers": "'256MB'",
    "effective_cache_size": "'1GB'",
    "work_mem": "'8MB'",
    "maintenance_work_mem": "'128MB'",
    "random_page_cost": "1.1",  # a laptop's disk is an SSD
    "jit": "off",  # costs more than it gives in queries of milliseconds
    # Many small queries at once use the cores better than one at a time, and containers give /dev/shm 64 MB only.
    "max_parallel_workers_per_gather": "0",
    # The log's share of the disk, which stays taken, and what a start after a crash replays: seconds.
    "max_wal_size": "'256MB'",
    "cluster_name": "'watchly'",
    "timezone": "'UTC'",
    "lc_messages": "'C'",
    "default_text_search_config": "'pg_catalog.english'",
    # One file per day of the week, written over a week later. Neither statements nor rows: they hold what people wrote.
    "logging_collector": "on",
    "log_filename": "'postgres-%a.log'",
    "log_rotation_age": "'1d'",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_timezone": "'UTC'",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
# For tests: everything may be lost, as nothing is kept.
_VOLATILE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "'128MB'"}


def settings_file(*, durable: bool) -> str:
    """The text of postgresql.conf."""
    settings = _SETTINGS | (_DURABLE if durable else _VOLATILE)
    lines = [f"{name} = {value}" for name, value in settings.items()]
    return "\n".join(["# Written by Watchly at each start (watchly/processes/postgres_settings.py).", *lines, ""])
