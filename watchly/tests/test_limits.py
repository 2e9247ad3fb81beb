"""Rate limits: counted once for all processes, said in headers, and let through when nobody counts."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.core.cache import caches
from django.test import RequestFactory
from rest_framework.test import APIClient

from accounts.tests.factories import UserFactory
from watchly.api import limits
from watchly.api.limits import Limit, key_of, spend
from watchly.api.schema import limits_of
from watchly.common.errors import RateLimited

SMALL = Limit("small", 3, 60)


@pytest.fixture(autouse=True)
def unscaled(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RATE_SCALE = 1
    monkeypatch.setattr(limits, "_paused_until", 0.0)
    caches["limits"].clear()


def used_up(limit: Limit, key: str, calls: int) -> int:
    """How many of these calls were let through."""
    through = 0
    for _ in range(calls):
        with suppress(RateLimited):
            spend(RequestFactory().get("/"), limit, key)
            through += 1
    return through


def test_a_quota_is_for_each_key() -> None:
    assert used_up(SMALL, "one", 5) == 3
    assert used_up(SMALL, "other", 2) == 2
    assert used_up(Limit("another", 3, 60), "one", 2) == 2


def test_twenty_at_once_are_counted_each() -> None:
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: used_up(Limit("burst", 7, 60), "one", 1), range(20))) == 7


def test_a_window_ends() -> None:
    """The window begins with the first call and lives as long as its name in the cache."""
    used_up(SMALL, "one", 4)
    client: Any = caches["limits"]
    server = client.client.get_client(write=True)
    (name,) = server.keys("*limit:small:*")
    assert 0 < server.pttl(name) <= 60_000
    assert b"one" not in name
    server.delete(name)
    assert used_up(SMALL, "one", 1) == 1


def test_the_scale_multiplies_and_leaves_at_least_one(settings: Any) -> None:
    settings.RATE_SCALE = 2
    assert used_up(SMALL, "one", 9) == 6
    settings.RATE_SCALE = 0.01
    assert used_up(SMALL, "two", 9) == 1


def test_the_headers_add_up() -> None:
    client = APIClient()
    answers = [client.post("/api/auth/login", {}) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [400] * 20 + [429]
    for number, answer in enumerate(answers):
        assert answer.headers["RateLimit-Policy"] == '"login";q=20;w=60'
        left = re.fullmatch(r'"login";r=(\d+);t=(\d+)', answer.headers["RateLimit"])
        assert left is not None
        assert (int(left[1]), 0 < int(left[2]) <= 60) == (max(0, 19 - number), True)
    refused = answers[-1]
    assert refused.json()["code"] == "rate_limited"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert client.post("/api/auth/login", {}, REMOTE_ADDR="198.51.100.7").status_code == 400


def test_what_is_not_limited_has_no_headers(db: None) -> None:
    assert "RateLimit" not in APIClient().get("/api/genres").headers


def test_without_the_cache_everything_goes_through_at_once(settings: Any) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "limits": {**settings.CACHES["limits"], "LOCATION": "redis://127.0.0.1:1/0"},
    }
    assert used_up(SMALL, "one", 9) == 9
    assert limits._paused_until > 0  # nobody waits for it again for some seconds
    request = RequestFactory().get("/")
    spend(request, SMALL, "one")
    assert not hasattr(request, "rate_limits")


def test_who_is_counted(db: None) -> None:
    request: Any = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1")
    assert key_of(request, "caller") == key_of(request, "address") == "address 192.0.2.1"
    request.user = UserFactory.create()
    assert key_of(request, "caller") == f"user {request.user.pk}"
    assert key_of(request, "address") == "address 192.0.2.1"


def test_an_ipv6_address_is_counted_with_its_network() -> None:
    def calls(addresses: list[str]) -> list[int]:
        return [APIClient().post("/api/auth/login", {}, REMOTE_ADDR=address).status_code for address in addresses]

    assert calls([f"2001:db8:1:1::{number:x}" for number in range(21)]) == [400] * 20 + [429]
    assert calls([f"2001:db8:1:{subnet:x}::1" for subnet in range(2, 182)]) == [400] * 179 + [429]  # the /48: 200
    assert calls(["2001:db8:2::1", "::ffff:192.0.2.1"]) == [400, 400]
    assert key_of(RequestFactory().get("/", REMOTE_ADDR="::ffff:192.0.2.1"), "address") == "address 192.0.2.1"


def test_a_view_names_its_limits_for_all_methods_or_for_each() -> None:
    class All:
        limits = (SMALL,)

    class Some:
        limits = {"POST": (SMALL,)}

    assert [list(limits_of(All(), "GET")), list(limits_of(Some(), "POST"))] == [[SMALL], [SMALL]]
    assert list(limits_of(Some(), "GET")) == list(limits_of(object(), "GET")) == []


@pytest.mark.parametrize(
    ("limit", "detail"), [(Limit("h", 1, 7200), "1 in 2 hours"), (Limit("s", 1, 45), "1 in 45 seconds")]
)
def test_a_refusal_says_what_the_most_is(limit: Limit, detail: str) -> None:
    used_up(limit, "one", 1)
    with pytest.raises(RateLimited, match=detail) as refusal:
        spend(RequestFactory().get("/"), limit, "one")
    assert 0 < refusal.value.retry_after <= limit.seconds
