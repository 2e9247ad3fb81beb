"""The database backend: `ENGINE = "watchly.database"`."""

from __future__ import annotations

import os
from typing import Any, Final

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from django.db.backends.postgresql.schema import DatabaseSchemaEditor as PostgresSchemaEditor

from watchly.database.pool import Pool

MIGRATION_LOCK_TIMEOUT: Final = "2s"


class DatabaseSchemaEditor(PostgresSchemaEditor):
    """Gives up on a lock early: every query that arrives after ALTER TABLE started to wait would wait behind it.

    Migrations that are not atomic build indexes concurrently and must wait for older transactions, so those do.
    """

    def __enter__(self) -> DatabaseSchemaEditor:
        super().__enter__()
        if self.atomic_migration and not self.collect_sql:
            with self.connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{MIGRATION_LOCK_TIMEOUT}'")
        return self


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with our pool in place of psycopg_pool's."""

    SchemaEditorClass = DatabaseSchemaEditor
    _connection_pools: dict[str, Any] = {}

    @property
    def pool(self) -> Pool | None:
        """The pool of this process, made on first use; None where OPTIONS name none."""
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not options:
            return None
        if self.alias not in self._connection_pools:
            pool = Pool(self.get_connection_params(), self._configure_connection, **options)  # type: ignore[attr-defined]
            self._connection_pools.setdefault(self.alias, pool)
        found: Pool = self._connection_pools[self.alias]
        return found


# A forked child must not talk through its parent's connections. (psycopg closes none that another process made.)
os.register_at_fork(after_in_child=DatabaseWrapper._connection_pools.clear)
