"""Who was erased does not come back with a backup: erasures are listed beside the database, and carried out again."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Profile, User
from accounts.services.erasure import erase_account, erase_due_accounts
from accounts.services.erasure_list import LIST, listed_erasures, returned_accounts
from accounts.tests.factories import UserFactory
from watchly.common.models import AuditEvent

pytestmark = pytest.mark.django_db

EMAIL = "cassandra@quill.example"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.PRIVATE_ROOT = tmp_path / "private"
    return tmp_path / "private"


@pytest.fixture
def cassandra() -> User:
    user = UserFactory.create(email=EMAIL, email_verified_at=timezone.now())
    Profile.objects.create(user=user, bio="Writes in the evening")
    return user


@contextmanager
def backup(*tables: str) -> Iterator[None]:
    """Puts the rows of these tables back as they were before the block, as a restore does."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"CREATE TEMPORARY TABLE kept_{table} ON COMMIT DROP AS SELECT * FROM {table}")
        yield
        for table in reversed(tables):
            cursor.execute(f"DELETE FROM {table}")
        for table in tables:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")


def erase(user: User, capture: Any) -> None:
    User.objects.filter(pk=user.pk).update(erase_after=timezone.now() - timedelta(seconds=1))
    with capture(execute=True):
        assert erase_account(user_id=user.pk)


def test_the_first_night_after_a_restore_erases_again(
    cassandra: User, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    stays = UserFactory.create()
    with backup("accounts_user", "accounts_profile"):
        erase(cassandra, django_capture_on_commit_callbacks)
        assert not User.objects.filter(email=EMAIL).exists()
    assert User.objects.filter(email=EMAIL).exists()
    out = io.StringIO()
    call_command("erase_accounts", "--dry-run", stdout=out)
    assert "1 accounts would be erased" in out.getvalue()

    assert erase_due_accounts() == (1, [])

    assert not User.objects.filter(email=EMAIL).exists()
    assert not Profile.objects.filter(bio="Writes in the evening").exists()
    assert User.objects.filter(pk=stays.pk, erase_after=None).exists()
    assert erase_due_accounts() == (0, [])
    text = (folder / LIST).read_text()
    assert EMAIL not in text
    assert cassandra.username not in text
    assert (folder / LIST).stat().st_mode & 0o777 == 0o600


def test_who_was_given_the_number_anew_stays(cassandra: User, django_capture_on_commit_callbacks: Any) -> None:
    number = cassandra.pk
    erase(cassandra, django_capture_on_commit_callbacks)
    User.objects.filter(pk=number).delete()
    UserFactory.create(pk=number, username="somebody_new", date_joined=timezone.now() + timedelta(seconds=1))

    assert returned_accounts() == []
    assert erase_due_accounts() == (0, [])
    assert User.objects.filter(username="somebody_new").exists()


def test_a_list_that_lost_lines_is_completed_from_the_trail_and_a_torn_line_takes_no_other(
    cassandra: User, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    erase(cassandra, django_capture_on_commit_callbacks)
    other = UserFactory.create()
    (folder / LIST).write_text((folder / LIST).read_text() + '{"user_id": 7, "era')

    with backup("accounts_user"):
        erase(other, django_capture_on_commit_callbacks)
    assert [*listed_erasures()] == [cassandra.pk, other.pk]
    (folder / LIST).unlink()
    assert returned_accounts() == []
    erase_due_accounts()
    lines = [json.loads(line) for line in (folder / LIST).read_text().splitlines()]
    assert [line["user_id"] for line in lines] == [cassandra.pk, other.pk]
    assert not User.objects.filter(pk=other.pk, erased_at=None).exists()
    assert AuditEvent.objects.filter(event="account_erased", subject_id=other.pk).count() == 2


def test_a_list_that_cannot_be_written_keeps_nobody_from_being_erased(
    cassandra: User, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    folder.mkdir()
    (folder / LIST).mkdir()
    erase(cassandra, django_capture_on_commit_callbacks)
    assert erase_due_accounts() == (0, [])
    assert not User.objects.filter(email=EMAIL).exists()
    (folder / LIST).rmdir()
    erase_due_accounts()
    assert [*listed_erasures()] == [cassandra.pk]
