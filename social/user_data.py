"""What of this app hangs on a user: how it is exported, and what an erasure does to it."""

from __future__ import annotations

from watchly.common import user_data
from watchly.common.user_data import Erase, UserData


def register() -> None:
    """Tells the registry."""
    user_data.register(
        UserData("social.LibraryEntry", "user", Erase.DELETE, export="library"),
        UserData("social.Play", "user", Erase.DELETE, export="history"),
        UserData("social.Play_companions", "user", Erase.DELETE, reason="Another's words about a viewing of theirs."),
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
        UserData("social.TopFilm", "user", Erase.DELETE, export="top_films"),
        UserData("social.EntryMerge", "user", Erase.DELETE, reason="What an unmerge of two movies needs."),
        UserData("social.Tombstone", "user", Erase.DELETE, reason="Numbers of what the user has removed."),
        UserData("social.Review", "user", Erase.DELETE, export="reviews"),
        UserData("social.ReviewLike", "user", Erase.DELETE, export="likes"),
        # Those with answers are places without words by then (social.services.review_erasure).
        UserData("social.Comment", "user", Erase.FORGET, export="comments"),
        UserData("social.MovieList", "user", Erase.DELETE, export="lists"),
        UserData("social.ListItem", "user", Erase.DELETE, export="list_items"),
        UserData("social.ListItem", "added_by", Erase.FORGET, reason="The items of others' lists are theirs."),
        UserData("social.ListCollaborator", "user", Erase.DELETE, export="lists_of_others"),
        UserData("social.Report", "reporter", Erase.FORGET, export="reports"),
        UserData("social.ModerationCase", "author", Erase.FORGET, reason="What others reported, and what was decided."),
        UserData("social.ModerationCase", "decided_by", Erase.FORGET, reason="Staff's decisions are about others."),
    )
