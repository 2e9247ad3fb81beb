"""The worker: no kind of job waits for another, failures say why, long jobs stop where they can go on."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job as QueuedJob
from structlog.contextvars import bound_contextvars

from accounts.tests.factories import UserFactory
from social.models import Notification
from social.services.notifications import tell
from watchly.common import jobs, smtp
from watchly.common.jobs import REQUEST_ID, Backoff, WorkerStopping, retry_job, stop_if_asked, task
from watchly.common.mail import send_letter
from watchly.common.models import JobFailure
from watchly.env import BASE_DIR
from watchly.tests.embedded_commands import wait_for

RAN: list[str] = []


@task(queue="default")
def refuse_to_work(*, word: str) -> None:
    """A job that fails."""
    RAN.append(word)
    raise RuntimeError(f"no {word}")


@pytest.fixture
def silent_server() -> Iterator[int]:
    """A mail server that accepts connections and never says a word: the kernel accepts for it."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)
        yield server.getsockname()[1]


def test_a_server_that_never_answers_is_given_up_on(silent_server: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp._Bounded, "seconds_in_all", 0.05)
    backend = smtp.EmailBackend(host="127.0.0.1", port=silent_server, timeout=60)
    with pytest.raises(OSError, match="closed"):
        backend.send_messages([EmailMessage("s", "b", "a@example.org", ["b@example.org"])])
    assert not mail.outbox


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_hanging_mail_holds_back_neither_notifications_nor_stalled_jobs(silent_server: int, tmp_path: Path) -> None:
    user = UserFactory.create()
    with bound_contextvars(request_id="req-of-the-mail"):
        for _ in range(30):
            send_letter.enqueue(letter="password_changed", ids={"user_id": user.pk})
    left = tell.enqueue(kind="new_follower", user_id=user.pk, event="a", actor_id=None, about="", movie_id=None)
    with connection.cursor() as cursor:  # a worker that was killed had begun it
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')")
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [left])
    tell.enqueue(kind="new_follower", user_id=user.pk, event="b", actor_id=None, about="", movie_id=None)
    log = tmp_path / "log"
    own = connection.get_connection_params()
    url = " ".join(f"{name}={own[name]}" for name in ("host", "port", "user", "password", "dbname") if own.get(name))
    environment = os.environ | {
        "DATABASE_URL": url,
        "EMAIL_URL": f"smtp://127.0.0.1:{silent_server}",
        "WATCHLY_ROLE": "worker",
    }
    with log.open("wb") as out:
        worker = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=BASE_DIR, env=environment, stderr=out)
    try:
        wait_for(lambda: ProcrastinateJob.objects.filter(queue_name="mail", status="doing").exists(), "mail hangs")
        wait_for(lambda: Notification.objects.filter(user=user).exists(), f"a notification: {log.read_text()}")
        wait_for(lambda: not ProcrastinateJob.objects.filter(pk=left).exists(), "the stalled job is done")
        assert ProcrastinateJob.objects.filter(queue_name="mail").count() == 30
        wait_for(lambda: "job_attempt_failed" in log.read_text(), "the first attempts fail")
        refused = JobFailure.objects.filter(reason__startswith="SMTPServerDisconnected")
        wait_for(lambda: refused.exists(), "their reason is noted")
        line = next(line for line in log.read_text().splitlines() if "job_attempt_failed" in line)
        assert "request_id=req-of-the-mail" in line
        assert "SMTPServerDisconnected" in line
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0, log.read_text()
        ProcrastinateJob.objects.filter(queue_name="mail").update(worker=None)


@pytest.mark.django_db(transaction=True)
def test_a_failed_attempt_is_noted_and_a_dead_letter_can_be_retried() -> None:
    RAN.clear()
    number = refuse_to_work.enqueue(word="luck")
    call_command("worker", "--once")
    assert JobFailure.objects.get(pk=number).reason == "RuntimeError: no luck"
    with pytest.raises(ValueError, match="has not failed"):
        retry_job(job_id=number)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = 12 WHERE id = %s", [number])
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [number])
    retry_job(job_id=number)
    job = ProcrastinateJob.objects.get(pk=number)
    assert (job.status, job.attempts) == ("todo", 0)
    call_command("worker", "--once")
    assert RAN == ["luck", "luck"]


@pytest.mark.django_db(transaction=True)
def test_a_job_knows_the_request_that_deferred_it() -> None:
    with bound_contextvars(request_id="req-1"):
        number = refuse_to_work.enqueue(word="x")
    assert ProcrastinateJob.objects.get(pk=number).args == {"word": "x", REQUEST_ID: "req-1"}
    with pytest.raises(RuntimeError):
        refuse_to_work(**ProcrastinateJob.objects.get(pk=number).args)


def test_a_job_that_stops_for_the_worker_is_run_again_at_once_whatever_its_attempts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop_if_asked()
    monkeypatch.setattr(jobs, "_stopping", type(jobs._stopping)())
    jobs.ask_to_stop()
    with pytest.raises(WorkerStopping) as caught:
        stop_if_asked()
    job = QueuedJob(id=1, queue="imports", lock=None, queueing_lock=None, task_name="x", attempts=40)
    decision = Backoff().get_retry_decision(exception=caught.value, job=job)
    assert decision is not None
    assert not isinstance(caught.value, Exception)


def test_a_queue_that_does_not_exist_is_refused() -> None:
    with pytest.raises(CommandError, match="Unknown queue: slow"):
        call_command("worker", "--queues", "fast,slow")
