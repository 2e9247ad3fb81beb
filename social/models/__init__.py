from social.models.activity import Activity, ActivityGroup, Actor, Verb
from social.models.authored import AuthoredQuerySet, Moderation
from social.models.comment import Comment
from social.models.entry import LibraryEntry
from social.models.entry_merge import EntryMerge
from social.models.follow import Block, Follow
from social.models.moderation import Kind, ModerationCase, Reason, Report
from social.models.movie_list import ListCollaborator, ListItem, ListMerge, MovieList
from social.models.notification import Inbox, Notification, NotificationEvent
from social.models.play import Play
from social.models.review import Review, ReviewLike, ReviewMerge
from social.models.revision import Tombstone, UserRevision
from social.models.share_link import ShareLink
from social.models.top_film import TopFilm

__all__ = [
    "Activity",
    "ActivityGroup",
    "Actor",
    "AuthoredQuerySet",
    "Block",
    "Comment",
    "EntryMerge",
    "Follow",
    "Inbox",
    "Kind",
    "LibraryEntry",
    "ListCollaborator",
    "ListItem",
    "ListMerge",
    "Moderation",
    "ModerationCase",
    "MovieList",
    "Notification",
    "NotificationEvent",
    "Play",
    "Reason",
    "Report",
    "Review",
    "ReviewLike",
    "ReviewMerge",
    "ShareLink",
    "Tombstone",
    "TopFilm",
    "UserRevision",
    "Verb",
]
