"""The back office of social."""

from social.admin import library

__all__ = ["library"]
