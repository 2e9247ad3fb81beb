"""The history of the catalogue: who changed what from what to what."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from django.db import connection

from movies.models import Change
from watchly.common.actor import acting, current_actor

Via = Change.Via
# Which door of a request, job or command is told as which; a page's reader writes through the API's services.
_VIA: Final[dict[str, str]] = {
    "admin": Via.ADMIN,
    "api": Via.API,
    "page": Via.API,
    "import": Via.IMPORT,
    "provider": Via.PROVIDER,
}
# Field to what it was and what it is, as JSON (`movies.services.differences`).
Fields = Mapping[str, Mapping[str, Any]]
_RECORD = """
INSERT INTO movies_change ({subject}_id, action, via, actor_id, run_id, fields, reason, version, created_at)
SELECT t.id, %(action)s, %(via)s, %(actor)s, %(run)s, c.fields, %(reason)s, t.version, now()
FROM jsonb_each(%(fields)s::jsonb) AS c(id, fields) JOIN movies_{subject} t ON t.id = c.id::bigint
ORDER BY t.id
"""


# The import whose changes are recorded, within `importing`.
_run: ContextVar[int | None] = ContextVar("import_run", default=None)


@contextmanager
def importing(*, run_id: int, user_id: int | None) -> Iterator[None]:
    """Within the block this import acts, for whom asked for it: histories name the run."""
    token = _run.set(run_id)
    try:
        with acting(via="import", user_id=user_id):
            yield
    finally:
        _run.reset(token)


def record_change(
    *,
    action: str,
    version: int,
    movie_id: int | None = None,
    person_id: int | None = None,
    fields: Fields | None = None,
    reason: str | None = None,
) -> None:
    """Adds a line to the history of a movie or a person, in the transaction of the change.

    `fields` is `{"runtime": {"old": null, "new": 101}}`, as JSON; `version` the one that the change made.
    """
    actor = current_actor()
    Change.objects.create(
        movie_id=movie_id,
        person_id=person_id,
        action=action,
        via=_VIA.get(actor.via, Via.COMMAND),
        actor_id=actor.user_id,
        run_id=_run.get(),
        fields=dict(fields or {}),
        reason=reason[:300] if reason else None,
        version=version,
    )


def record_changes(
    *, action: str, fields: Mapping[int, Fields], people: bool = False, reason: str | None = None
) -> None:
    """Adds a line to the history of each of these movies (or people) in one statement, after they have changed.

    `fields` holds by id what changed; the versions are read from the rows.
    """
    if not fields:
        return
    actor = current_actor()
    with connection.cursor() as cursor:
        cursor.execute(
            _RECORD.format(subject="person" if people else "movie"),
            {
                "action": action,
                "via": _VIA.get(actor.via, Via.COMMAND),
                "actor": actor.user_id,
                "run": _run.get(),
                "reason": reason[:300] if reason else None,
                # One text, since thousands in an array are escaped one by one.
                "fields": json.dumps(fields),
            },
        )
