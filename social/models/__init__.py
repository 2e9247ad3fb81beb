from social.models.authored import AuthoredQuerySet, Moderation
from social.models.entry import LibraryEntry
from social.models.follow import Block, Follow
from social.models.play import Play
from social.models.revision import Tombstone, UserRevision

__all__ = [
    "AuthoredQuerySet",
    "Block",
    "Follow",
    "LibraryEntry",
    "Moderation",
    "Play",
    "Tombstone",
    "UserRevision",
]
