"""The back office of social."""

from social.admin import community, library, moderation, reviews

__all__ = ["community", "library", "moderation", "reviews"]
