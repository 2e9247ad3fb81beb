"""Who acts: what a service writes into a history or an audit without being handed it by every caller.

The door through which something comes in says who it is: the middleware for requests, a job or a command for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts.

    `via` is the door: `api`, `admin`, `page`, `import`, `provider`, `job` or `command`. `address` is truncated already
    (the first 24 bits of IPv4, 48 of IPv6).
    """

    user_id: int | None = None
    via: str = "command"
    address: str | None = None
    request_id: str | None = None


_NOBODY = Actor()
# A request is authenticated while it is handled, so who it is is asked when somebody wants to know.
_current: ContextVar[Callable[[], Actor]] = ContextVar("actor")


def current_actor() -> Actor:
    """Who acts now; outside requests and jobs a command that nobody is named for."""
    ask = _current.get(None)
    return ask() if ask is not None else _NOBODY


def bind_actor(ask: Callable[[], Actor]) -> None:
    """Says who acts from here on, until the next request of this thread binds its own."""
    _current.set(ask)


@contextmanager
def acting(*, via: str, user_id: int | None = None) -> Iterator[None]:
    """Within the block this acts: an import for whom asked for it, the provider's refresh for nobody."""
    token = _current.set(lambda: Actor(user_id=user_id, via=via))
    try:
        yield
    finally:
        _current.reset(token)
