"""Reads a request body on the event loop, within a size and a time, before a thread is given to the request."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from typing import IO, Any, NoReturn

from django.core.exceptions import RequestDataTooBig

Receive = Callable[[], Awaitable[dict[str, Any]]]

IDLE_SECONDS = 10.0  # between two pieces of a body
WHOLE_SECONDS = 20.0  # for any body, and on top of it
SLOWEST_BYTES = 32 * 1024  # a second, for large ones
_IN_MEMORY = 1024 * 1024  # a larger body goes to a temporary file


class TooSlowError(Exception):
    """The body did not arrive in time."""


class DisconnectedError(Exception):
    """The client left before the body was complete."""


class OverBudgetError(Exception):
    """Unfinished bodies hold as much memory, or as much disk, as they may."""


class Budget:
    """Bytes that the bodies of one process may hold, in all and for one address."""

    def __init__(self, *, most: int, most_of_one: int) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self.held = 0
        self._of: dict[str, int] = {}

    def take(self, address: str, count: int) -> None:
        """Account for `count` more bytes. Raises OverBudgetError."""
        own = self._of.get(address, 0) + count
        if self.held + count > self._most or own > self._most_of_one:
            raise OverBudgetError
        self.held += count
        self._of[address] = own

    def give_back(self, address: str, count: int) -> None:
        """Account for `count` bytes that are no longer held."""
        self.held -= count
        left = self._of.get(address, 0) - count
        if left > 0:
            self._of[address] = left
        else:
            self._of.pop(address, None)


class Unread:
    """Stands for a body that is larger than this caller may send: whoever reads it gets a 413."""

    def __init__(self, most: int) -> None:
        self._most = most

    def read(self, *args: Any) -> NoReturn:
        raise RequestDataTooBig(f"The request body is larger than {self._most:,} bytes.")

    readline = readlines = __iter__ = read


class Body:
    """The body of one request, read piece by piece with `read_up_to`. Close it."""

    def __init__(self, receive: Receive, *, declared: int | None, memory: Budget, disk: Budget, address: str) -> None:
        """`declared` is the Content-Length; None for a chunked body. `memory` counts until the body is complete, `disk`
        until it is closed.
        """
        self._receive = receive
        self._memory = memory
        self._disk = disk
        self._address = address
        self._in_memory = 0
        self._on_disk = 0
        self._began = asyncio.get_running_loop().time()
        self.declared = declared
        self.complete = False
        self.length = 0
        self.file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  closed by close()

    async def read_up_to(self, most: int) -> None:
        """Read on until the body is complete or longer than `most` bytes.

        Raises TooSlowError, DisconnectedError, OverBudgetError, and OSError where a temporary file cannot be written.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(IDLE_SECONDS) as patience:
                while not self.complete and self.length <= most:
                    message = await self._receive()
                    if message["type"] == "http.disconnect":
                        raise DisconnectedError
                    if piece := message.get("body", b""):
                        await self._keep(piece)
                    self.complete = not message.get("more_body", False)
                    last = self._began + WHOLE_SECONDS + self.length / SLOWEST_BYTES
                    patience.reschedule(min(loop.time() + IDLE_SECONDS, last))
        except TimeoutError as error:
            raise TooSlowError from error
        if self.complete:
            self._settle()

    async def _keep(self, piece: bytes) -> None:
        self.length += len(piece)
        if self.length <= _IN_MEMORY:
            self._memory.take(self._address, len(piece))
            self._in_memory += len(piece)
            self.file.write(piece)
        else:
            more = self.length - self._on_disk  # the first time, all that was in memory too
            self._disk.take(self._address, more)
            self._on_disk += more
            self._settle()
            await asyncio.to_thread(self.file.write, piece)

    def _settle(self) -> None:
        """The memory of a complete body is bounded by the number of threads and of those that may wait for one."""
        self._memory.give_back(self._address, self._in_memory)
        self._in_memory = 0

    async def discard(self, *, seconds: float, most: int) -> None:
        """Read and drop what a client still sends, so that it gets to read the response instead of a reset."""
        seen = 0
        try:
            async with asyncio.timeout(seconds):
                while seen < most:
                    message = await self._receive()
                    if message["type"] == "http.disconnect" or not message.get("more_body", False):
                        return
                    seen += len(message.get("body", b""))
        except TimeoutError:
            return

    def close(self) -> None:
        """Free the memory and the temporary file."""
        self._settle()
        self._disk.give_back(self._address, self._on_disk)
        self._on_disk = 0
        self.file.close()
