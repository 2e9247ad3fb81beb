"""The threads that run Django: a fixed number, and a bounded wait for one of them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class OverloadedError(Exception):
    """No thread became free in time, or too many requests are waiting already."""


class _Job(Generic[T]):
    """One piece of work. Whoever takes its ticket, a thread or the timeout, decides what becomes of it."""

    __slots__ = ("_ticket", "future", "loop", "work")

    def __init__(self, work: Callable[[], T], loop: asyncio.AbstractEventLoop) -> None:
        self.work = work
        self.loop = loop
        self.future: asyncio.Future[T] = loop.create_future()
        self._ticket = [True]

    def claim(self) -> bool:
        """True for exactly one caller: `list.pop` is atomic."""
        try:
            return self._ticket.pop()
        except IndexError:
            return False

    def expire(self) -> None:
        """Give up on the job unless a thread has begun it. Called on the event loop."""
        if self.claim() and not self.future.done():
            self.future.set_exception(OverloadedError)

    def finish(self, result: T | None, error: BaseException | None) -> None:
        """Hand the outcome to the waiting coroutine. Called on the event loop."""
        if self.future.done():  # the server is stopping and cancelled the coroutine
            return
        if error is not None:
            self.future.set_exception(error)
        else:
            self.future.set_result(result)  # type: ignore[arg-type]


class Threads:
    """`count` daemon threads, started with the first job.

    A plain queue instead of a ThreadPoolExecutor: half the CPU time per request, and a job that waits can expire.
    """

    def __init__(self, count: int, *, most_waiting: int, patience: float) -> None:
        """`most_waiting` jobs may wait for a thread, each for at most `patience` seconds."""
        self._count = count
        self._most_waiting = most_waiting
        self._patience = patience
        self._queue: SimpleQueue[_Job[Any]] = SimpleQueue()
        self._started = False
        self._outstanding = 0  # running or waiting; counted on the event loop alone

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` in one of the threads. Raises OverloadedError, or what `work` raises."""
        if not self._started:
            self._start()
        if self._outstanding >= self._count + self._most_waiting:
            raise OverloadedError
        self._outstanding += 1
        loop = asyncio.get_running_loop()
        job = _Job(work, loop)
        timer = loop.call_later(self._patience, job.expire)
        self._queue.put(job)
        try:
            return await job.future
        finally:
            timer.cancel()
            self._outstanding -= 1

    def _start(self) -> None:
        self._started = True
        for number in range(self._count):
            threading.Thread(target=self._serve, name=f"request-{number + 1}", daemon=True).start()

    def _serve(self) -> None:
        while True:
            job = self._queue.get()
            if not job.claim():
                continue
            result, error = None, None
            try:
                result = job.work()
            except BaseException as raised:
                error = raised
            try:
                job.loop.call_soon_threadsafe(job.finish, result, error)
            except RuntimeError:  # the event loop has ended
                return
            del job, result, error  # an idle thread keeps no request alive
