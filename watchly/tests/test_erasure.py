"""After an erasure neither the database nor the storage holds anything of the person: all of it is read."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import DataExport, Preferences, Profile, User
from accounts.services.erasure import erase_account
from accounts.services.profile import set_avatar
from accounts.signals import user_erased
from accounts.tests.factories import UserFactory
from accounts.tests.signing_in import login
from movies.models import Change, ImportRun, Suggestion
from movies.services.suggestions import suggest_movie
from movies.tests.factories import ChangeFactory, ImportRunFactory
from watchly.common.models import AuditEvent, IdempotencyRecord
from watchly.tests.pictures import picture, stored, upload

pytestmark = pytest.mark.django_db

NAME, EMAIL = "cassandra.quill", "cassandra@quill.example"


@pytest.fixture
def cassandra(settings: Any, tmp_path: Path) -> User:
    """Somebody whose 14 days are over."""
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = tmp_path / "media", tmp_path / "private"
    return UserFactory.create(
        username=NAME,
        email=EMAIL,
        first_name="Cassandra",
        email_verified_at=timezone.now(),
        erase_after=timezone.now() - timedelta(seconds=1),
    )


def everything() -> str:
    """The whole database as text, every table of every schema; binary columns also as they read."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables"
            " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM {table} t")
            found.append(f"{table}\n{cursor.fetchone()[0]}")
    text = "\n".join(found).lower()
    hidden = [bytes.fromhex(word) for word in _hexadecimal(text)]
    return text + "\n".join(each.decode(errors="replace") for each in hidden).lower()


def _hexadecimal(text: str) -> list[str]:
    words = (part.split('"', 1)[0].split(",", 1)[0] for part in text.split("\\x")[1:])
    return [word for word in words if len(word) % 2 == 0 and all(sign in "0123456789abcdef" for sign in word)]


def traces(user: User) -> None:
    """Something in every place that may hold something of a person."""
    other = UserFactory.create(role="admin")
    Client().force_login(user)
    Profile.objects.create(user=user, display_name="Cassandra Q", bio=f"Write to {EMAIL}")
    Preferences.objects.create(user=user, language="pt")
    set_avatar(user_id=user.pk, upload=upload(picture()))
    DataExport.objects.create(user=user, path="exports/a.zip", state="failed")
    body = f'{{"note": "{EMAIL}"}}'.encode()
    IdempotencyRecord.objects.create(user=user, route="POST /", key=NAME, request_digest="", status=201, body=body)
    suggestion = suggest_movie(
        suggested_by=user.pk, values={"title": "The Quill", "year": 2026}, note=f"Ask {EMAIL.upper()} (me)"
    )
    ChangeFactory.create(movie=suggestion.movie, actor=user)
    ImportRunFactory.create(requested_by=user, names=[f"films of {EMAIL}.csv"])
    about = ContentType.objects.get_for_model(User)
    log = {"user": other, "content_type": about, "action_flag": CHANGE}
    LogEntry.objects.create(**log, object_id=str(user.pk), object_repr=NAME, change_message=NAME)
    LogEntry.objects.create(**log, object_id="0", object_repr=f"not {EMAIL}", change_message="")
    for name in (NAME, EMAIL):
        login(name, "a wrong password")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', 'mail', %s)",
            [f'{{"to": "{EMAIL}"}}'],
        )


def test_nothing_of_the_person_is_left(cassandra: User, django_capture_on_commit_callbacks: Any) -> None:
    traces(cassandra)
    assert (EMAIL in everything(), NAME in everything(), "cassandra q" in everything()) == (True, True, True)
    assert len(stored()) == 4
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_account(user_id=cassandra.pk)
    left = everything()
    assert "cassandra" not in left
    assert "quill.example" not in left
    assert stored() == set()
    assert "the quill" in left  # the film that they missed is not theirs
    kept = User.objects.get(pk=cassandra.pk)
    assert (kept.username, kept.email, kept.is_active, kept.has_usable_password()) == (
        f"deleted-{cassandra.pk}",
        "",
        False,
        False,
    )
    assert kept.erased_at is not None
    assert Change.objects.filter(movie__title="The Quill", actor=cassandra).exists()
    suggestion = Suggestion.objects.get(movie__title="The Quill")
    assert (suggestion.suggested_by, suggestion.note) == (None, f"Ask deleted-{cassandra.pk} (me)")
    run = ImportRun.objects.get()
    assert (run.requested_by, run.names) == (None, [f"films of deleted-{cassandra.pk}.csv"])
    assert not Session.objects.exists()
    assert AuditEvent.objects.filter(subject_id=cassandra.pk).latest("pk").event == "account_erased"


def test_a_listener_that_fails_keeps_everything(cassandra: User) -> None:
    traces(cassandra)
    heard = []

    def fail(sender: Any, user_id: int, **kwargs: Any) -> None:
        heard.append((user_id, User.objects.get(pk=user_id).username))
        raise RuntimeError("no")

    before = everything()
    out = io.StringIO()
    user_erased.connect(fail)
    try:
        with pytest.raises(CommandError, match=str(cassandra.pk)):
            call_command("erase_accounts", stdout=out)
    finally:
        user_erased.disconnect(fail)
    assert heard == [(cassandra.pk, NAME)]
    assert everything() == before
    assert len(stored()) == 4
    call_command("erase_accounts", stdout=out)
    assert "1 accounts erased" in out.getvalue()
