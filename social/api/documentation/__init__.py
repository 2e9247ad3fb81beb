"""What the operations of social do, in words and examples: a file per noun."""

from social.api.documentation import across, community, entries, library, lists, plays, reviews, sync

__all__ = ["across", "community", "entries", "library", "lists", "plays", "reviews", "sync"]
