"""Jobs that must not be lost. The one door to Procrastinate, so that the queue can be replaced.

`@task` makes a function a job and `enqueue` defers it as a row in the caller's own transaction: what is rolled back was
never deferred, what is committed will run. The names are those of Django 6's tasks. A handler takes ids, reads the
state anew, and may be run twice.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, ParamSpec, cast

from django.db import connection, transaction
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job
from structlog.contextvars import get_contextvars

P = ParamSpec("P")


@dataclass(frozen=True)
class Lane:
    """Queues that share a number of jobs at a time. No lane waits for another."""

    queues: tuple[str, ...]
    at_once: int


# What users wait for; what talks to other servers and may hang there; the rest; files of hours; the night's work.
LANES: Final = (
    Lane(("fast",), 3),
    Lane(("mail", "webhooks"), 2),
    Lane(("default",), 2),
    Lane(("imports",), 2),
    Lane(("bulk",), 1),
)
QUEUES: Final = tuple(queue for lane in LANES for queue in lane.queues)
HEARTBEAT_SECONDS = 30
REQUEST_ID: Final = "_request_id"  # among a job's arguments: the request that caused it
_ATTEMPTS, _FIRST_DELAY_SECONDS, _LONGEST_DELAY_SECONDS = 12, 5, 6 * 3600


_stopping = threading.Event()


class WorkerStopping(BaseException):
    """Ends a long job at a point from which it can go on: the worker was asked to stop.

    A BaseException, as KeyboardInterrupt is: nothing has failed, and no handler of failures may see it.
    """


def ask_to_stop() -> None:
    """Makes `stop_if_asked` raise from now on. The worker calls it on SIGTERM."""
    _stopping.set()


def stop_if_asked() -> None:
    """Raises WorkerStopping when the worker is stopping. Long jobs call it after each part that is committed."""
    if _stopping.is_set():
        raise WorkerStopping


class Backoff(BaseRetryStrategy):
    """12 attempts, `min(2^n * 5 s, 6 h)` apart, spread by up to a tenth so that jobs that failed together part."""

    attempts = _ATTEMPTS

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, WorkerStopping):
            return RetryDecision(retry_in={"seconds": 0})
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
        self._task = app.task(name=self.name, queue=queue, retry=Backoff())(self.__call__)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        kwargs.pop(REQUEST_ID, None)  # read by the worker, for its log
        self._function(*args, **kwargs)

    def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> int:
        """Defers the job in the current transaction and returns its number. Arguments are by keyword and JSON."""
        if args:
            raise TypeError("A job's arguments are given by keyword.")
        given: dict[str, Any] = dict(kwargs)
        if (request_id := get_contextvars().get("request_id")) is not None:
            given[REQUEST_ID] = request_id
        deferred: int = cast("Any", self._task).defer(**given)  # its type knows the arguments of the function alone
        return deferred


def retry_job(*, job_id: int) -> None:
    """Runs a job that failed for good again, with all its attempts. Raises ValueError for a job that did not fail."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = now()"
            " WHERE id = %s AND status = 'failed'",
            [job_id],
        )
        if not cursor.rowcount:
            raise ValueError(f"Job {job_id} has not failed.")


def cancel_job(*, job_id: int) -> bool:
    """Cancels a job that waits; False when it has begun or ended."""
    return app.job_manager.cancel_job_by_id(job_id)


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
    """Makes a function a job of one of QUEUES. Raises ValueError for another queue."""
    if queue not in QUEUES:
        raise ValueError(f"There is no queue {queue!r}: use one of {', '.join(QUEUES)}.")

    def decorate(function: Callable[P, None]) -> Task[P]:
        return Task(function, queue=queue)

    return decorate
