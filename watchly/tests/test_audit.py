"""The audit trail: who did what is written down, and nobody changes it afterwards."""

from __future__ import annotations

import re
import textwrap

import pytest
from django.db import DatabaseError, connection, transaction

from watchly.common.actor import acting
from watchly.common.audit import record_event
from watchly.common.models import AuditEvent
from watchly.env import BASE_DIR


def test_an_event_says_who_acted_and_about_whom(db: None) -> None:
    with acting(via="admin", user_id=7):
        record_event("role_granted", subject_id=9, role="curator")
    event = AuditEvent.objects.get()
    assert (event.event, event.actor_id, event.subject_id, event.via) == ("role_granted", 7, 9, "admin")
    assert event.details == {"role": "curator"}


def test_what_is_rolled_back_did_not_happen(db: None) -> None:
    with transaction.atomic():
        record_event("sign_in", subject_id=9)
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_it(db: None, change: str) -> None:
    record_event("sign_in", subject_id=9)
    events = AuditEvent.objects.all()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        events.update(event="nothing") if change == "update" else events.delete()
    assert AuditEvent.objects.get().event == "sign_in"


@pytest.mark.parametrize("table", ["common_auditevent", "auth_group, common_auditevent"])
def test_the_database_refuses_to_empty_it(db: None, table: str) -> None:
    record_event("sign_in", subject_id=9)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE common_auditevent ENABLE TRIGGER common_auditevent_never_emptied")
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            cursor.execute(f"TRUNCATE {table} CASCADE")
    assert AuditEvent.objects.get().event == "sign_in"


def test_the_documented_role_adds_to_it_and_changes_everything_else(db: None) -> None:
    text = (BASE_DIR / "docs" / "accounts.md").read_text(encoding="utf-8")
    (statements,) = re.findall(r"```sql\n(.*?)```", text, re.S)
    with connection.cursor() as cursor:
        cursor.execute(textwrap.dedent(statements))
        cursor.execute("GRANT watchly_app TO CURRENT_USER")  # who makes a role may not become it, from 16 on
        cursor.execute("SET LOCAL ROLE watchly_app")
        record_event("sign_in", subject_id=9)
        cursor.execute("UPDATE accounts_user SET last_login = NULL")
        for attempt in ("UPDATE common_auditevent SET event = ''", "DELETE FROM common_auditevent",
                        "TRUNCATE common_auditevent", "ALTER TABLE common_auditevent DISABLE TRIGGER ALL"):  # fmt: skip
            with pytest.raises(DatabaseError, match=r"denied|must be owner"), transaction.atomic():
                cursor.execute(attempt)
        cursor.execute("RESET ROLE")
