"""One GET over HTTP that ends in time, whatever the other side does: never answers, answers for ever, or sends a flood.

Timeouts of a socket bound the pause between two bytes and no name is looked up under one. So the exchange runs in a
thread of its own, and whoever waits for it cuts its connection when the time is over.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlsplit

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection

_CHUNK = 1 << 16
_KEPT_CONNECTIONS = 4


class Failed(Exception):
    """No answer that can be used. The message names no address, since that may hold a key."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. The names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Call:
    """An exchange on its way: its connection, and where its outcome will be."""

    def __init__(self) -> None:
        self.outcome: SimpleQueue[Answer | Failed] = SimpleQueue()
        self._socket: socket.socket | None = None
        self._over = False

    def holds(self, connected: socket.socket | None) -> None:
        """Notes over which socket the answer comes."""
        self._socket = connected
        if self._over:
            self.cut()

    def cut(self) -> None:
        """Ends it: whoever reads from the socket finds its end."""
        self._over = True
        if self._socket is not None:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it had ended by itself


_of_thread = threading.local()


class _Watched:
    """A connection that tells the call of its thread which socket it reads from."""

    sock: socket.socket | None

    def getresponse(self) -> Any:
        call: _Call | None = getattr(_of_thread, "call", None)
        if call is not None:
            call.holds(self.sock)
        return super().getresponse()  # type: ignore[misc]


class _Plain(_Watched, HTTPConnection):
    pass


class _Secure(_Watched, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


@lru_cache(maxsize=8)
def _pool(scheme: str, host: str, port: int | None) -> HTTPConnectionPool:
    """Connections to one server, kept open between calls. Certificates are verified."""
    pool = _SecurePool if scheme == "https" else _PlainPool
    return pool(host, port, maxsize=_KEPT_CONNECTIONS)


def fetch(url: str, *, target: str, headers: Mapping[str, str], seconds: float, most_bytes: int) -> Answer:
    """GETs `target` (path and query below `url`). Follows no redirect and takes no compressed answer.

    Raises Failed when there is no whole answer of at most `most_bytes` within `seconds`.
    """
    base = urlsplit(url)
    pool = _pool(base.scheme, base.hostname or "", base.port)
    call = _Call()
    arguments = (call, pool, base.path.rstrip("/") + target, headers, seconds, most_bytes)
    threading.Thread(target=_carry_out, args=arguments, name="provider-call", daemon=True).start()
    try:
        outcome = call.outcome.get(timeout=seconds)
    except Empty:
        call.cut()
        raise Failed(f"There was no whole answer within {seconds:g} seconds.") from None
    if isinstance(outcome, Failed):
        raise outcome
    return outcome


def _carry_out(
    call: _Call, pool: HTTPConnectionPool, target: str, headers: Mapping[str, str], seconds: float, most_bytes: int
) -> None:
    _of_thread.call = call
    try:
        call.outcome.put(_answer(pool, target, headers, seconds, most_bytes))
    except Failed as failed:
        call.outcome.put(failed)
    except Exception as error:  # a thread has nobody above it who would hear of it; the waiting caller does
        call.outcome.put(Failed(f"The call failed: {type(error).__name__}."))


def _answer(
    pool: HTTPConnectionPool, target: str, headers: Mapping[str, str], seconds: float, most_bytes: int
) -> Answer:
    response = pool.urlopen(
        "GET",
        target,
        headers={**headers, "Accept-Encoding": "identity"},
        timeout=Timeout(connect=seconds, read=seconds),
        retries=False,
        redirect=False,
        preload_content=False,
        decode_content=False,
    )
    whole = False
    try:
        # Inflated, a few bytes may be gigabytes.
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Failed("The answer is compressed, which was not asked for.")
        body = bytearray()
        while chunk := response.read1(_CHUNK):
            body += chunk
            if len(body) > most_bytes:
                raise Failed(f"The answer has more than {most_bytes} bytes.")
        whole = True
        found = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, found, bytes(body))
    finally:
        if whole:
            response.release_conn()
        else:
            response.close()
