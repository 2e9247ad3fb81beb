"""The secret key: from the environment, or made once on a first run and kept in the data folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from watchly import env

_MINIMUM_LENGTH, _MINIMUM_DISTINCT = 50, 5  # what `manage.py check --deploy` asks for (security.W009)


def secret_key(*, production: bool, folder: Path) -> str:
    """SECRET_KEY or SECRET_KEY_FILE; on a laptop, without either, a key of its own in the data folder (mode 0600).

    Raises ConfigurationError for a missing or weak key in production: it signs sessions, so a guess signs anybody in.
    """
    key = env.text("SECRET_KEY")
    if key is None and production:
        raise env.ConfigurationError("SECRET_KEY is not set: in production name one of at least 50 random characters.")
    if key is None:
        return _kept_key(folder / "secret_key")
    if production and (
        len(key) < _MINIMUM_LENGTH or len(set(key)) < _MINIMUM_DISTINCT or key.startswith("django-insecure-")
    ):
        raise env.ConfigurationError("SECRET_KEY is weak: use at least 50 random characters.")
    return key


def _kept_key(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        pass
    # Written whole under another name and then linked: two first starts at once agree on one key, a kill leaves none.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii")
