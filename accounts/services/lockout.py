"""Guessing passwords is counted in the database: of one name from one network, of one network, and of one name.

A try is counted before the password is looked at and forgotten when it was right, so parallel guesses get no more
tries than guesses in turn. What counts as a network: `watchly.common.addresses`.

The rows are django-axes' (`AccessAttempt`), so that its commands work on them: one per name and network. A username is
stored as itself; whatever else was typed (an e-mail address, an unknown name, a password in the wrong field) as a keyed
digest. A name and the e-mail address of one account are counted apart: counted together, a lock on one would tell that
the other belongs to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from accounts.models import EndReason, User
from watchly.common.addresses import counted_as, truncated, wider_network
from watchly.common.audit import record_event

_CODES = " (codes)"
NO_ADDRESS = "::"  # of a caller whose address is not known: they share one
_LOCK = 0x74727973  # of the advisory lock: "trys"
_LONGEST_DELAY = 300  # seconds
_TRUSTED = (EndReason.LOGOUT, EndReason.BY_USER)  # ends of sessions that say nothing against the place they came from

# Eight figures about a name ({key}) and a user ({user}, null if none has it): failures of the name from the network and
# from the wider one, all failures of the two, failures of the name from anywhere and the seconds since the last, and
# whether the user has signed in from this place before.
FIGURES = """
    (SELECT coalesce(sum(failures_since_start), 0) FROM axes_accessattempt
      WHERE username = {key} AND ip_address = %(network)s AND attempt_time > now() - %(cool_off)s),
    (SELECT coalesce(sum(failures_since_start), 0) FROM axes_accessattempt
      WHERE username = {key} AND ip_address <<= %(wider)s::inet AND attempt_time > now() - %(cool_off)s),
    (SELECT coalesce(sum(failures_since_start), 0) FROM axes_accessattempt
      WHERE ip_address = %(network)s AND attempt_time > now() - %(window)s),
    (SELECT coalesce(sum(failures_since_start), 0) FROM axes_accessattempt
      WHERE ip_address <<= %(wider)s::inet AND attempt_time > now() - %(window)s),
    (SELECT coalesce(sum(failures_since_start), 0) FROM axes_accessattempt
      WHERE username = {key} AND attempt_time > now() - %(window)s),
    (SELECT coalesce(extract(epoch FROM now() - max(attempt_time)), 0)::float FROM axes_accessattempt
      WHERE username = {key} AND attempt_time > now() - %(window)s),
    EXISTS (SELECT FROM accounts_session s
             WHERE s.user_id = {user} AND s.address = %(place)s::inet
               AND (s.revoked_at IS NULL OR s.revoked_reason = ANY(%(trusted)s)))"""


@dataclass(frozen=True, slots=True)
class Failures:
    """How often this name, and how often anything, was tried in vain from a network; and the name from anywhere."""

    of_name: int
    of_name_wider: int
    of_network: int
    of_network_wider: int
    of_name_anywhere: int
    seconds_since: float  # the last failure of the name, from anywhere
    known_place: bool

    @property
    def retry_after(self) -> int:
        """Seconds in which no password is looked at, right or wrong; 0 if the next one is."""
        waits = [self._delay()]
        if self.of_name >= settings.AXES_FAILURE_LIMIT or self.of_name_wider >= 10 * settings.AXES_FAILURE_LIMIT:
            waits.append(int(settings.AXES_COOLOFF_TIME.total_seconds()))
        if self.of_network >= network_limit() or self.of_network_wider >= 10 * network_limit():
            waits.append(int(settings.ADDRESS_FAILURE_WINDOW.total_seconds()))
        return max(waits)

    @property
    def locked(self) -> bool:
        """Whether no password is looked at now, right or wrong."""
        return self.retry_after > 0

    def _delay(self) -> int:
        """What is left of the pause after a failure of a name that is tried from many networks: 1, 2, 4 … 300 s.

        A place from which the user has signed in before does not wait, so that guessing keeps nobody out of there.
        """
        excess = self.of_name_anywhere - name_limit()
        if excess < 0 or self.known_place:
            return 0
        pause = _LONGEST_DELAY if excess > 8 else 2**excess
        return max(0, ceil(pause - self.seconds_since))


def network_limit() -> int:
    """Failures from one network that lock it: a rate limit, so WATCHLY_RATE_SCALE multiplies it."""
    return max(1, int(settings.ADDRESS_FAILURE_LIMIT * settings.RATE_SCALE))


def name_limit() -> int:
    """Failures of one name from anywhere after which each is followed by a pause; WATCHLY_RATE_SCALE multiplies it."""
    return max(1, int(settings.NAME_FAILURE_LIMIT * settings.RATE_SCALE))


def parameters(*, address: str | None) -> dict[str, Any]:
    """What FIGURES takes, for a caller's whole address."""
    return {
        "network": counted_as(address) or NO_ADDRESS,
        "wider": wider_network(address),
        "place": truncated(address),
        "cool_off": settings.AXES_COOLOFF_TIME,
        "window": settings.ADDRESS_FAILURE_WINDOW,
        "trusted": [reason.value for reason in _TRUSTED],
    }


def digest_of_name(name: str) -> str:
    """What a name that is not a username is counted under."""
    return "?" + salted_hmac("accounts.lockout", name.casefold(), algorithm="sha256").hexdigest()


def key_of_name(name: str) -> tuple[str, int | None]:
    """What a typed name is counted under, and the user who has it as a username. One statement either way."""
    found = User.objects.alias(lower=Lower("username")).annotate(key=Lower("username"))
    row = found.filter(lower=Lower(Value(name))).values_list("key", "pk").first()
    return row if row is not None else (digest_of_name(name), None)


def key_for_codes(username: str) -> str:
    """What wrong codes of a second factor are counted under. No username has a space.

    Apart from passwords, since the right password forgets the wrong ones: who has it would guess codes for ever.
    """
    return username.lower() + _CODES


@transaction.atomic
def claim_try(*, key: str, user_id: int | None, address: str | None) -> Failures:
    """Counts a try of this name before its password is looked at, unless the name or network is locked.

    Returns what was counted before; if that is `locked`, nothing was counted and the password must not be looked at.
    Tries of one name wait for each other here, so however many come at once, no more than the limit get through.
    """
    values = parameters(address=address) | {"key": key, "user": user_id}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(k.key)) FROM (SELECT %s AS key) k", [_LOCK, key])
        cursor.execute(f"SELECT {FIGURES.format(key='%(key)s', user='%(user)s::bigint')}", values)
        found = Failures(*cursor.fetchone())
        if not found.locked:
            cursor.execute(
                """
                INSERT INTO axes_accessattempt (username, ip_address, user_agent, http_accept, path_info, attempt_time,
                                                get_data, post_data, failures_since_start)
                VALUES (%(key)s, %(network)s, '', '', '', now(), '', '', 1)
                ON CONFLICT (username, ip_address, user_agent) DO UPDATE SET
                    failures_since_start = CASE WHEN axes_accessattempt.attempt_time > now() - %(cool_off)s
                                                THEN axes_accessattempt.failures_since_start + 1 ELSE 1 END,
                    attempt_time = now()""",
                values,
            )
    return found


def is_last_try(found: Failures) -> bool:
    """Whether the try that was claimed on top of these is the last one: if it fails, the name is locked."""
    return found.of_name + 1 >= settings.AXES_FAILURE_LIMIT


def take_back_try(*, key: str, address: str | None) -> None:
    """Takes back the last try that was counted, where nothing was looked at after all."""
    rows = AccessAttempt.objects.filter(username=key, ip_address=counted_as(address) or NO_ADDRESS)
    rows.filter(failures_since_start__gt=0).update(failures_since_start=F("failures_since_start") - 1)


def forget_failures(*, key: str, address: str | None) -> None:
    """After the right password: what was mistyped before from this network counts no more."""
    with connection.cursor() as cursor:  # one statement: the ORM reads rows first, for axes' signals
        cursor.execute(
            "DELETE FROM axes_accessattempt WHERE username = %s AND ip_address = %s",
            [key, counted_as(address) or NO_ADDRESS],
        )


def forget_name(*, username: str, email: str = "") -> None:
    """Deletes everything that was counted for a username and an e-mail address: at a reset and at an erasure."""
    keys = [username.lower(), key_for_codes(username), *([digest_of_name(email)] if email else [])]
    AccessAttempt.objects.filter(username__in=keys).delete()


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
