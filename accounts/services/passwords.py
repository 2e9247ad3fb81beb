"""Passwords: changed by who knows the old one, set anew by who reads the mails of the account."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import OneTimeToken, User
from accounts.services.one_time_tokens import redeem_token
from accounts.services.sign_in import confirm_password
from watchly.common.audit import record_event
from watchly.common.errors import FieldError, RuleViolation
from watchly.common.mail import send_letter


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
    *, user_id: int, current_password: str, new_password: str, session_id: int | None, address: str | None
) -> User:
    """Sets another password and ends every session but the one that asks; API keys stay, and the mail says so.

    Raises RuleViolation for a wrong current or an unfit new password, and RateLimited after too many wrong ones.
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
        detail = "This is not your password."
        raise RuleViolation(detail, errors=[FieldError("/current_password", "wrong_password", detail)])
    check_new_password(new_password, user=user, pointer="/new_password")
    with transaction.atomic():
        user.kept_session_id = session_id
        user.set_password(new_password)
        user.save(update_fields=["password"])
        record_event("password_changed", subject_id=user.pk)
        send_letter.enqueue(letter="password_changed", ids={"user_id": user.pk})
    return user


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


@transaction.atomic
def reset_password(*, token: str, new_password: str) -> None:
    """Sets the password with the code of a mail, and ends every session. The address is verified by it.

    Raises RuleViolation for a code that cannot be used, and for an unfit password, which leaves the code usable.
    """
    redeemed = redeem_token(secret=token, purposes=(OneTimeToken.Purpose.RESET_PASSWORD,))
    user = redeemed.user
    check_new_password(new_password, user=user, pointer="/new_password")
    user.set_password(new_password)
    user.save(update_fields=["password"])
    record_event("password_reset", subject_id=user.pk, actor_id=user.pk)
    send_letter.enqueue(letter="password_changed", ids={"user_id": user.pk})
