"""Ending every sign-in of a user at once."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone


def sign_out_everywhere(*, user_id: int) -> int:
    """Ends the cookie sessions of a user, in the cache too, and returns how many there were."""
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore
    ended = 0
    for row in Session.objects.filter(expire_date__gt=timezone.now()).iterator(chunk_size=1_000):
        if row.get_decoded().get(SESSION_KEY) == str(user_id):
            store(row.session_key).delete()
            ended += 1
    return ended
