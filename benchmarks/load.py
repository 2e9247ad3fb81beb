"""A load of plain GET requests over kept-alive connections, from one thread, counting expected answers only."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle


@dataclass
class Outcome:
    """What a load of so many seconds got."""

    seconds: float
    expected: int = 0
    unexpected: int = 0
    latencies: list[float] = field(default_factory=list)  # seconds

    @property
    def rate(self) -> float:
        """Expected answers a second."""
        return self.expected / self.seconds

    def percentile(self, share: float) -> float:
        """A latency in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else float("nan")


class _Connection:
    def __init__(self, port: int, requests: Iterator[tuple[bytes, int]]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.requests = requests
        self.buffer = bytearray()
        self.need = -1
        self.length = 0
        self.send()

    def send(self) -> None:
        request, self.length = next(self.requests)
        self.buffer.clear()
        self.need = -1
        self.started = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool | None:
        """None while the answer is not whole, else whether it is the expected one."""
        chunk = self.socket.recv(262_144)
        if not chunk:
            raise ConnectionError("the server closed a connection")
        self.buffer += chunk
        if self.need < 0:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return None
            head = bytes(self.buffer[:end]).lower()
            start = head.index(b"content-length:") + 15
            length = int(head[start:].split(b"\r\n", 1)[0])
            self.need = end + 4 + length
            self.right = head.startswith(b"http/1.1 200") and length == self.length
        return self.right if len(self.buffer) >= self.need else None


def run(port: int, targets: Sequence[tuple[str, int]], *, connections: int, seconds: float) -> Outcome:
    """Asks for the paths in turn, each answer expected to be 200 with so many bytes of body."""
    requests = cycle(
        [(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode(), size) for path, size in targets]
    )
    outcome = Outcome(seconds)
    with selectors.DefaultSelector() as selector:
        open_ones = [_Connection(port, requests) for _ in range(connections)]
        for connection in open_ones:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        end = time.perf_counter() + seconds
        while (now := time.perf_counter()) < end:
            for key, _ in selector.select(timeout=end - now):
                connection = key.data
                right = connection.receive()
                if right is None:
                    continue
                outcome.latencies.append(time.perf_counter() - connection.started)
                outcome.expected += right
                outcome.unexpected += not right
                connection.send()
        for connection in open_ones:
            connection.socket.close()
    return outcome
