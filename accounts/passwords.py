"""What is too easy to guess for a password, beside what Django's own validators refuse.

An attacker tries the common passwords, the name of the site and the name of the user, each with what people append to
satisfy rules: digits, signs, a capital. So a password is compared by its core, without these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

LEAST_DISTINCT = 5  # characters
_SPELLINGS = str.maketrans("0134578@$!", "oieastbasi")  # p4ssw0rd
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_SHORTEST_NAME = 3  # of a user or a host: shorter ones are in many good passwords


class GuessableValidator:
    """Refuses a password whose core is a common one, the site's name or the user's, and one of few characters."""

    def __init__(self) -> None:
        self._common = CommonPasswordValidator().passwords

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError with the code `password_too_repetitive`, `password_too_similar` or
        `password_too_common`.
        """
        plain = password.strip().lower()
        if len(set(plain)) < LEAST_DISTINCT:
            raise ValidationError(
                f"This password repeats itself: use at least {LEAST_DISTINCT} different characters.",
                code="password_too_repetitive",
            )
        cores = _cores(plain)
        if cores & {core for name in [*_site_names(), *_user_names(user)] for core in _cores(name)}:
            raise ValidationError(
                "This password is made of a name that is tried first: choose one without the site's name and yours.",
                code="password_too_similar",
            )
        if plain in self._common or cores & self._common:
            raise ValidationError(
                "This password is a common one with something added: choose one that is not in lists of passwords.",
                code="password_too_common",
            )

    def get_help_text(self) -> str:
        return "Your password can't be a common one, the site's name or your own with digits or signs added."


def _cores(text: str) -> set[str]:
    """What is left of a text without digits and signs at its ends, as it is and with signs read as letters."""
    bare = _EDGES.sub("", text.lower())
    found = {bare, bare.translate(_SPELLINGS), _EDGES.sub("", text.lower().translate(_SPELLINGS))}
    halves = {each[: len(each) // 2] for each in found if each and each[: len(each) // 2] * 2 == each}  # watchlywatchly
    return {core for core in found | halves if len(core) >= _SHORTEST_NAME}


def _site_names() -> Iterable[str]:
    yield settings.OTP_TOTP_ISSUER
    for host in settings.ALLOWED_HOSTS:
        yield from (part for part in host.lower().split(".")[:-1] if part != "www")


def _user_names(user: Any) -> Iterable[str]:
    for field in ("username", "email", "first_name", "last_name"):
        value = str(getattr(user, field, "") or "")
        yield from (value, value.partition("@")[0])
