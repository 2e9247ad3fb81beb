"""/livez and /readyz"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from watchly import health


@pytest.mark.django_db
def test_ready_means_database_and_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", False)
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["status"]) == (200, "ready")
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_a_pending_migration_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'movies'")
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["status"]) == (503, "unavailable")


def test_a_database_that_is_gone_is_not_ready_but_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def gone(*args: Any, **kwargs: Any) -> Iterator[None]:
        raise OperationalError("gone")
        yield

    monkeypatch.setattr(connection, "cursor", gone)
    assert Client().get("/readyz").status_code == 503
    assert Client().get("/livez").status_code == 200


@pytest.mark.django_db
def test_without_the_cache_it_is_ready_and_degraded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.cache, "get", lambda *args, **kwargs: None)
    monkeypatch.setattr(health.cache, "set", lambda *args, **kwargs: False)
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")
