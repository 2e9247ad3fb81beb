from social.models.authored import AuthoredQuerySet, Moderation
from social.models.entry import LibraryEntry
from social.models.entry_merge import EntryMerge
from social.models.follow import Block, Follow
from social.models.play import Play
from social.models.revision import Tombstone, UserRevision
from social.models.top_film import TopFilm

__all__ = [
    "AuthoredQuerySet",
    "Block",
    "EntryMerge",
    "Follow",
    "LibraryEntry",
    "Moderation",
    "Play",
    "Tombstone",
    "TopFilm",
    "UserRevision",
]
