"""What the operations of social do, in words and examples: a file per noun."""

from social.api.documentation import across, community, entries, library, plays, sync

__all__ = ["across", "community", "entries", "library", "plays", "sync"]
