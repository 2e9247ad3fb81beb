"""Exports of all that an account holds: asked for, made by a job, offered for a day, cleared."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.core import signing
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone

from accounts.exporters.archive import write_archive
from accounts.models import DataExport, User
from accounts.services.private_files import delete_private, private_path
from watchly.common.audit import record_event
from watchly.common.errors import Conflict, Gone, NotFound, RateLimited
from watchly.common.mail import send_letter

log = structlog.get_logger(__name__)

FOLDER = "exports"
OFFERED = timedelta(hours=24)
A_DAY = timedelta(days=1)
MOST_A_DAY = 3
_FORGOTTEN = timedelta(days=30)  # after which the row goes too
_LOST = timedelta(hours=24)  # after which nothing works on it any more, whatever its state says
_SALT = "accounts.exports"
_State = DataExport.State


@transaction.atomic
def request_export(*, user_id: int) -> DataExport:
    """Has a job make an export.

    Raises Conflict (`export_running`) while one is under way, RateLimited after three in 24 hours, of which those that
    failed do not count, and NotFound.
    """
    if not User.objects.select_for_update().filter(pk=user_id, erased_at__isnull=True).exists():
        raise NotFound("There is no such user.")
    now = timezone.now()
    if DataExport.objects.under_way().filter(user_id=user_id).exists():
        raise _running()
    made = DataExport.objects.filter(user_id=user_id, created_at__gt=now - A_DAY).exclude(state=_State.FAILED)
    times = sorted(made.values_list("created_at", flat=True))
    if len(times) >= MOST_A_DAY:
        wait = int((times[-MOST_A_DAY] + A_DAY - now).total_seconds()) + 1
        raise RateLimited(f"You had {MOST_A_DAY} exports within 24 hours, and that is the most.", retry_after=wait)
    try:
        with transaction.atomic():
            export = DataExport.objects.create(
                user_id=user_id, path=f"{FOLDER}/{secrets.token_hex(16)}.zip", created_at=now
            )
    except IntegrityError as error:
        if "accounts_dataexport_one_under_way" not in str(error):
            raise
        raise _running() from error
    record_event("export_requested", subject_id=user_id, export=export.pk)
    from accounts.tasks import build_export  # the job calls this module

    build_export.enqueue(export_id=export.pk)
    return export


def make_export(*, export_id: int) -> None:
    """Writes the archive of an export that is under way, says so to its owner, and offers it for 24 hours.

    Run again, it makes the same file anew. A database that is away is raised, so that the job is tried again; any other
    failure ends the export, and its owner may ask for another.
    """
    if not DataExport.objects.under_way().filter(pk=export_id).update(state=_State.RUNNING):
        return
    export = DataExport.objects.get(pk=export_id)
    target = private_path(export.path, make=True)
    try:
        size = write_archive(user_id=export.user_id, target=target)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("export_failed", export=export_id)
        target.unlink(missing_ok=True)
        _end(export_id, state=_State.FAILED, error="It could not be written. Ask for another.")
        return
    if not _offer(export, size):
        target.unlink(missing_ok=True)  # the account was erased meanwhile


@transaction.atomic
def _offer(export: DataExport, size: int) -> bool:
    if not _end(export.pk, state=_State.READY, bytes=size, expires_at=timezone.now() + OFFERED):
        return False
    record_event("export_made", subject_id=export.user_id, export=export.pk)
    send_letter.enqueue(letter="export_ready", ids={"user_id": export.user_id})
    return True


def _end(export_id: int, **values: object) -> bool:
    ended = DataExport.objects.under_way().filter(pk=export_id).update(finished_at=timezone.now(), **values)
    return bool(ended)


def _running() -> Conflict:
    return Conflict("An export is being made: wait until it is there.", code="export_running")


# --- The file ---------------------------------------------------------------------------------------------------------


def signature_of(export: DataExport) -> str:
    """What opens the file of an export without a sign-in, until it expires or the account's sessions are ended."""
    return signing.Signer(salt=_SALT).signature(_signed(export))


def open_export(*, export_id: int, signature: str) -> Path:
    """The file that a signed link leads to. Raises NotFound for another signature, Gone (`export_expired`) after it."""
    exports = DataExport.objects.filter(pk=export_id, finished_at__isnull=False, user__is_active=True)
    export = exports.select_related("user").first()
    if export is None or not secrets.compare_digest(signature_of(export).encode(), signature.encode()):
        raise NotFound("There is no such export, or the link is not whole: read the export anew for its link.")
    path = private_path(export.path)
    offered = export.state == _State.READY and export.expires_at is not None and export.expires_at > timezone.now()
    if not (offered and path.is_file()):
        raise Gone("The export was offered for 24 hours, and they are over: ask for another.", code="export_expired")
    record_event("export_fetched", subject_id=export.user_id, export=export.pk)
    return path


def _signed(export: DataExport) -> str:
    expires: datetime | None = export.expires_at
    # With the digest that cookie sessions carry: a new password or a sign-out everywhere ends the link as it ends them.
    return f"{export.pk}:{export.path}:{expires.isoformat() if expires else ''}:{export.user.get_session_auth_hash()}"


# --- What is over -----------------------------------------------------------------------------------------------------


def clear_exports() -> int:
    """Deletes the files whose time is over, ends what nothing works on any more, and forgets what is long past.

    Returns how many files went.
    """
    now = timezone.now()
    over = list(DataExport.objects.over().values_list("pk", "path"))
    delete_private([path for _, path in over])
    DataExport.objects.filter(pk__in=[pk for pk, _ in over]).update(state=_State.EXPIRED)
    lost = DataExport.objects.under_way().filter(created_at__lt=now - _LOST)
    delete_private([*lost.values_list("path", flat=True)])
    lost.update(state=_State.FAILED, finished_at=now, error="It was not finished within a day. Ask for another.")
    past = DataExport.objects.filter(created_at__lt=now - _FORGOTTEN).exclude(state__in=DataExport.UNDER_WAY)
    delete_private([*past.values_list("path", flat=True)])
    past.delete()
    return len(over)
