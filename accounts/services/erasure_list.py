"""Who was erased, kept beside the database: a backup that is restored brings nobody back for longer than a night.

One line of JSON an erasure, below PRIVATE_ROOT: the number of the account and when. It is no list of people, since no
number says whose it was. The audit trail holds the same, but a restored one knows nothing of what came later.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import datetime
from typing import Final

import structlog
from django.utils import timezone

from accounts.models import User
from accounts.services.private_files import private_path
from watchly.common.models import AuditEvent

log = structlog.get_logger(__name__)

LIST: Final = "erasures.ndjson"
ERASED: Final = "account_erased"  # the event of the audit trail
_AT_ONCE = 1000  # users


def note_erasures(erasures: Iterable[tuple[int, datetime]]) -> None:
    """Adds erasures to the list, safely on the disk. What cannot be written is logged, and added the next night."""
    lines = [json.dumps({"user_id": user_id, "erased_at": at.isoformat()}) + "\n" for user_id, at in erasures]
    if not lines:
        return
    try:
        file = os.open(private_path(LIST, make=True), os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(file).st_size
            # A line that a power cut tore must not take the next one with it.
            torn = size > 0 and os.pread(file, 1, size - 1) != b"\n"
            os.write(file, ("\n" * torn + "".join(lines)).encode())
            os.fsync(file)
        finally:
            os.close(file)
    except OSError:
        log.exception("erasure_not_listed", erasures=len(lines))


def listed_erasures() -> dict[int, datetime]:
    """When each account of the list was erased, last. A line that is none is passed over, and logged."""
    found: dict[int, datetime] = {}
    try:
        lines = private_path(LIST).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return found
    except OSError:
        log.exception("erasure_list_unreadable")
        return found
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            user_id, at = int(entry["user_id"]), datetime.fromisoformat(entry["erased_at"])
            found[user_id] = max(at, found.get(user_id, at))
        except (ValueError, TypeError, KeyError):
            log.warning("erasure_list_unreadable", line=number)
    return found


def returned_accounts() -> list[int]:
    """The numbers of accounts that were erased and are there again, from a backup.

    Who joined after the erasure is somebody else, to whom a restored database gave the number anew.
    """
    listed = listed_erasures()
    ids, found = sorted(listed), list[int]()
    for start in range(0, len(ids), _AT_ONCE):
        there = User.objects.filter(pk__in=ids[start : start + _AT_ONCE], erased_at=None)
        found += [pk for pk, joined in there.values_list("pk", "date_joined") if joined < listed[pk]]
    return found


def mark_returned() -> None:
    """Completes the list from the audit trail, and marks accounts that are there again as due."""
    listed = listed_erasures()
    told = AuditEvent.objects.filter(event=ERASED).order_by("pk").values_list("subject_id", "created_at")
    note_erasures((user_id, at) for user_id, at in told if user_id is not None and user_id not in listed)
    if returned := returned_accounts():
        User.objects.filter(pk__in=returned).update(erase_after=timezone.now())
        log.warning("erased_accounts_returned", accounts=len(returned))
