"""What stands between an empty data folder and a Watchly that can be used. Each step may be run again, or killed."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ValidationError
from django.core.management import call_command, get_commands
from django.core.management.base import OutputWrapper
from django.db import connection

from watchly import env
from watchly.processes import embedded
from watchly.processes.folders import write_whole

_ADMIN = "admin"
Step = Callable[[OutputWrapper], None]


def migrate(out: OutputWrapper) -> None:
    """Bring the database's tables to this version."""
    call_command("migrate", interactive=False, verbosity=0, stdout=out)


def load_catalogue(out: OutputWrapper) -> None:
    """Load the catalogue that Watchly comes with, unless it is there; an interrupted load goes on where it was.

    WATCHLY_CATALOGUE=0 begins with an empty catalogue.
    """
    if env.flag("WATCHLY_CATALOGUE", default=True) and "load_catalogue" in get_commands():
        call_command("load_catalogue", stdout=out)
        _checkpoint()


def _checkpoint() -> None:
    """Have what was just loaded written to its files, so that a start after a crash does not replay it.

    Elsewhere than in the embedded server the role may not do this, and need not.
    """
    if embedded.current() is not None:
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")


def create_admin(out: OutputWrapper) -> None:
    """Make the first administrator, with DJANGO_SUPERUSER_PASSWORD or a random password that is printed once.

    Where standard output ends in a log (a service, a container), set DJANGO_SUPERUSER_PASSWORD: then none is printed.
    """
    users: Any = get_user_model()._default_manager
    if users.filter(is_superuser=True).exists():
        return
    name = _ADMIN if not users.filter(username__iexact=_ADMIN).exists() else f"{_ADMIN}-{secrets.token_hex(2)}"
    chosen = env.text("DJANGO_SUPERUSER_PASSWORD")
    password = chosen or secrets.token_urlsafe(12)
    if chosen and settings.PRODUCTION:
        _check_password(chosen, users.model(username=name))
    users.create_superuser(username=name, password=password)
    out.write(f"Made the administrator `{name}`.")
    if chosen is None:
        out.write(f"Its password, shown only this once: {password}\n(Forgotten: manage.py changepassword {name})")
    if settings.ADMIN_SECOND_FACTOR:
        out.write(
            "The first sign-in under /admin/ sets up a second factor: have an app for one-time codes at hand.\n"
            f"(Lost with its recovery codes: manage.py reset_second_factor {name})"
        )


def _check_password(password: str, user: Any) -> None:
    """Raises ConfigurationError for a password that is guessed first."""
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        raise env.ConfigurationError(f"DJANGO_SUPERUSER_PASSWORD: {' '.join(refusal.messages)}") from refusal


def collect_static(out: OutputWrapper) -> None:
    """Gather the files that granian serves by itself, unless they are as they were at the last start."""
    fingerprint = _static_files_fingerprint()
    stamp = env.data_folder() / "run" / "static.stamp"
    static_root = Path(settings.STATIC_ROOT)
    if static_root.is_dir() and stamp.exists() and stamp.read_text(encoding="ascii") == fingerprint:
        return
    call_command("collectstatic", interactive=False, verbosity=0, stdout=out)
    write_whole(stamp, fingerprint)


STEPS: tuple[tuple[str, Step], ...] = (
    ("Preparing the database", migrate),
    ("Loading the catalogue", load_catalogue),
    ("Looking for an administrator", create_admin),
    ("Collecting static files", collect_static),
)


def _static_files_fingerprint() -> str:
    """Changes whenever a static file is added, removed or edited, or goes elsewhere."""
    digest = hashlib.sha256(os.fsencode(settings.STATIC_ROOT))
    for finder in get_finders():
        for name, storage in finder.list(None):
            found = Path(storage.path(name)).stat()
            digest.update(
                f"{storage.path(name)}\0{found.st_mtime_ns}\0{found.st_size}\n".encode(errors="surrogateescape")
            )
    return digest.hexdigest()
