"""A stand-in of TMDB's HTTP interface: a real server on loopback that answers as it is told, well or ill."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Answering = Callable[[BaseHTTPRequestHandler], None]


class StandIn:
    """What the server answers, by path, and what it was asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.headers: list[dict[str, str]] = []
        # Set when the test is over, so that whoever hangs lets go.
        self.over = threading.Event()

    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [path for path, _ in self.asked]


def _handler(stand_in: list[StandIn]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            stand_in[0].asked.append((parts.path, dict(parse_qsl(parts.query))))
            stand_in[0].headers.append({name.lower(): value for name, value in self.headers.items()})
            answer = stand_in[0].answers.get(parts.path)
            if isinstance(answer, list):  # one after the other, the last for good
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
            if callable(answer):
                answer(self)
            elif answer is None:
                say(404, {"status_code": 34, "status_message": "The resource could not be found."})(self)
            elif isinstance(answer, bytes):
                say(200, answer)(self)
            else:
                say(200, answer)(self)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name of the standard library
            return

    return Handler


@contextmanager
def standing_in() -> Iterator[StandIn]:
    """Runs the server while the block does."""
    held: list[StandIn] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(held))
    server.daemon_threads = True
    server.block_on_close = False
    held.append(StandIn(f"http://127.0.0.1:{server.server_address[1]}"))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield held[0]
    finally:
        held[0].over.set()
        server.shutdown()
        server.server_close()
        thread.join()


# --- ways to answer --------------------------------------------------------------------------------------------------


def say(status: int, body: Any = b"", **headers: str) -> Answering:
    """A whole answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def hang(stand_in: StandIn) -> Answering:
    """Takes the request and says nothing."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        stand_in.over.wait(30)
        handler.close_connection = True

    return answer


def drip(stand_in: StandIn, *, in_headers: bool) -> Answering:
    """A byte every now and then, for ever: each comes in time, and the answer never ends."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        start = b"HTTP/1.1 200 OK\r\nX-Long: " if in_headers else b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"
        try:
            handler.connection.sendall(start)
            while not stand_in.over.wait(0.02):
                handler.connection.sendall(b" ")
        except OSError:
            return

    return answer


def flood(handler: BaseHTTPRequestHandler) -> None:
    """As fast as it goes, without an end and without saying how much."""
    handler.close_connection = True
    try:
        handler.connection.sendall(b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"title": "')
        while True:
            handler.connection.sendall(b"x" * 65_536)
    except OSError:
        return


def reset(handler: BaseHTTPRequestHandler) -> None:
    """The connection is reset."""
    handler.close_connection = True
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def cut_short(handler: BaseHTTPRequestHandler) -> None:
    """Less than was announced."""
    handler.close_connection = True
    handler.connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"id": 949}')
