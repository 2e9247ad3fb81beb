"""Guessing passwords is counted in the database: of one name from one address, and of one address.

The rows are django-axes' (`AccessAttempt`), so that its commands work on them. One row a name and address: a name that
somebody has (or whose verified address it is) stands there as the username, and a name that nobody has as a keyed
digest, since what is typed there may be anything, an address or a password in the wrong field.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from accounts.models import User
from watchly.common.audit import record_event

_CODES = " (codes)"
NO_ADDRESS = "::"  # of a caller whose address is not known: they share one

# What is counted under: the username that the name belongs to, else the digest. Written as a sub-select, so that a
# known and an unknown name cost the same statements.
NAME_KEY = """coalesce(
    (SELECT lower(u.username) FROM accounts_user u
      WHERE lower(u.username) = lower(%(name)s)
         OR (lower(u.email) = lower(%(name)s) AND u.email_verified_at IS NOT NULL)
      ORDER BY lower(u.username) = lower(%(name)s) DESC LIMIT 1), %(digest)s)"""
_OF_NAME = "username = {key} AND ip_address = %(address)s AND attempt_time > now() - %(cool_off)s"
# Failures of this name from this address, and all of this address.
FAILURES = f"""
    (SELECT coalesce(sum(failures_since_start), 0) FROM axes_accessattempt WHERE {_OF_NAME}),
    (SELECT coalesce(sum(failures_since_start), 0) FROM axes_accessattempt
      WHERE ip_address = %(address)s AND attempt_time > now() - %(window)s)"""


@dataclass(frozen=True, slots=True)
class Failures:
    """How often this name, and how often anything, was tried in vain from an address."""

    of_name: int
    of_address: int

    @property
    def locked(self) -> bool:
        """Whether no password is looked at any more, right or wrong."""
        return self.of_name >= settings.AXES_FAILURE_LIMIT or self.of_address >= address_limit()

    @property
    def retry_after(self) -> int:
        """Seconds after which another try makes sense."""
        long = self.of_name < settings.AXES_FAILURE_LIMIT
        wait = settings.ADDRESS_FAILURE_WINDOW if long else settings.AXES_COOLOFF_TIME
        return int(wait.total_seconds())


def address_limit() -> int:
    """Failures of one address that lock it: a rate limit, so WATCHLY_RATE_SCALE multiplies it."""
    return max(1, int(settings.ADDRESS_FAILURE_LIMIT * settings.RATE_SCALE))


def parameters(*, name: str, address: str | None) -> dict[str, Any]:
    """What the SQL of this module takes."""
    return {
        "name": name,
        "digest": "?" + salted_hmac("accounts.lockout", name.casefold(), algorithm="sha256").hexdigest(),
        "address": address or NO_ADDRESS,
        "cool_off": settings.AXES_COOLOFF_TIME,
        "window": settings.ADDRESS_FAILURE_WINDOW,
        "limit": settings.AXES_FAILURE_LIMIT,
    }


def name_for_codes(username: str) -> str:
    """What wrong codes of a second factor are counted under. No username has a space.

    Apart from passwords, since the right password forgets the wrong ones: who has it would guess codes for ever.
    """
    return username.lower() + _CODES


def failures_of(*, name: str, address: str | None, verbatim: bool = False) -> Failures:
    """What was counted so far. One statement. `verbatim`: under this very name, which need be nobody's."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {FAILURES.format(key=NAME_KEY)}", _parameters(name, address, verbatim))
        return Failures(*cursor.fetchone())


def record_failure(*, name: str, address: str | None, verbatim: bool = False) -> Failures:
    """Counts one, atomically, and returns where that leaves us. A row that has cooled off begins anew.

    `verbatim` as in `failures_of`.
    """
    statement = f"""
        INSERT INTO axes_accessattempt (username, ip_address, user_agent, http_accept, path_info, attempt_time,
                                        get_data, post_data, failures_since_start)
        VALUES ({NAME_KEY}, %(address)s, '', '', '', now(), '', '', 1)
        ON CONFLICT (username, ip_address, user_agent) DO UPDATE SET
            failures_since_start = CASE WHEN axes_accessattempt.attempt_time > now() - %(cool_off)s
                                        THEN axes_accessattempt.failures_since_start + 1 ELSE 1 END,
            attempt_time = now()
        RETURNING failures_since_start"""
    with connection.cursor() as cursor:
        cursor.execute(statement, _parameters(name, address, verbatim))
        (of_name,) = cursor.fetchone()
    return Failures(of_name, 0)


def forget_failures(*, username: str, address: str | None) -> None:
    """After the right password: what was mistyped before counts no more."""
    AccessAttempt.objects.filter(username=username.lower(), ip_address=address or NO_ADDRESS).delete()


def forget_name(*, username: str) -> None:
    """Everything that was counted for a username, from wherever: at an erasure, and to let somebody in again."""
    AccessAttempt.objects.filter(username__in=[username.lower(), name_for_codes(username)]).delete()


@transaction.atomic
def lift_locks(*, attempt_ids: Iterable[int]) -> int:
    """Forgets what was counted in these rows, so that the names are let in again; returns how many rows there were."""
    attempts = list(AccessAttempt.objects.select_for_update().filter(pk__in=list(attempt_ids)))
    names = {each.username.removesuffix(_CODES) for each in attempts}
    found = User.objects.annotate(name=Lower("username")).filter(name__in=names)
    known = dict(found.values_list("name", "pk"))
    for each in attempts:
        record_event("lock_lifted", subject_id=known.get(each.username.removesuffix(_CODES)))
        each.delete()
    return len(attempts)


def _parameters(name: str, address: str | None, verbatim: bool) -> dict[str, Any]:
    found = parameters(name=name, address=address)
    return {**found, "digest": name} if verbatim else found
