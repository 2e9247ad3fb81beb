"""The cache holds JSON, and a server that hangs costs a few calls."""

from __future__ import annotations

import pickle
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.backends.cached_db import KEY_PREFIX
from django.core.cache import cache, caches
from django.test import Client

from accounts.tests.factories import UserFactory
from watchly.common import cache as caching
from watchly.common.cache import FAILURES, PAUSE_SECONDS, Breaker, Cache

EXECUTED: list[str] = []


class Trap:
    """What somebody who can write to the server would put there."""

    def __reduce__(self) -> Any:
        return EXECUTED.append, ("code ran",)


def put_raw(key: str, value: bytes) -> None:
    raw: Any = cache
    raw.client.get_client(write=True).set(raw.make_key(key), value)


def test_a_pickle_in_the_cache_is_a_miss_and_runs_nothing() -> None:
    put_raw("trap", pickle.dumps(Trap()))
    assert cache.get("trap") is None
    assert cache.get_many(["trap"]) == {"trap": None}
    assert EXECUTED == []


@pytest.mark.django_db
def test_a_session_that_was_pickled_is_read_from_the_database() -> None:
    client = Client()
    client.force_login(UserFactory.create(role="admin"))
    key = KEY_PREFIX + client.cookies["sessionid"].value
    assert cache.get(key)["_auth_user_id"]
    put_raw(key, pickle.dumps({"_auth_user_id": "1"}))
    assert client.get("/admin/").status_code == 200
    assert cache.get(key)["_auth_user_id"]  # written again, as JSON


@pytest.mark.parametrize("value", [{1, 2}, object(), float("nan")], ids=["set", "object", "NaN"])
def test_what_is_not_json_cannot_be_cached(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        cache.set("x", value)


def test_every_alias_serializes_as_json() -> None:
    for alias in django_settings.CACHES:
        client: Any = caches[alias]
        assert isinstance(client.client._serializer, caching.JSONSerializer)


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)
        server.setblocking(False)
        yield server


def connections(server: socket.socket) -> int:
    count = 0
    while True:
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


def test_after_three_failures_nobody_waits_for_a_server_that_hangs(
    silent: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(caching, "monotonic", lambda: clock[0])
    options = {**django_settings.CACHES["default"]["OPTIONS"], "SOCKET_TIMEOUT": 0.01, "SOCKET_CONNECT_TIMEOUT": 0.01}
    hanging: Any = Cache(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", {"OPTIONS": options})
    calls = [
        lambda: hanging.get("a", "default"),
        lambda: hanging.set("a", 1),
        lambda: hanging.ttl("a"),
    ]
    assert [call() for call in calls] == ["default", None, None]
    assert connections(silent) >= FAILURES
    more = [*calls, lambda: hanging.touch("a"), lambda: hanging.lock("a"), lambda: hanging.get_many(["a"])]
    assert [call() for call in more] == ["default", None, None, None, None, {}]
    assert connections(silent) == 0
    clock[0] += PAUSE_SECONDS
    assert hanging.get("a") is None
    tried = connections(silent)
    assert tried
    assert hanging.get("a") is None
    assert connections(silent) == 0


def test_one_call_tries_whether_the_server_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(caching, "monotonic", lambda: clock[0])
    breaker = Breaker()
    for _ in range(FAILURES):
        assert breaker.admit()
        breaker.failed(TimeoutError())
    assert not breaker.admit()
    clock[0] += PAUSE_SECONDS
    assert [breaker.admit(), breaker.admit()] == [True, False]
    breaker.succeeded()
    assert [breaker.admit(), breaker.admit()] == [True, True]
