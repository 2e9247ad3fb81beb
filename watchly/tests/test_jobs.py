"""Jobs: deferred with the caller's transaction, run by a worker, retried with growing pauses."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from watchly.common.jobs import Backoff, task

DONE: list[int] = []


@task(queue="fast")
def note(*, number: int) -> None:
    """A job that leaves a trace."""
    DONE.append(number)


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_transaction_that_is_rolled_back_was_never_deferred() -> None:
    with transaction.atomic():
        note.enqueue(number=1)
        transaction.set_rollback(True)
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_runs_what_is_waiting_and_leaves() -> None:
    DONE.clear()
    note.enqueue(number=7)
    call_command("worker", "--once")
    assert DONE == [7]
    assert not ProcrastinateJob.objects.filter(status="todo", task_name=note.name).exists()


def test_calling_a_job_runs_it_here() -> None:
    DONE.clear()
    note(number=3)
    assert DONE == [3]


def test_a_job_names_its_queue_and_takes_keywords() -> None:
    with pytest.raises(ValueError, match="fast, mail, webhooks, default, imports, bulk"):
        task(queue="slow")
    with pytest.raises(TypeError, match="keyword"):
        note.enqueue(1)  # type: ignore[call-arg]


def test_pauses_grow_to_six_hours_and_the_twelfth_failure_is_the_last() -> None:
    def pause(attempts: int) -> float | None:
        job = Job(id=0, queue="fast", lock=None, queueing_lock=None, task_name="x", attempts=attempts)
        decision = Backoff().get_retry_decision(exception=ValueError(), job=job)
        if decision is None or decision.retry_at is None:
            return None
        from procrastinate.utils import utcnow

        return (decision.retry_at - utcnow()).total_seconds()

    pauses = [pause(attempts) for attempts in range(12)]
    assert [round(value) for value in pauses if value is not None][:4] == [5, 10, 20, 40]
    assert max(value for value in pauses if value is not None) <= 6 * 3600
    assert pause(12) is None
