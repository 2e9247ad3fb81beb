"""The trail of what matters to security: sign-ins, failures, changes, grants, exports, erasures, the back office."""

from __future__ import annotations

from typing import Any

from watchly.common.actor import current_actor
from watchly.common.models import AuditEvent


def record_event(event: str, *, subject_id: int | None = None, actor_id: int | None = None, **details: Any) -> None:
    """Adds an event about a user (`subject_id`), by who acts now unless `actor_id` says by whom.

    In the transaction of the caller: what is rolled back did not happen. `details` are JSON, and hold neither names nor
    e-mail addresses.
    """
    actor = current_actor()
    AuditEvent.objects.create(
        event=event,
        actor_id=actor_id if actor_id is not None else actor.user_id,
        subject_id=subject_id,
        via=actor.via[:10],
        address=actor.address,
        request_id=actor.request_id,
        details=details,
    )
