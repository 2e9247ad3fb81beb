"""Nightly: what has ended long ago is cleared."""

from __future__ import annotations

from datetime import timedelta

from axes.models import AccessAttempt
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.models import ApiKey, OneTimeToken, Session

_KEPT = timedelta(days=30)  # of what has ended, so that a question about it can be answered
_ATTEMPTS_KEPT = timedelta(days=1)


@app.periodic(cron="41 3 * * *")
@app.task(name="accounts.tasks.clear_sign_in", queue="default", queueing_lock="clear_sign_in")
def clear_sign_in(timestamp: int) -> None:
    """Sessions and keys that ended 30 days ago, codes past their time, and failures that count no more."""
    now = timezone.now()
    over = Q(expires_at__lt=now - _KEPT) | Q(revoked_at__lt=now - _KEPT)
    Session.objects.filter(over).delete()
    ApiKey.objects.filter(over).delete()
    OneTimeToken.objects.filter(expires_at__lt=now).delete()
    AccessAttempt.objects.filter(attempt_time__lt=now - _ATTEMPTS_KEPT).delete()
