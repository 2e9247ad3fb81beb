"""The jobs of social."""

from __future__ import annotations

from django.utils import timezone

from social.services import changes
from social.services.notifications import mark_digested, waiting_for_digest
from watchly.common.jobs import periodic, task
from watchly.common.mail import send_letter


@periodic(cron="47 3 * * *")
def clear_tombstones() -> None:
    """Every night: what is gone for 90 days is no longer told to clients that ask for changes."""
    changes.clear_tombstones()


@periodic(cron="5 7 * * *")
def send_digests() -> None:
    """Every morning: a mail to each who has lines waiting for one."""
    for user_id in waiting_for_digest():
        send_digest.enqueue(user_id=user_id)


@task(queue="mail")
def send_digest(*, user_id: int) -> None:
    """Sends somebody's digest, then notes what was in it: it may come twice, and is never lost."""
    until = timezone.now()
    send_letter(letter="digest", ids={"user_id": user_id})
    mark_digested(user_id=user_id, until=until)
