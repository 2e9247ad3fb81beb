"""The mails of social: who gets each, and what it says. Written when the job runs (`watchly.common.mail`)."""

from __future__ import annotations

from accounts.models import User
from social.services.notifications import digest_lines
from watchly.common.mail import Letter, letter
from watchly.common.notification_kinds import known


@letter("digest")
def digest(user_id: int) -> Letter | None:
    """What somebody was told since the last digest, of the kinds that they want by mail; None for nothing."""
    user = User.objects.shown().filter(pk=user_id, email_verified_at__isnull=False).exclude(email="").first()
    lines = digest_lines(user_id=user_id) if user is not None else []
    if user is None or not lines:
        return None
    kinds = known()
    actors = [line.actor_id for line in lines if line.actor_id is not None]
    shown = set(User.objects.shown().filter(pk__in=actors).values_list("pk", flat=True))
    told = [
        {
            "says": kinds[line.kind].says if line.kind in kinds else line.kind,
            "who": line.actor.username if line.actor_id in shown and line.actor is not None else None,
            "others": line.events - 1,
            "movie": str(line.movie) if line.movie is not None else None,
        }
        for line in lines
    ]
    return Letter(user.email, "digest", {"username": user.username, "lines": told})
