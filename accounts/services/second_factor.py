"""The second factor of staff: set up, asked for, taken away.

Wrong codes are counted twice: for the device (django-otp, wherever they come from), and for the name and address as
wrong passwords are. All that happens is in the audit trail, and what somebody else may have done is told by mail.
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticToken

from accounts.models import Authenticator, RecoveryCodes, Session, User
from accounts.sealing import Unreadable
from accounts.services.credentials import CredentialEvent, end_credentials
from accounts.services.lockout import claim_try, forget_failures, is_last_try, key_for_codes, take_back_try
from accounts.services.sign_in import confirm_password, wrong_password
from accounts.tokens import make_access_token
from watchly.common.audit import record_event
from watchly.common.errors import Conflict, FieldError, Forbidden, NotFound, RateLimited, RuleViolation, WatchlyError
from watchly.common.mail import send_letter

RECOVERY_CODES = 10
_SECRET_BYTES = 20  # as RFC 4226 recommends
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # 32, without what looks alike
_CODE = re.compile(r"[0-9]{6}", re.A)
_RECOVERY_CODE = re.compile(r"[a-z2-9]{10}", re.A)


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret to be put into an app. `sealed` is to be handed back with a code; it is stored nowhere."""

    sealed: str
    text: str  # for typing: groups of four letters
    address: str  # for the app: otpauth://totp/…


@dataclass(frozen=True, slots=True)
class State:
    """What somebody has."""

    added_at: datetime
    last_used_at: datetime | None
    recovery_codes_left: int


def offer_second_factor(*, user_id: int, sealed: str | None = None) -> Offer:
    """A new secret for an app, or again the one that was offered before (`sealed`), if it can be read."""
    user = User.objects.get(pk=user_id)
    device = Authenticator(user=user, key=sealed or "")
    try:
        secret = device.bin_key
    except Unreadable:
        secret = secrets.token_bytes(_SECRET_BYTES)
        device.key = Authenticator.sealed(secret, user_id=user_id)
    letters = base64.b32encode(secret).decode()
    return Offer(device.key, " ".join(re.findall("....", letters)), device.config_url)


def add_second_factor(*, user_id: int, sealed: str, code: str) -> tuple[int, list[str]]:
    """Takes an offered secret when a code of it is shown; returns the number of the device and the recovery codes.

    The codes are shown once: only digests of them are kept. Raises Conflict for somebody who has a second factor,
    RuleViolation for a wrong code.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        if Authenticator.objects.filter(user=user).exists():
            raise Conflict("You have a second factor: remove it first.")
        device = Authenticator.objects.create(user=user, name="app", key=sealed)
        try:
            right = _CODE.fullmatch(_tidy(code)) is not None and device.verify_token(_tidy(code))
        except Unreadable as error:
            raise Conflict("This page is from before: load it anew.") from error
        if not right:
            raise _wrong("This is not the code that the app shows now. Is the clock of its device right?")
        codes = _new_recovery_codes(user)
        end_credentials(user_id=user_id, event=CredentialEvent.SECOND_FACTOR_ADDED)
        record_event("second_factor_added", subject_id=user_id)
        send_letter.enqueue(letter="second_factor_added", ids={"user_id": user_id})
    return device.pk, codes


def use_second_factor(*, user_id: int, code: str, address: str | None) -> int:
    """Whether a code is right: of the app, or a recovery code, which is used up by it. Returns the device's number.

    `address` is the caller's whole address. A code of the app opens once, too. Raises RuleViolation for a wrong one,
    RateLimited after too many, NotFound for somebody without a second factor, and Conflict if it can be read no more.
    """
    user = User.objects.get(pk=user_id)
    key = key_for_codes(user.username)
    counted = claim_try(key=key, user_id=user_id, address=address)
    if counted.locked:
        raise _wait(counted.retry_after)
    with transaction.atomic():
        refusal, device_id = _try(user, _tidy(code))
        if refusal is None:
            forget_failures(key=key, address=address)
        elif isinstance(refusal, RateLimited):  # the device did not look at it
            take_back_try(key=key, address=address)
        else:
            record_event("locked_out" if is_last_try(counted) else "second_factor_failed", subject_id=user_id)
    if refusal is not None:  # raised out here: what was counted must stand
        raise refusal
    return device_id


def show_second_factor(*, user_id: int, session_id: int, code: str, address: str | None) -> str:
    """Takes a code of the user's second factor for this session, which has staff powers from then on.

    Returns an access token that says so (`amr`). Raises as `use_second_factor` does, and NotFound for a session that
    has ended.
    """
    device_id = use_second_factor(user_id=user_id, code=code, address=address)
    if not Session.objects.living().filter(pk=session_id, user_id=user_id).update(second_factor_id=device_id):
        raise NotFound(f"You have no session {session_id}.")
    now = timezone.now().replace(microsecond=0)
    return make_access_token(user_id=user_id, session_id=session_id, now=now, second_factor=True)


def _try(user: User, code: str) -> tuple[WatchlyError | None, int]:
    """Tries a code under the lock of its device, so that of two tries at once one opens."""
    app = Authenticator.objects.select_for_update().filter(user=user, confirmed=True).first()
    if app is None:
        raise NotFound("You have no second factor: set one up in the back office.")
    recovery = _RECOVERY_CODE.fullmatch(code) is not None
    if not recovery and not _CODE.fullmatch(code):
        return _wrong(), 0
    device = RecoveryCodes.objects.select_for_update().filter(user=user).first() if recovery else app
    if device is None:
        return _wrong(), 0
    allowed, why = device.verify_is_allowed()
    if not allowed and why is not None:
        return _wait(max(1, round((why["locked_until"] - timezone.now()).total_seconds()))), 0
    try:
        right = device.verify_token(code)
    except Unreadable as error:
        raise Conflict(
            "The second factor can be read no more, since the server's secret key is another: have it reset."
        ) from error
    if not right:
        return _wrong(), 0
    if isinstance(device, RecoveryCodes):
        record_event("recovery_code_used", subject_id=user.pk, left=device.token_set.count())
        send_letter.enqueue(letter="recovery_code_used", ids={"user_id": user.pk})
    else:
        record_event("second_factor_used", subject_id=user.pk)
        _seal_anew(app)
    return None, app.pk


def _seal_anew(app: Authenticator) -> None:
    """Under the present secret key, so that the one before it can go at last."""
    app.key = Authenticator.sealed(app.bin_key, user_id=app.user_id)
    app.save(update_fields=["key"])


def renew_recovery_codes(*, user_id: int, code: str, address: str | None) -> list[str]:
    """Other recovery codes instead of those there were, for a code. Raises as `use_second_factor` does."""
    use_second_factor(user_id=user_id, code=code, address=address)
    with transaction.atomic():
        codes = _new_recovery_codes(User.objects.select_for_update().get(pk=user_id))
        end_credentials(user_id=user_id, event=CredentialEvent.RECOVERY_CODES_RENEWED)
        record_event("recovery_codes_renewed", subject_id=user_id)
    return codes


def remove_second_factor(*, user_id: int, password: str, code: str, address: str | None) -> None:
    """Takes one's own away, for the password and a code. Raises as `use_second_factor` does."""
    user = User.objects.get(pk=user_id)
    known = confirm_password(
        user_id=user_id, username=user.username, encoded=user.password, password=password, address=address
    )
    if not known:
        raise wrong_password("/password")
    use_second_factor(user_id=user_id, code=code, address=address)
    _remove(user_id, CredentialEvent.SECOND_FACTOR_REMOVED)


def reset_second_factor(*, user_id: int, by: int | None = None) -> None:
    """Takes somebody's away who has lost it: they set up another at the next sign-in, and hear of it by mail.

    `by` is who does it in the back office, None from the command line. Raises Forbidden for one's own, which takes a
    password and a code, and NotFound for somebody who has none.
    """
    if by == user_id:
        raise Forbidden("Your own second factor is removed with your password and a code, on its page.")
    if not Authenticator.objects.filter(user_id=user_id).exists():
        raise NotFound("There is no second factor to reset.")
    _remove(user_id, CredentialEvent.SECOND_FACTOR_RESET)


@transaction.atomic
def _remove(user_id: int, event: CredentialEvent) -> None:
    Authenticator.objects.filter(user_id=user_id).delete()
    RecoveryCodes.objects.filter(user_id=user_id).delete()
    end_credentials(user_id=user_id, event=event)
    record_event(event, subject_id=user_id)
    send_letter.enqueue(letter="second_factor_removed", ids={"user_id": user_id})


def has_second_factor(*, user_id: int, device_id: int | None = None) -> bool:
    """Whether somebody has one, and if `device_id` is given, whether it is this one. One statement."""
    found = Authenticator.objects.filter(user_id=user_id, confirmed=True)
    return (found if device_id is None else found.filter(pk=device_id)).exists()


def second_factor_of(*, user_id: int) -> State | None:
    """What somebody has; None for nothing."""
    app = Authenticator.objects.filter(user_id=user_id, confirmed=True).first()
    if app is None:
        return None
    left = StaticToken.objects.filter(device__user_id=user_id).count()
    return State(app.created_at, app.last_used_at, left)


def _new_recovery_codes(user: User) -> list[str]:
    """Ten codes of 50 bits each, as they are shown: `abcde-fghij`."""
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    device, _ = RecoveryCodes.objects.get_or_create(user=user, defaults={"name": "recovery codes"})
    device.keep(codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _tidy(code: str) -> str:
    """As people type it: with spaces, a hyphen, capitals."""
    return re.sub(r"[\s-]", "", code).lower()


def _wrong(detail: str = "This code is wrong, or was used before.") -> RuleViolation:
    return RuleViolation(detail, code="code_refused", errors=[FieldError("/code", "code_refused", detail)])


def _wait(seconds: int) -> RateLimited:
    said = f"{seconds} seconds" if seconds < 120 else f"{-(-seconds // 60)} minutes"
    return RateLimited(f"Too many wrong codes: wait {said}.", code="locked_out", retry_after=seconds)
