"""Sets Django up for tools that need the importers and no server."""

from __future__ import annotations

import os

import django


def set_up() -> None:
    """Sets Django up; the database and the cache are named and never reached."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "watchly.settings")
    os.environ.setdefault("SECRET_KEY", "no-servers")
    os.environ.setdefault("DATABASE_URL", "postgresql://watchly@/watchly?host=/nonexistent")
    os.environ.setdefault("REDIS_URL", "unix:///nonexistent?db=0")
    django.setup()
