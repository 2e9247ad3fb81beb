"""What the tests of accounts share."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.tests.showing import app

__all__ = ["app"]


@pytest.fixture(autouse=True)
def quick_hasher(settings: Any) -> None:
    """Passwords are hashed by the quickest first; what is about hashing sets the real ones again."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
