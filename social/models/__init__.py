from social.models.activity import Activity, ActivityGroup, Actor, Verb
from social.models.authored import AuthoredQuerySet, Moderation
from social.models.entry import LibraryEntry
from social.models.entry_merge import EntryMerge
from social.models.follow import Block, Follow
from social.models.notification import Inbox, Notification, NotificationEvent
from social.models.play import Play
from social.models.revision import Tombstone, UserRevision
from social.models.share_link import ShareLink
from social.models.top_film import TopFilm

__all__ = [
    "Activity",
    "ActivityGroup",
    "Actor",
    "AuthoredQuerySet",
    "Block",
    "EntryMerge",
    "Follow",
    "Inbox",
    "LibraryEntry",
    "Moderation",
    "Notification",
    "NotificationEvent",
    "Play",
    "ShareLink",
    "Tombstone",
    "TopFilm",
    "UserRevision",
    "Verb",
]
