"""The kinds of things of a user's that change, each with where it stands: what `me/changes` replays.

A kind's rows carry their owner, a `revision` that the writing transaction took (`next_revision`, one for each row that
changed) and when they changed; what is gone has a tombstone of that kind. Filled in `social/apps.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import connection, transaction
from django.utils import timezone

from social.models import Tombstone, UserRevision

KEPT = timedelta(days=90)


class Rendered(Protocol):
    """The document of a row: a serializer that declares its shape, and the SQL of a row `d` as JSON text."""

    serializer_class: type[Any]

    def expression(self) -> str: ...


@dataclass(frozen=True)
class ChangeKind:
    """One kind. `document` gives what its rows are sent as; `object_id` is the column that clients know the thing by,
    and that its tombstones hold; `condition` leaves rows out."""

    name: str
    table: str
    document: Callable[[], Rendered]
    object_id: str = "id"
    owner: str = "user_id"
    changed_at: str = "updated_at"
    condition: str = "true"


_kinds: dict[str, ChangeKind] = {}


def register_kind(kind: ChangeKind) -> None:
    """Adds a kind. Raises ValueError for a name that another has."""
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"There is another kind of changes called {kind.name}.")


def kinds() -> tuple[ChangeKind, ...]:
    """Every kind, in the order of their names."""
    return tuple(sorted(_kinds.values(), key=lambda kind: kind.name))


_CLEAR = """
WITH old AS (DELETE FROM social_tombstone WHERE user_id = %(user)s AND created_at < %(before)s RETURNING revision)
UPDATE social_userrevision SET cleared = greatest(cleared, (SELECT max(revision) FROM old)) WHERE user_id = %(user)s
AND EXISTS (SELECT FROM old)
"""


def clear_tombstones(*, now: datetime | None = None) -> int:
    """Clears tombstones of more than 90 days and notes up to which revision; returns of how many users."""
    before = (now or timezone.now()) - KEPT
    users = list(
        Tombstone.objects.filter(created_at__lt=before).order_by("user").distinct().values_list("user", flat=True)
    )
    for user_id in users:
        with transaction.atomic():
            UserRevision.objects.select_for_update().filter(user=user_id).first()  # no writer of theirs meanwhile
            with connection.cursor() as cursor:
                cursor.execute(_CLEAR, {"user": user_id, "before": before})
    return len(users)
