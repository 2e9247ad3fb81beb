"""What a worker process runs: a worker for each lane of queues, so that no kind of job waits for another."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, cast

import structlog
from django.db import Error
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector
from structlog.contextvars import bound_contextvars

from watchly.common.jobs import HEARTBEAT_SECONDS, QUEUES, REQUEST_ID, Backoff, Lane, WorkerStopping, ask_to_stop
from watchly.common.models import JobFailure

if TYPE_CHECKING:
    from procrastinate.job_context import JobContext
    from procrastinate.middleware import SyncCallNext
    from procrastinate.worker import Worker

log = structlog.get_logger(__name__)

_GRACE_SECONDS: Final = 25
_REASON: Final = 1000


def run_lanes(lanes: Sequence[Lane]) -> bool:
    """Run the workers of these lanes until SIGTERM or SIGINT; False when one of them ended by itself.

    That happens when PostgreSQL restarts: the process ends then, and whatever supervises it starts it again.
    """
    with _app(connections=2 * len(lanes) + 2) as worker_app:
        return asyncio.run(_run(worker_app, lanes))


def run_waiting(queues: Sequence[str] = QUEUES) -> None:
    """Run the jobs that wait in these queues, and those that they defer, then return."""
    with _app(connections=4) as worker_app:
        worker_app.run_worker(**_options(worker_app, queues, 2), wait=False)


async def _run(worker_app: App, lanes: Sequence[Lane]) -> bool:
    loop = asyncio.get_running_loop()
    # A thread for each job that may run: with the default of asyncio a few jobs that hang would hold back all others.
    loop.set_default_executor(ThreadPoolExecutor(sum(lane.at_once for lane in lanes), thread_name_prefix="job"))
    told = asyncio.Event()

    def stop() -> None:
        told.set()
        ask_to_stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    async with worker_app.open_async():
        workers = {
            asyncio.create_task(
                worker_app.run_worker_async(
                    **_options(worker_app, lane.queues, lane.at_once), install_signal_handlers=False
                )
            )
            for lane in lanes
        }
        stopped = asyncio.create_task(told.wait())
        await asyncio.wait({*workers, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        for worker in workers:
            worker.cancel()  # it finishes the jobs that it has begun
        ends = await asyncio.gather(*workers, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            log.error("worker_ended", exc_info=end)
    return told.is_set()


def _options(worker_app: App, queues: Sequence[str], at_once: int) -> dict[str, Any]:
    return {
        "queues": list(queues),  # a tuple would reach PostgreSQL as a row
        "concurrency": at_once,
        "delete_jobs": "successful",
        "shutdown_graceful_timeout": _GRACE_SECONDS,
        "stalled_worker_timeout": HEARTBEAT_SECONDS,
        "task_middleware": [*worker_app.worker_defaults.get("task_middleware", []), _watched],
    }


@contextmanager
def _app(*, connections: int) -> Iterator[App]:
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=connections)
    with app.replace_connector(connector) as worker_app:
        yield worker_app


def _watched(call_next: SyncCallNext, context: JobContext, worker: Worker) -> Any:
    """Bind the job's number and the id of the request behind it to every line of the log; say why an attempt failed."""
    job = context.job
    bound = {"job": job.id, "task": job.task_name, "request_id": job.task_kwargs.get(REQUEST_ID)}
    with bound_contextvars(**{name: value for name, value in bound.items() if value is not None}):
        try:
            return call_next()
        except WorkerStopping:
            log.info("job_interrupted")
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {error}".strip()[:_REASON]
            retried = job.attempts < Backoff.attempts
            log.warning(
                "job_attempt_failed", attempt=job.attempts + 1, retried=retried, reason=reason, exc_info=not retried
            )
            _note(cast("int", job.id), reason)
            raise


def _note(job_id: int, reason: str) -> None:
    try:
        JobFailure.objects.update_or_create(job_id=job_id, defaults={"reason": reason})
    except Error:
        log.warning("job_failure_not_noted", error=type(sys.exc_info()[1]).__name__)
