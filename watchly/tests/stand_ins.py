"""Small real HTTP servers on loopback that stand for a provider, and that fail on demand."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Fault = Callable[["Handler"], bool]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class StandIn:
    """A server with the files it was given, the requests it saw, and a fault that it answers with instead.

    `files` are names to content, `written` names to the time of writing. `fault` is asked before each request is
    answered; when it returns true, it has answered in its own way.
    """

    def __init__(self, handler: type[Handler]) -> None:
        self.files: dict[str, bytes] = {}
        self.written: dict[str, datetime] = {}
        self.types: dict[str, str] = {}
        self.requests: list[str] = []
        self.fault: Fault | None = None
        self.released = threading.Event()
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (handler,), {"stand_in": self}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def keep(self, name: str, data: bytes, kind: str = "") -> None:
        """Puts a file there."""
        with self.lock:
            self.files[name], self.types[name] = data, kind
            self.written.setdefault(name, NOW)


class Handler(BaseHTTPRequestHandler):
    """What all stand-ins have in common: the body, the log of requests, the faults."""

    stand_in: Any
    protocol_version = "HTTP/1.1"

    def __getattr__(self, name: str) -> Any:
        """Every method is answered in one place."""
        if not name.startswith("do_"):
            raise AttributeError(name)
        return self.handle_any

    def handle_any(self) -> None:
        """Reads the body, then fails as was asked or answers."""
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.stand_in.requests.append(f"{self.command} {self.path}")
        if self.stand_in.fault is None or not self.stand_in.fault(self):
            self.answer()

    def answer(self) -> None:
        """The provider's own answer."""
        raise NotImplementedError

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        """One whole answer. `headers` have underscores for hyphens."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing: a test reads `requests`."""


def status(code: int, body: bytes = b"") -> Fault:
    """Answers with this status."""

    def fault(handler: Handler) -> bool:
        handler.reply(code, body, Content_Type="application/json")
        return True

    return fault


def reset(handler: Handler) -> bool:
    """Breaks the connection off, as a crashed server does."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()
    return True


def truncated(handler: Handler) -> bool:
    """Promises more than it sends."""
    handler.close_connection = True
    handler.reply(200, b'{"bytes', Content_Length="1000", ETag='"0"', Content_Type="application/json")
    return True


def hanging(handler: Handler) -> bool:
    """Never answers, until the test ends."""
    handler.stand_in.released.wait(30)
    handler.close_connection = True
    return True


def after(calls: int, fault: Fault) -> Fault:
    """Lets as many calls through, then fails."""
    left = iter(range(calls))
    return lambda handler: next(left, None) is None and fault(handler)


def first(calls: int, fault: Fault) -> Fault:
    """Fails as many times, then answers."""
    left = iter(range(calls))
    return lambda handler: next(left, None) is not None and fault(handler)


def only(method: str, fault: Fault) -> Fault:
    """Fails for one HTTP method."""
    return lambda handler: handler.command == method and fault(handler)
