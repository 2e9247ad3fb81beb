"""The history of the catalogue: who changed what from what to what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from movies.models import Change
from watchly.common.actor import current_actor

Via = Change.Via
# Which door of a request, job or command is told as which; a page's reader writes through the API's services.
_VIA: Final[dict[str, str]] = {
    "admin": Via.ADMIN,
    "api": Via.API,
    "page": Via.API,
    "import": Via.IMPORT,
    "provider": Via.PROVIDER,
}


def record_change(
    *,
    action: str,
    version: int,
    movie_id: int | None = None,
    person_id: int | None = None,
    fields: Mapping[str, Mapping[str, Any]] | None = None,
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
        fields=dict(fields or {}),
        reason=reason[:300] if reason else None,
        version=version,
    )
