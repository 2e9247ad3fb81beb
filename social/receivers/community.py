"""What becomes of follows, activities and notifications when somebody leaves or a movie is removed for good.

Movies that were merged or withdrawn need nothing: an activity names the movie that it was about, and who reads it sees
what that became, or nothing.
"""

from __future__ import annotations

from typing import Any

from accounts.signals import user_erased
from movies.signals import import_finished, movies_purged
from social.models import Activity, Notification, NotificationEvent
from social.services.activities import recount_groups
from social.services.notifications import forget_events, notify
from social.services.people import forget_followed


def _erased(*, user_id: int, **kwargs: Any) -> None:
    """What others were told of them goes, and the counts of what is left follow."""
    forget_events(events=NotificationEvent.objects.filter(actor=user_id).exclude(user=user_id))
    _forget(Activity.objects.filter(target=user_id))
    forget_followed(user_id=user_id)


def _purged(*, movie_ids: list[int], **kwargs: Any) -> None:
    _forget(Activity.objects.filter(movie__in=movie_ids))
    Notification.objects.filter(movie__in=movie_ids).update(movie=None)


def _imported(*, run_id: int, user_id: int, **kwargs: Any) -> None:
    notify(kind="import_finished", user_id=user_id, event=f"import:{run_id}", about=f"import:{run_id}")


def _forget(told: Any) -> None:
    groups = sorted(set(told.values_list("group_id", flat=True)))
    if groups:
        told.delete()
        recount_groups(groups)


def connect() -> None:
    """Listens. Once, in the app's `ready()`."""
    user_erased.connect(_erased, dispatch_uid="social.community")
    import_finished.connect(_imported, dispatch_uid="social.community")
    movies_purged.connect(_purged, dispatch_uid="social.community")
