"""What can go wrong with the processes of an installation, in words for the person who started it."""

from __future__ import annotations


class EmbeddedServerError(Exception):
    """The embedded servers or `manage.py up` cannot start; the message says why and what to do."""


class StartCancelledError(EmbeddedServerError):
    """A start that was waited for is no longer wanted: the supervisor is stopping."""
