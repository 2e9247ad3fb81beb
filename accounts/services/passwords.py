"""Passwords: changed by who knows the old one, set anew by who reads the mails of the account."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import ApiKey, OneTimeToken, User
from accounts.services.credentials import CredentialEvent
from accounts.services.lockout import forget_name
from accounts.services.one_time_tokens import find_by_short_code, redeem_found, redeem_token, refused
from accounts.services.sign_in import confirm_password, wrong_password
from watchly.common.audit import record_event
from watchly.common.errors import Conflict, FieldError, RuleViolation
from watchly.common.mail import send_letter

_RESET = (OneTimeToken.Purpose.RESET_PASSWORD,)


def check_new_password(password: str, *, user: User, pointer: str) -> None:
    """Raises RuleViolation that says everything that is wrong with a password for this user."""
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        errors = [
            FieldError(pointer, each.code or "invalid", str(message))
            for each in refusal.error_list
            for message in each.messages
        ]
        raise RuleViolation(f"{pointer}: {errors[0].detail}", errors=errors) from refusal


def change_password(
    *,
    user_id: int,
    current_password: str,
    new_password: str,
    session_id: int | None,
    address: str | None,
    revoke_api_keys: bool | None = None,
) -> User:
    """Sets another password, and ends every session but `session_id` and every open code.

    `revoke_api_keys` says whether the user's API keys end too; who has keys must say it. Raises RuleViolation for a
    wrong current password, an unfit new one or an open choice about keys, and RateLimited after too many wrong ones.
    """
    user = User.objects.get(pk=user_id)
    known = confirm_password(
        user_id=user.pk,
        username=user.username,
        encoded=user.password,
        password=current_password,
        address=address,
    )
    if not known:
        raise wrong_password("/current_password")
    check_new_password(new_password, user=user, pointer="/new_password")
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user_id)
        if locked.password != user.password:  # it was changed while the hasher ran
            raise wrong_password("/current_password")
        keys = ApiKey.objects.living().filter(user_id=user_id).count()
        if keys and revoke_api_keys is None:
            detail = f"You have {keys} API keys: say with true or false whether they are revoked."
            raise RuleViolation(detail, errors=[FieldError("/revoke_api_keys", "required", detail)])
        locked.password_event = CredentialEvent.PASSWORD_CHANGED
        locked.kept_session_id, locked.revoke_keys = session_id, bool(revoke_api_keys)
        locked.set_password(new_password)
        locked.save(update_fields=["password"])
        _tell(locked, "password_changed")
    return locked


@transaction.atomic
def request_password_reset(*, email: str) -> None:
    """Sends a code to the account of an address. Whether there is one cannot be told from the answer or its cost.

    The account is the one that has verified the address, else the newest one that gave it: who reads its mails may
    have it.
    """
    user_id = (
        User.objects.with_email(email)
        .filter(is_active=True)
        .order_by("email_verified_at", "-pk")  # PostgreSQL puts null, the unverified ones, last
        .values_list("pk", flat=True)
        .first()
    )
    record_event("password_reset_requested", subject_id=user_id)
    send_letter.enqueue(letter="reset_password", ids={"user_id": user_id})


def reset_password(
    *, new_password: str, token: str | None = None, code: str | None = None, email: str | None = None
) -> None:
    """Sets the password for the code of an e-mail, in its long form or the short one with the address.

    The address is verified by it, every session and API key ends, and what was counted against guessing the name is
    forgotten. Raises RuleViolation for a code that cannot be used, and for an unfit password, which leaves the code
    usable; Conflict (`email_taken`) if another account has verified the address since.
    """
    found = None
    if token is None:
        found = find_by_short_code(code=code or "", purposes=_RESET, email=email or "")
    try:
        with transaction.atomic():
            redeemed = redeem_token(secret=token, purposes=_RESET) if token else redeem_found(token_id=found or 0)
            user = redeemed.user
            if user.email != redeemed.email:
                raise refused("/token" if token else "/code")
            check_new_password(new_password, user=user, pointer="/new_password")
            user.password_event = CredentialEvent.PASSWORD_RESET
            user.set_password(new_password)
            user.email_verified_at = user.email_verified_at or timezone.now()
            user.save(update_fields=["password", "email_verified_at"])
            forget_name(username=user.username, email=user.email)
            _tell(user, "password_reset")
    except IntegrityError as error:
        if "accounts_user_verified_email_unique" not in str(error):
            raise
        raise Conflict("Another account has verified this address.", code="email_taken") from error


def _tell(user: User, event: str) -> None:
    """Writes what happened into the audit trail and to the user."""
    keys = user.ended.keys if user.ended is not None else 0
    record_event(event, subject_id=user.pk, actor_id=user.pk, keys=keys)
    send_letter.enqueue(letter="password_changed", ids={"user_id": user.pk, "keys_revoked": keys})
