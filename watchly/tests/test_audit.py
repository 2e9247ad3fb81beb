"""The audit trail: who did what is written down, and nobody changes it afterwards."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from watchly.common.actor import acting
from watchly.common.audit import record_event
from watchly.common.models import AuditEvent


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
