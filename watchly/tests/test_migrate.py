"""`manage.py migrate` gives up on a lock, lets others through, and tries again."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.commands import migrate as djangos
from django.db import OperationalError
from psycopg.errors import LockNotAvailable, UndefinedTable

from watchly.processes.management.commands import migrate


def run(monkeypatch: pytest.MonkeyPatch, outcomes: list[Exception | None]) -> tuple[str, list[float]]:
    pauses: list[float] = []

    def handle(self: Any, *args: Any, **options: Any) -> None:
        if (error := outcomes.pop(0)) is not None:
            raise OperationalError from error

    monkeypatch.setattr(djangos.Command, "handle", handle)
    monkeypatch.setattr(migrate.time, "sleep", pauses.append)
    said = io.StringIO()
    call_command("migrate", stderr=said)
    return said.getvalue(), pauses


def test_a_migration_that_did_not_get_its_lock_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    said, pauses = run(monkeypatch, [LockNotAvailable(), LockNotAvailable(), None])
    assert "trying again in 3 s (2 of 9)" in said
    assert pauses == [3.0, 3.0]


def test_a_migration_gives_up_in_the_end_and_on_other_errors_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes: list[Exception | None] = [LockNotAvailable()] * migrate.ATTEMPTS
    with pytest.raises(OperationalError):
        run(monkeypatch, outcomes)
    assert outcomes == []
    outcomes = [UndefinedTable(), None]
    with pytest.raises(OperationalError):
        run(monkeypatch, outcomes)
    assert outcomes == [None]
