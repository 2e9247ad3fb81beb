"""While the database is away, busy, slow or full, the server says so at once, and the code says which."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection, transaction
from django.test import Client
from psycopg import errors as postgres

from watchly import settings_database
from watchly.common.outages import refusal
from watchly.database.pool import Pool, PoolTimeoutError


@pytest.fixture
def pools(db: None) -> Iterator[list[Pool]]:
    made: list[Pool] = []
    yield made
    for pool in made:
        pool.close()


def pool_of(pools: list[Pool], *, size: int = 2, **parameters: Any) -> Pool:
    own = {**connection.get_connection_params(), **parameters}
    pools.append(Pool(own, lambda made: None, max_size=size, timeout=0.01, max_lifetime=60, max_idle=60))
    return pools[-1]


def backend(lent: psycopg.Connection[Any]) -> int:
    return lent.info.backend_pid


def test_a_connection_is_used_again(pools: list[Pool]) -> None:
    pool = pool_of(pools)
    first = pool.getconn()
    number = backend(first)
    first.autocommit = False
    first.execute("CREATE TEMPORARY TABLE left_open (id int)")
    pool.putconn(first)
    again = pool.getconn()
    assert (backend(again), again.autocommit) == (number, True)
    with pytest.raises(postgres.UndefinedTable):
        again.execute("SELECT 1 FROM left_open")
    pool.putconn(again)


def test_a_session_that_the_server_ended_is_replaced_unseen(pools: list[Pool]) -> None:
    pool = pool_of(pools)
    lent = [pool.getconn(), pool.getconn()]
    numbers = [backend(each) for each in lent]
    for each in lent:
        pool.putconn(each)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s) AS pid", [numbers])
    lent = [pool.getconn(), pool.getconn()]
    assert all(each.execute("SELECT 1").fetchone() == (1,) for each in lent)
    assert not {backend(each) for each in lent} & set(numbers)
    for each in lent:
        pool.putconn(each)


def test_when_every_connection_is_lent_the_next_is_refused(pools: list[Pool]) -> None:
    pool = pool_of(pools, size=1)
    lent = pool.getconn()
    with pytest.raises(PoolTimeoutError):
        pool.getconn()
    pool.putconn(lent)
    pool.putconn(pool.getconn())


def test_a_refusal_is_remembered_and_one_thread_tries_again(pools: list[Pool], monkeypatch: pytest.MonkeyPatch) -> None:
    attempts: list[float] = []
    trying, go_on = threading.Event(), threading.Event()

    def connect(**parameters: Any) -> Any:
        attempts.append(clock[0])
        if len(attempts) == 2:
            trying.set()
            go_on.wait(10)
        raise psycopg.OperationalError("connection refused")

    clock = [100.0]
    monkeypatch.setattr("watchly.database.pool.monotonic", lambda: clock[0])
    monkeypatch.setattr("watchly.database.pool.PooledConnection.connect", connect)
    pool = pool_of(pools, size=3)

    def refused() -> None:
        with pytest.raises(psycopg.OperationalError, match="refused"):
            pool.getconn()

    for _ in range(3):
        refused()
    assert attempts == [100.0]
    clock[0] = 101.0
    slow = threading.Thread(target=refused)
    slow.start()
    assert trying.wait(10)
    refused()
    assert attempts == [100.0, 101.0]
    go_on.set()
    slow.join()
    monkeypatch.undo()
    pool._retry_at = 0.0
    pool.putconn(pool.getconn())


def test_after_a_lock_timeout_requests_wait_a_moment_only(pools: list[Pool], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("watchly.database.pool.monotonic", lambda: clock[0])
    pool = pool_of(pools, options="-c lock_timeout=2s")

    def patience() -> Any:
        lent = pool.getconn()
        found = lent.execute("SHOW lock_timeout").fetchone()
        pool.putconn(lent)
        return found

    assert patience() == ("2s",)
    pool.hurry()
    assert patience() == ("250ms",)
    clock[0] += 6
    assert patience() == ("2s",)


@pytest.mark.django_db(transaction=True)
def test_each_kind_of_outage_has_its_code(pools: list[Pool]) -> None:
    def code(setting: str, statement: str) -> str:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, '1ms', true)", [setting])
            with pytest.raises(OperationalError) as caught, transaction.atomic():
                cursor.execute(statement)
        meant = refusal(caught.value)
        assert meant is not None
        return meant.code

    pool = pool_of(pools)
    holder = pool.getconn()
    holder.autocommit = False
    holder.execute("LOCK TABLE social_play IN ACCESS EXCLUSIVE MODE")
    assert code("lock_timeout", "SELECT 1 FROM social_play") == "lock_timeout"
    pool.putconn(holder)
    assert code("statement_timeout", "SELECT pg_sleep(5)") == "statement_timeout"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PoolTimeoutError("x"), "pool_timeout"),
        (postgres.DeadlockDetected("x"), "lock_timeout"),
        (postgres.DiskFull("x"), "storage_full"),
        (OSError(errno.ENOSPC, "No space left on device"), "storage_full"),
        (postgres.ReadOnlySqlTransaction("x"), "unavailable"),
        (postgres.AdminShutdown("x"), "unavailable"),
        (InterfaceError("connection already closed"), "unavailable"),
        (postgres.UniqueViolation("x"), None),
        (OSError(errno.ENOENT, "No such file"), None),
        (ValueError("x"), None),
        (None, None),
    ],
    ids=str,
)
def test_errors_of_drivers_and_disks_have_a_meaning(error: Exception | None, code: str | None) -> None:
    meant = refusal(error)
    assert (meant.code if meant else None) == code


@pytest.mark.parametrize(("path", "kind"), [("/api/movies", "application/problem+json"), ("/admin/", "text/html")])
def test_a_database_that_is_away_in_a_middleware_is_503(path: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("no socket at 10.0.0.1") from psycopg.OperationalError("refused")

    monkeypatch.setattr("django.contrib.messages.middleware.MessageMiddleware.process_request", away)
    response = Client(raise_request_exception=False).get(path)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
    assert response.headers["Content-Type"].startswith(kind)
    assert b"10.0.0.1" not in response.content


def test_a_full_disk_of_the_database_is_507(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        raise OperationalError from postgres.DiskFull("could not extend file")

    monkeypatch.setattr("watchly.api.pages.fetch", full)
    response = Client().get("/api/movies")
    assert (response.status_code, response.json()["code"]) == (507, "storage_full")
    assert "disk is full" in response.json()["detail"]


def test_a_request_waits_shortly_and_a_worker_as_long_as_it_takes() -> None:
    web, worker = (settings_database._PATIENCE[role] for role in ("web", "worker"))
    assert (web.statement, web.lock) == (5, 2)
    assert (worker.statement, worker.lock) == (0, 60)
    with psycopg.connect(**connection.get_connection_params() | {"options": web.options}) as own:
        assert own.execute("SELECT current_setting('statement_timeout')").fetchone() == ("5s",)


@pytest.mark.parametrize(("atomic", "expected"), [(True, "2s"), (False, "0")])
@pytest.mark.django_db(transaction=True)
def test_an_atomic_migration_gives_up_on_a_lock(atomic: bool, expected: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
    with connection.schema_editor(atomic=atomic), connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == (expected,)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
        cursor.execute("RESET lock_timeout")
