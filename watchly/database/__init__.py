"""Django's PostgreSQL backend with a pool that fails fast and migrations that do not wait for locks for long."""
