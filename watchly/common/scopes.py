"""What an API key may be for. A key without a scope can do nothing of it, whoever's key it is."""

from __future__ import annotations

from collections.abc import Set

from django.db import models

# Whose Django permissions the scope `curate` opens: the catalogue's. No key opens those over accounts.
_CURATED = "movies"


class Scope(models.TextChoices):
    """One thing that a key may be for."""

    READ = "read", "read what its owner may read"
    WRITE = "write", "write its owner's own things"
    SCROBBLE = "scrobble", "say what is being watched"
    IMPORT = "import", "import a library"
    CURATE = "curate", "write the catalogue, as far as its owner may"
    FEED = "feed", "read the feed"


def opens(scopes: Set[str], permission: str) -> bool:
    """Whether a key with these scopes leaves its owner this Django permission (`movies.change_movie`)."""
    app, _, codename = permission.partition(".")
    if app != _CURATED:
        return False
    return Scope.CURATE in scopes or (Scope.READ in scopes and codename.startswith("view_"))
