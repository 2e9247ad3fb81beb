"""Whether this server is alive and ready. Outside /api/, for probes."""

from __future__ import annotations

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

_READY_SECONDS = 0.5
_migrated = False  # once seen, it stays so for the life of this process: a migration comes with a new process


@csrf_exempt  # reads nothing, so that another method is a 405 and no page about cookies
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers at all."""
    return _answer({"status": "alive"}, 200)


@csrf_exempt
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when requests can be served: the database answers within half a second and every migration is applied.

    Without the cache the server is ready, and degraded.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT set_config('statement_timeout', '{round(_READY_SECONDS * 1000)}', false)")
            try:
                cursor.execute("SELECT 1")
                pending = not _all_migrated()
            finally:
                cursor.execute("RESET statement_timeout")
    except Error:
        return _answer({"status": "unavailable", "database": "does not answer"}, 503)
    if pending:
        return _answer({"status": "unavailable", "database": "migrations are not applied"}, 503)
    # django-redis says whether it could set, where Django's interface promises nothing.
    degraded = cache.get("readyz") is None and not cache.set("readyz", 1, timeout=60)  # type: ignore[func-returns-value]
    return _answer(
        {"status": "degraded" if degraded else "ready", "cache": "does not answer" if degraded else "ok"}, 200
    )


def _all_migrated() -> bool:
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def _answer(body: dict[str, str], status: int) -> JsonResponse:
    response = JsonResponse(body, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
