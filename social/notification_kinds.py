"""The kinds of notifications that people choose about."""

from __future__ import annotations

from watchly.common import notification_kinds
from watchly.common.notification_kinds import NotificationKind


def register() -> None:
    """Tells the registry."""
    notification_kinds.register(
        NotificationKind("new_follower", "Somebody follows you."),
        NotificationKind("follow_request", "Somebody asks to follow you."),
        NotificationKind("follow_accepted", "You may follow somebody whom you asked."),
        NotificationKind("comment", "Somebody commented on your review."),
        NotificationKind("reply", "Somebody answered your comment."),
        NotificationKind("like", "Somebody likes your review."),
        NotificationKind("mention", "Somebody mentioned you."),
        NotificationKind("friend_review", "Somebody whom you follow reviewed a film on your watchlist."),
        NotificationKind("import_finished", "An import of yours is done."),
        NotificationKind("moderation", "A moderator decided about something of yours."),
    )
