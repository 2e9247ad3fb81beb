from django.apps import AppConfig

from watchly.common import notification_kinds
from watchly.common.notification_kinds import NotificationKind
from watchly.common.user_data import Erase, UserData, register


class SocialConfig(AppConfig):
    """What people do with movies and with each other."""

    name = "social"

    def ready(self) -> None:
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
        register(
            UserData("social.LibraryEntry", "user", Erase.DELETE, export="library"),
            UserData("social.Play", "user", Erase.DELETE, export="history"),
            UserData(
                "social.Play_companions", "user", Erase.DELETE, reason="Another's words about a viewing of theirs."
            ),
            UserData("social.Follow", "follower", Erase.DELETE, export="following"),
            UserData("social.Follow", "followed", Erase.DELETE, export="followers"),
            UserData("social.Block", "blocker", Erase.DELETE, export="blocks"),
            UserData("social.Block", "blocked", Erase.DELETE, reason="Whom others block is theirs to know."),
            UserData("social.UserRevision", "user", Erase.DELETE, reason="A counter of changes, and nothing else."),
            UserData("social.Actor", "user", Erase.DELETE, reason="A pointer to the newest of the activities."),
            UserData("social.ActivityGroup", "actor", Erase.DELETE, reason="Groups of the activities."),
            UserData("social.Activity", "actor", Erase.DELETE, export="activities"),
            UserData("social.Activity", "target", Erase.DELETE, reason="What others did."),
            UserData("social.Notification", "user", Erase.DELETE, export="notifications"),
            UserData("social.Notification", "actor", Erase.DELETE, reason="What others were told."),
            UserData("social.NotificationEvent", "user", Erase.DELETE, reason="The parts of the notifications."),
            UserData("social.NotificationEvent", "actor", Erase.DELETE, reason="What others were told."),
            UserData("social.Inbox", "user", Erase.DELETE, reason="A counter of notifications, and nothing else."),
            UserData("social.ShareLink", "user", Erase.DELETE, export="share_links", omit=("digest",)),
            UserData("social.Tombstone", "user", Erase.DELETE, reason="Numbers of what the user has removed."),
        )
