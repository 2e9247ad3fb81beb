"""Jobs that must not be lost. The one door to Procrastinate, so that the queue can be replaced.

`@task` makes a function a job and `enqueue` defers it as a row in the caller's own transaction: what is rolled back was
never deferred, what is committed will run. The names are those of Django 6's tasks. A handler takes ids, reads the
state anew, and may be run twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

P = ParamSpec("P")

QUEUES = ("fast", "default", "bulk", "webhooks")
HEARTBEAT_SECONDS = 30
_ATTEMPTS, _FIRST_DELAY_SECONDS, _LONGEST_DELAY_SECONDS = 12, 5, 6 * 3600


class Backoff(BaseRetryStrategy):
    """12 attempts, `min(2^n * 5 s, 6 h)` apart, spread by up to a tenth so that jobs that failed together part."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts >= _ATTEMPTS:
            return None
        delay = min(2**job.attempts * _FIRST_DELAY_SECONDS, _LONGEST_DELAY_SECONDS)
        spread = (job.id or 0) % 11 / 100
        return RetryDecision(retry_in={"seconds": round(delay * (1 + spread))})


class Task(Generic[P]):
    """A function that can be deferred. Calling it runs it here and now."""

    def __init__(self, function: Callable[P, None], *, queue: str) -> None:
        self._function = function
        self.name = f"{function.__module__}.{function.__qualname__}"
        self._task = app.task(name=self.name, queue=queue, retry=Backoff())(function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        self._function(*args, **kwargs)

    def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> int:
        """Defers the job in the current transaction and returns its number. Arguments are by keyword and JSON."""
        if args:
            raise TypeError("A job's arguments are given by keyword.")
        return self._task.defer(*args, **kwargs)


def periodic(*, cron: str, queue: str = "default") -> Callable[[Callable[[], None]], Task[[]]]:
    """Makes a function a job that a worker defers at these times (cron, UTC); while one waits, no second one is."""

    def decorate(function: Callable[[], None]) -> Task[[]]:
        made = task(queue=queue)(function)
        name = f"{made.name}.periodic"

        def run(timestamp: int) -> None:
            function()

        app.periodic(cron=cron)(app.task(name=name, queue=queue, retry=Backoff(), queueing_lock=name)(run))
        return made

    return decorate


def task(*, queue: str = "default") -> Callable[[Callable[P, None]], Task[P]]:
    """Makes a function a job of this queue: `fast`, `default`, `bulk` or `webhooks`. Raises ValueError for another."""
    if queue not in QUEUES:
        raise ValueError(f"There is no queue {queue!r}: use one of {', '.join(QUEUES)}.")

    def decorate(function: Callable[P, None]) -> Task[P]:
        return Task(function, queue=queue)

    return decorate
