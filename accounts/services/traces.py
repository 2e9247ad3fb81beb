"""What other libraries' tables hold of a person without a key to the account: names in texts.

Each function takes the account as it still is, and runs in the transaction of its erasure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.db.models import Func, Value
from django.db.models.functions import Cast

from accounts.models import User


def forget_sessions(user: User, replacement: str) -> None:
    """The pages' sessions hold the number of an account; those of this one go, from the cache too."""
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore
    for row in Session.objects.iterator(chunk_size=1_000):
        if row.get_decoded().get(SESSION_KEY) == str(user.pk):
            store(row.session_key).delete()


def forget_back_office(user: User, replacement: str) -> None:
    """The back office's log says which account was changed, in its words of then."""
    about = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    about.update(object_repr=replacement, change_message="")
    take_out(LogEntry.objects.all(), user.email, replacement)


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
    forget_jobs,
)


def take_out(rows: models.QuerySet[Any], email: str, replacement: str) -> None:
    """Replaces an e-mail address in every text of these rows, JSON included, whatever its case."""
    if not email:
        return
    for field in rows.model._meta.concrete_fields:
        if field.choices or not isinstance(field, models.CharField | models.TextField | models.JSONField):
            continue
        text = Cast(field.name, models.TextField())
        without: Any = Func(
            text,
            Value(re.escape(email)),
            Value(replacement),
            Value("gi"),
            function="REGEXP_REPLACE",
            output_field=models.TextField(),
        )
        found = rows.annotate(as_text=text).filter(as_text__icontains=email)
        found.update(**{field.name: Cast(without, field)})
