"""What the operations of social do, in words and examples: a file per noun."""

from social.api.documentation import entries, library, plays, sync

__all__ = ["entries", "library", "plays", "sync"]
