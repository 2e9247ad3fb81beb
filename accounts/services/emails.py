"""E-mail addresses: shown to be somebody's, and changed. Both addresses hear of a change."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import OneTimeToken, User
from accounts.services.one_time_tokens import issue_token, note_address, redeem_token
from accounts.services.sign_in import confirm_password
from watchly.common.audit import record_event
from watchly.common.errors import Conflict, FieldError, RuleViolation
from watchly.common.mail import send_letter

_BOTH = (OneTimeToken.Purpose.VERIFY_EMAIL, OneTimeToken.Purpose.CHANGE_EMAIL)


def normalised(email: str) -> str:
    """The address with its domain in small letters; what is before the @ stays as it is."""
    local, _, domain = email.strip().rpartition("@")
    return f"{local}@{domain.lower()}"


def owner_of(email: str) -> User | None:
    """The user who has verified this address, in whichever letters' case."""
    return User.objects.with_email(email).filter(email_verified_at__isnull=False).first()


@transaction.atomic
def request_verification(*, user_id: int) -> None:
    """Sends the code once more, and makes the one before it void. Nothing happens for an address that is verified."""
    user = User.objects.get(pk=user_id)
    if user.email and user.email_verified_at is None:
        send_code(user=user, purpose=OneTimeToken.Purpose.VERIFY_EMAIL, email=user.email)


def send_code(*, user: User, purpose: OneTimeToken.Purpose, email: str) -> None:
    """Sends a code to an address, in the caller's transaction. If it is another user's, that one is told instead."""
    token = issue_token(user_id=user.pk, purpose=purpose, email=email)
    send_letter.enqueue(letter="verify_email", ids={"token_id": token.pk})


def verify_email(*, token: str) -> User:
    """Takes the code of a mail: from now on the address it went to is verified, and the user's.

    Raises RuleViolation for a code that cannot be used, and Conflict if somebody else has verified the address since.
    """
    try:
        with transaction.atomic():
            return _verify(redeem_token(secret=token, purposes=_BOTH))
    except IntegrityError as error:
        if "accounts_user_verified_email_unique" not in str(error):
            raise
        raise Conflict("Another account has verified this address.", code="email_taken") from error


def _verify(redeemed: OneTimeToken) -> User:
    user = redeemed.user
    changed = redeemed.purpose == OneTimeToken.Purpose.CHANGE_EMAIL
    if not changed and user.email != redeemed.email:
        detail = "The account has another address by now: ask for a new code."
        raise RuleViolation(detail, code="code_refused", errors=[FieldError("/token", "code_refused", detail)])
    if changed and user.email and user.email_verified_at is not None:
        note = note_address(user_id=user.pk, email=user.email)
        send_letter.enqueue(letter="email_changed", ids={"note_id": note.pk})
    user.email, user.email_verified_at = redeemed.email, timezone.now()
    user.save(update_fields=["email", "email_verified_at"])
    # A code that was sent to the former address must not open the account any more.
    OneTimeToken.objects.filter(user=user, purpose=OneTimeToken.Purpose.RESET_PASSWORD).delete()
    record_event("email_changed" if changed else "email_verified", subject_id=user.pk, actor_id=user.pk)
    return user


def change_email(*, user_id: int, email: str, password: str, address: str | None) -> None:
    """Asks for another address: a code goes to it, and word of that to the present one. Until the code comes back
    nothing changes.

    Whether somebody else has the address cannot be told from the answer. Raises RuleViolation for a wrong password or
    the present address, RateLimited after too many wrong passwords.
    """
    user = User.objects.get(pk=user_id)
    known = confirm_password(
        user_id=user.pk, username=user.username, encoded=user.password, password=password, address=address
    )
    if not known:
        detail = "This is not your password."
        raise RuleViolation(detail, errors=[FieldError("/password", "wrong_password", detail)])
    email = normalised(email)
    if email.lower() == user.email.lower() and user.email_verified_at is not None:
        detail = "This is your address already."
        raise RuleViolation(detail, errors=[FieldError("/email", "unchanged", detail)])
    with transaction.atomic():
        record_event("email_change_requested", subject_id=user.pk)
        send_code(user=user, purpose=OneTimeToken.Purpose.CHANGE_EMAIL, email=email)
        send_letter.enqueue(letter="email_change_requested", ids={"user_id": user.pk})
