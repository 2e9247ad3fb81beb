"""How often something may be called. Counted in Redis, one atomic call a count, shared by every process.

A view names its limits: `limits = (Limit("search", quota=60, seconds=60),)`; a method may have its own:
`limits = {"POST": (...)}`. What is counted by (an address, a user, a key) stands in the limit. `spend` counts for what
only the view knows.

The window is fixed and begins with the first call in it. Without Redis nothing is counted and everything is let
through, at once for some seconds after a failure: what must hold then (guessing passwords) is counted in the database
by accounts. WATCHLY_RATE_SCALE multiplies every quota.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NoReturn

import structlog
from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from watchly.api.middleware import client_address
from watchly.common.addresses import counted_as, wider_network
from watchly.common.errors import RateLimited

log = structlog.get_logger(__name__)

By = Literal["address", "caller"]
WIDER = 10  # times the quota of an IPv6 /64 that its /48 has

_COUNT = """
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  left = tonumber(ARGV[2])
end
return {count, left}
"""
_PAUSE_SECONDS = 5.0
_paused_until = 0.0


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `quota` calls in `seconds`, by the caller's address or by who it is (a user; without one the address).

    An IPv6 address counts as its /64, and its /48 has ten times the quota.
    """

    name: str
    quota: int
    seconds: int
    by: By = "address"

    @property
    def scaled(self) -> int:
        """The quota as it is here: times WATCHLY_RATE_SCALE, and at least one call."""
        return max(1, math.floor(self.quota * settings.RATE_SCALE))


@dataclass(frozen=True, slots=True)
class Count:
    """What is left of a limit, and in how many seconds its window ends."""

    remaining: int
    reset: int
    exceeded: bool


def spend(request: HttpRequest, limit: Limit, key: str, *, cost: int = 1) -> None:
    """Counts a call under this key; the answer's headers say what is left. Raises RateLimited when nothing is."""
    count = _count(limit, key, cost)
    if count is None:
        return
    if count.exceeded:
        _refuse(request, limit, count)
    _say(request, limit, count)


def _say(request: HttpRequest, limit: Limit, count: Count) -> None:
    # Formed here and written by the middleware (draft-ietf-httpapi-ratelimit-headers), whoever answers.
    headers = (
        f'"{limit.name}";q={limit.scaled};w={limit.seconds}',
        f'"{limit.name}";r={count.remaining};t={count.reset}',
    )
    request.rate_limits = [*getattr(request, "rate_limits", []), headers]  # type: ignore[attr-defined]


def _refuse(request: HttpRequest, limit: Limit, count: Count) -> NoReturn:
    _say(request, limit, count)
    raise RateLimited(
        f"Too many requests: {limit.scaled} in {_words(limit.seconds)} is the most. Try again in {count.reset} s.",
        retry_after=count.reset,
    )


def key_of(request: Request | HttpRequest, by: By) -> str:
    """What a limit is counted by for this request."""
    user = getattr(request, "user", None) if by == "caller" else None
    if user is not None and user.is_authenticated:
        return f"user {user.pk}"
    return f"address {counted_as(client_address(getattr(request, '_request', request)))}"


class ViewLimits(BaseThrottle):
    """Counts every call of a view against the limits that it names."""

    def allow_request(self, request: Request, view: Any) -> bool:
        for limit in limits_of(view, str(request.method)):
            key = key_of(request, limit.by)
            if key.startswith("address"):
                _spend_wider(request._request, limit)
            spend(request._request, limit, key)
        return True


def _spend_wider(request: HttpRequest, limit: Limit) -> None:
    """Counts a call from IPv6 for its /48 too, which holds 65,536 networks of /64: ten times the quota for all of them.

    The headers speak of the /64 alone, unless this refuses.
    """
    network = wider_network(client_address(request))
    if network is None:
        return
    wider = replace(limit, name=f"{limit.name}-48", quota=limit.quota * WIDER)
    count = _count(wider, f"address {network}", 1)
    if count is not None and count.exceeded:
        _refuse(request, wider, count)


def limits_of(view: Any, method: str) -> Iterator[Limit]:
    """The limits that a view names for a method."""
    found: Any = getattr(view, "limits", ())
    yield from found.get(method, ()) if isinstance(found, Mapping) else found


def _count(limit: Limit, key: str, cost: int) -> Count | None:
    """The state after this call; None where there is nobody to count."""
    global _paused_until
    if time.monotonic() < _paused_until:
        return None
    cache: Any = caches["limits"]
    # A digest: what is counted by may be an address or a name, and stands in no key.
    digest = hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
    name = cache.make_key(f"limit:{limit.name}:{digest}")
    try:
        count, left = cache.client.get_client(write=True).eval(_COUNT, 1, name, cost, limit.seconds * 1000)
    except (RedisError, OSError) as error:
        _paused_until = time.monotonic() + _PAUSE_SECONDS
        log.warning("limits_not_counted", error=type(error).__name__)
        return None
    over = count > limit.scaled
    return Count(max(0, limit.scaled - count), max(1, math.ceil(left / 1000)), over)


def _words(seconds: int) -> str:
    for size, name in ((3600, "hour"), (60, "minute")):
        if seconds % size == 0:
            number = seconds // size
            return f"a {name}" if number == 1 else f"{number} {name}s"
    return f"{seconds} seconds"
