"""The jobs of accounts: exports, erasures, and the clearing of what has ended long ago."""

from __future__ import annotations

from datetime import timedelta

from axes.models import AccessAttempt
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.models import ApiKey, OneTimeToken, ReservedName, Session
from accounts.services.erasure import erase_due_accounts
from accounts.services.exports import clear_exports, make_export
from watchly.common.actor import acting
from watchly.common.jobs import task

_KEPT = timedelta(days=30)  # of what has ended, so that a question about it can be answered
_ATTEMPTS_KEPT = timedelta(days=1)


@task(queue="bulk")
def build_export(*, export_id: int) -> None:
    """Makes the archive of an account; killed, it is made anew when the job is given out again."""
    with acting(via="job"):
        make_export(export_id=export_id)


@app.periodic(cron="41 * * * *")
@app.task(name="accounts.tasks.clear_old_exports", queue="default", queueing_lock="clear_old_exports")
def clear_old_exports(timestamp: int) -> None:
    """Every hour: exports that were offered for 24 hours lose their files."""
    with acting(via="job"):
        clear_exports()


@app.periodic(cron="29 2 * * *")
@app.task(name="accounts.tasks.erase_accounts", queue="bulk", queueing_lock="erase_accounts")
def erase_accounts(timestamp: int) -> None:
    """Every night: accounts whose owners asked for it 14 days ago are erased."""
    with acting(via="job"):
        erase_due_accounts()


@app.periodic(cron="41 3 * * *")
@app.task(name="accounts.tasks.clear_sign_in", queue="default", queueing_lock="clear_sign_in")
def clear_sign_in(timestamp: int) -> None:
    """Every night: sessions and keys that ended 30 days ago, expired codes, reserved names and failures."""
    now = timezone.now()
    over = Q(expires_at__lt=now - _KEPT) | Q(revoked_at__lt=now - _KEPT)
    Session.objects.filter(over).delete()
    ApiKey.objects.filter(over).delete()
    OneTimeToken.objects.filter(expires_at__lt=now).delete()
    ReservedName.objects.filter(until__lte=now).delete()
    AccessAttempt.objects.filter(attempt_time__lt=now - _ATTEMPTS_KEPT).delete()
