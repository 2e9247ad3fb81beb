"""What other libraries' tables hold of a person without a key to the account: names in texts.

Each function takes the account as it still is, and runs in the transaction of its erasure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Q

from accounts.models import User
from accounts.services.signing_out import sign_out_everywhere


def forget_sessions(user: User, replacement: str) -> None:
    """The pages' sessions name the account they belong to."""
    sign_out_everywhere(user_id=user.pk)


def forget_back_office(user: User, replacement: str) -> None:
    """The back office's log says which account was changed, in its words of then."""
    about = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    about.update(object_repr=replacement, change_message="")
    if user.email:
        named = LogEntry.objects.filter(Q(object_repr__icontains=user.email) | Q(change_message__icontains=user.email))
        for each in named.iterator():
            LogEntry.objects.filter(pk=each.pk).update(
                object_repr=_without(each.object_repr, user.email, replacement),
                change_message=_without(each.change_message, user.email, replacement),
            )


def forget_attempts(user: User, replacement: str) -> None:
    """django-axes keeps the names that somebody tried to sign in with."""
    if not apps.is_installed("axes"):
        return
    names = Q(username__iexact=user.username)
    if user.email:
        names |= Q(username__iexact=user.email)
    for name in ("AccessAttempt", "AccessFailureLog", "AccessLog"):
        model: Any = apps.get_model("axes", name)
        model.objects.filter(names).delete()


def forget_jobs(user: User, replacement: str) -> None:
    """Jobs take numbers; one that was given an address (a mail's) goes, done or not."""
    if not user.email:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE status <> 'doing' AND strpos(lower(args::text), lower(%s)) > 0",
            [user.email],
        )


TRACES: tuple[Callable[[User, str], None], ...] = (
    forget_sessions,
    forget_back_office,
    forget_attempts,
    forget_jobs,
)


def _without(text: str, named: str, replacement: str) -> str:
    """The text with what named somebody replaced, whatever its case."""
    at = text.lower().find(named.lower())
    while at >= 0:
        text = text[:at] + replacement + text[at + len(named) :]
        at = text.lower().find(named.lower(), at + len(replacement))
    return text
