"""TMDB, the outside provider of films: off without a key (docs/providers.md)."""

from __future__ import annotations

from urllib.parse import urlsplit

from watchly import env

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _address(name: str, value: str) -> str:
    """An address that a key may be sent to: over TLS, or to this machine."""
    parts = urlsplit(value)
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
        return value.rstrip("/")
    raise env.ConfigurationError(f"{name}={value!r} is no address to call: give one that begins with https://.")


TMDB_API_KEY = env.text("TMDB_API_KEY")
TMDB_API_URL = _address("TMDB_API_URL", env.text("TMDB_API_URL") or "https://api.themoviedb.org/3")
TMDB_IMAGE_URL = _address("TMDB_IMAGE_URL", env.text("TMDB_IMAGE_URL") or "https://image.tmdb.org/t/p")
TMDB_IMAGES = env.flag("TMDB_IMAGES", default=True)
TMDB_LANGUAGE = env.text("TMDB_LANGUAGE") or "en-US"
TMDB_RATE = env.integer("TMDB_RATE", 20, at_least=1, at_most=40)
TMDB_CALLS_AN_HOUR = env.integer("TMDB_CALLS_AN_HOUR", 30, at_least=0)
