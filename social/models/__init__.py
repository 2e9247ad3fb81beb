from social.models.activity import Activity, ActivityGroup, Actor, Verb
from social.models.authored import AuthoredQuerySet, Moderation
from social.models.entry import LibraryEntry
from social.models.follow import Block, Follow
from social.models.play import Play
from social.models.revision import Tombstone, UserRevision

__all__ = [
    "Activity",
    "ActivityGroup",
    "Actor",
    "AuthoredQuerySet",
    "Block",
    "Follow",
    "LibraryEntry",
    "Moderation",
    "Play",
    "Tombstone",
    "UserRevision",
    "Verb",
]
