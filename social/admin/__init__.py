"""The back office of social."""

from social.admin import library, moderation, reviews

__all__ = ["library", "moderation", "reviews"]
