"""Background jobs in the back office."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.tests.factories import UserFactory
from watchly.common.models import Job, JobFailure

pytestmark = pytest.mark.django_db

LIST = "/admin/common/job/"


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(UserFactory.create(role="admin"))
    return client


def failed_job() -> int:
    number: int = Job.objects.raw(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts)"
        " VALUES ('mail', 'send_letter', '{\"_request_id\": \"req-7\"}', 'failed', 12) RETURNING id"
    )[0].pk
    JobFailure.objects.create(job_id=number, reason="SMTPServerDisconnected: timed out")
    return number


def test_a_dead_letter_is_linked_from_the_front_page_with_its_reason(admin: Client) -> None:
    failed_job()
    assert f'href="{LIST}?status__exact=failed"' in admin.get("/admin/").content.decode()
    page = admin.get(f"{LIST}?status__exact=failed").content.decode()
    assert "SMTPServerDisconnected: timed out" in page
    assert "req-7" in page


def test_a_dead_letter_can_be_run_again(admin: Client) -> None:
    number = failed_job()
    admin.post(LIST, {"action": "retry", "_selected_action": [number]})
    job = Job.objects.get(pk=number)
    assert (job.status, job.attempts) == ("todo", 0)
    admin.post(LIST, {"action": "cancel", "_selected_action": [number]})
    assert Job.objects.get(pk=number).status == "cancelled"


def test_a_job_is_shown_and_not_edited(admin: Client) -> None:
    number = failed_job()
    page = admin.get(f"{LIST}{number}/change/")
    assert page.status_code == 200
    assert b"timed out" in page.content
    assert admin.get(f"{LIST}add/").status_code == 403
    assert admin.get(f"{LIST}{number}/delete/").status_code == 403


def test_moderators_do_not_see_jobs() -> None:
    client = Client()
    client.force_login(UserFactory.create(role="moderator"))
    assert client.get(LIST).status_code == 403
