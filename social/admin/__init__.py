"""The back office of social."""

from social.admin import community, library

__all__ = ["community", "library"]
