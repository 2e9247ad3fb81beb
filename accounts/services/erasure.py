"""Erasing an account: asked for by its owner, taken back within 14 days, carried out at night.

What becomes of each row is in the registry of user data (`watchly.common.user_data`); why, in docs/privacy.md.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.contrib.auth.hashers import make_password
from django.db import models, transaction
from django.utils import timezone

from accounts.exporters.archive import paths_in
from accounts.models import DataExport, User
from accounts.models.user import ERASED_NAME
from accounts.services.credentials import CredentialEvent
from accounts.services.erasure_list import ERASED, mark_returned, note_erasures
from accounts.services.private_files import delete_private
from accounts.services.sessions import end_all_sessions
from accounts.services.sign_in import confirm_password, wrong_password
from accounts.services.traces import TRACES, take_out
from accounts.services.usernames import reserve_name
from accounts.signals import user_erased
from watchly.common.audit import record_event
from watchly.common.errors import Conflict, NotFound
from watchly.common.files.stored import discard
from watchly.common.mail import send_letter
from watchly.common.transactions import atomic_despite_deadlocks
from watchly.common.user_data import Erase, UserData, registered

log = structlog.get_logger(__name__)

TIME_TO_THINK = timedelta(days=14)


def request_erasure(*, user_id: int, password: str, address: str | None) -> datetime:
    """Marks an account to be erased in 14 days, signs it out everywhere, and tells its owner; returns when.

    `address` is the caller's whole address, for which wrong passwords are counted as at a sign-in. Asked again, the
    first date stands. Raises RuleViolation for a wrong password, RateLimited after too many of them, Conflict
    (`last_administrator`) for the only superuser there is, and NotFound.
    """
    user = User.objects.filter(pk=user_id, erased_at__isnull=True).first()
    if user is None:
        raise NotFound("There is no such user.")
    known = confirm_password(
        user_id=user_id, username=user.username, encoded=user.password, password=password, address=address
    )
    if not known:
        raise wrong_password("/password")
    with transaction.atomic():
        # All superusers at once, in order: two who leave at the same moment do not both see the other stay.
        superusers = User.objects.filter(is_superuser=True, is_active=True).order_by("pk")
        staying = [each for each in superusers.select_for_update() if each.erase_after is None and each.pk != user_id]
        if user.is_superuser and not staying:
            raise Conflict(
                "You are the only administrator: make another user a superuser first.", code="last_administrator"
            )
        locked = User.objects.select_for_update().get(pk=user_id)
        if locked.erase_after is None:
            locked.erase_after = timezone.now() + TIME_TO_THINK
            locked.save(update_fields=["erase_after"])
            record_event("erasure_requested", subject_id=user_id)
            send_letter.enqueue(letter="erasure_asked", ids={"user_id": user_id})
        end_all_sessions(user_id=user_id, event=CredentialEvent.ERASURE_REQUESTED)
    return locked.erase_after


@transaction.atomic
def restore_account(*, user_id: int) -> bool:
    """Takes the wish to be erased back; False when there was none. Raises NotFound, also once it is erased."""
    user = User.objects.select_for_update().filter(pk=user_id, erased_at__isnull=True).first()
    if user is None:
        raise NotFound("There is no such user.")
    if user.erase_after is None:
        return False
    user.erase_after = None
    user.save(update_fields=["erase_after"])
    record_event("erasure_taken_back", subject_id=user_id)
    send_letter.enqueue(letter="erasure_taken_back", ids={"user_id": user_id})
    return True


def erase_due_accounts() -> tuple[int, list[int]]:
    """Erases every account whose 14 days are over or that a backup brought back, each in a transaction of its own.

    Returns how many, and the numbers of those that failed: they are as they were, and met again the next night.
    """
    mark_returned()
    erased, failed = 0, []
    for user_id in list(User.objects.to_erase().order_by("erase_after").values_list("pk", flat=True)):
        try:
            erased += erase_account(user_id=user_id)
        except Exception:
            log.exception("erasure_failed", user=user_id)
            failed.append(user_id)
    return erased, failed


@atomic_despite_deadlocks
def erase_account(*, user_id: int) -> bool:
    """Erases one account whose time has come; False when it is not to be erased (its owner was back in time).

    Other apps hear `user_erased` first, and one that fails rolls all of it back. Then goes what names the person in
    texts, then every key of the registry goes its way. The row of the user stays, with nothing of them in it, if
    something that is kept refers to it, and goes otherwise. Files go when the transaction is through.
    """
    user = User.objects.to_erase().select_for_update().filter(pk=user_id).first()
    if user is None:
        return False
    media = [path for entry in registered() for path in _media(entry, user_id)]
    private = list(DataExport.objects.filter(user_id=user_id).values_list("path", flat=True))
    user_erased.send(sender=User, user_id=user_id)
    replacement = _free_name(user_id)
    reserve_name(username=user.username, owner_id=None)
    for forget in TRACES:
        forget(user, replacement)
    kept = [entry for entry in registered() if entry.model_class is not User and _carry_out(entry, user, replacement)]
    if kept:
        _anonymise(user_id, replacement)
    else:
        User.objects.filter(pk=user_id).delete()
    record_event(ERASED, subject_id=user_id, row="kept" if kept else "deleted")
    erased = [(user_id, timezone.now())]
    transaction.on_commit(lambda: note_erasures(erased))
    transaction.on_commit(lambda: discard(media))
    transaction.on_commit(lambda: delete_private(private))
    return True


def _rows(entry: UserData, user_id: int) -> models.QuerySet[models.Model]:
    return entry.model_class._base_manager.filter(**{entry.field: user_id})


def _media(entry: UserData, user_id: int) -> list[str]:
    """The files of the rows that go; those of rows that stay stay with them."""
    if not entry.media or entry.erase is not Erase.DELETE:
        return []
    return [path for row in _rows(entry, user_id).values_list(*entry.media) for path in paths_in(list(row))]


def _carry_out(entry: UserData, user: User, replacement: str) -> bool:
    """Does to the rows what the registry says; whether some stay that refer to the user's row."""
    rows = _rows(entry, user.pk)
    if entry.erase is Erase.DELETE:
        rows.delete()
        return False
    if not entry.model_class._meta.get_field(entry.field).is_relation:
        return False  # a number in the trail, which nobody may change, and which holds no text of a person
    take_out(rows, user.email, replacement)
    if entry.erase is Erase.FORGET:
        rows.update(**{entry.field: None})
        return False
    return rows.exists()


def _free_name(user_id: int) -> str:
    """What the account is called from now on. Somebody may have had the name before it was kept for this."""
    name = ERASED_NAME.format(id=user_id)
    while User.objects.filter(username__iexact=name).exclude(pk=user_id).exists():
        name += "-"
    return name


def _anonymise(user_id: int, name: str) -> None:
    """Leaves of a user's row what says nothing of a person: its number, and the day it was made."""
    now = timezone.now()
    User.objects.filter(pk=user_id).update(
        username=name,
        email="",
        email_verified_at=None,
        first_name="",
        last_name="",
        password=make_password(None),
        is_active=False,
        is_staff=False,
        is_superuser=False,
        last_login=None,
        erase_after=None,
        erased_at=now,
    )
