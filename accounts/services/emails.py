"""E-mail addresses: verified, changed, and changed back. Both addresses are notified of a change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import OneTimeToken, User
from accounts.services.credentials import CredentialEvent, end_credentials
from accounts.services.one_time_tokens import (
    find_by_short_code,
    issue_token,
    note_address,
    redeem_found,
    redeem_token,
    refused,
)
from accounts.services.sign_in import confirm_password, wrong_password
from watchly.common.audit import record_event
from watchly.common.errors import Conflict, FieldError, Forbidden, RuleViolation, Unauthenticated
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


@dataclass(frozen=True, slots=True)
class Typed:
    """A code as it came back: the long form, or the short one with the address that it went to.

    The address may be missing where the caller is signed in: then it is looked for among the caller's own codes.
    """

    token: str | None = None
    code: str | None = None
    email: str | None = None


def verify_email(*, typed: Typed, caller_id: int | None, session_id: int | None = None) -> tuple[User, bool]:
    """Redeems a code: from now on the address that it went to is verified, and the user's.

    A new account's address is verified by whoever reads the e-mail. Another address for an account takes that user's
    sign-in as well (`caller_id`): otherwise a change that somebody else requested could be redeemed by them alone.
    Returns the user, and whether the address was changed, which ends every session but `session_id`.
    Raises RuleViolation for a code that cannot be used, Unauthenticated (`sign_in_required`) or Forbidden for a change
    without its user's sign-in, which leaves the code usable, and Conflict (`email_taken`) if another account has
    verified the address since.
    """
    found = None
    if typed.token is None:
        purposes = _BOTH if caller_id is not None else (OneTimeToken.Purpose.VERIFY_EMAIL,)
        found = find_by_short_code(code=typed.code or "", purposes=purposes, user_id=caller_id, email=typed.email)
    with _owning(), transaction.atomic():
        if found is not None:
            redeemed = redeem_found(token_id=found)
        else:
            redeemed = redeem_token(secret=typed.token or "", purposes=_BOTH)
        if redeemed.purpose == OneTimeToken.Purpose.CHANGE_EMAIL:
            if caller_id is None:
                raise Unauthenticated(
                    "This code changes an account's address: sign in to that account, then send it again.",
                    code="sign_in_required",
                )
            if caller_id != redeemed.user_id:
                raise Forbidden("This code belongs to another account: sign in to that account.")
            return _changed(redeemed, session_id), True
        return _verified(redeemed), False


def _verified(redeemed: OneTimeToken) -> User:
    user = redeemed.user
    if user.email != redeemed.email:
        raise refused("/token")
    user.email_verified_at = timezone.now()
    user.save(update_fields=["email_verified_at"])
    end_credentials(user_id=user.pk, event=CredentialEvent.EMAIL_VERIFIED)
    record_event("email_verified", subject_id=user.pk, actor_id=user.pk)
    return user


def _changed(redeemed: OneTimeToken, session_id: int | None) -> User:
    user = redeemed.user
    former = user.email if user.email_verified_at is not None else None
    _give(user, redeemed.email)
    ended = end_credentials(user_id=user.pk, event=CredentialEvent.EMAIL_CHANGED, kept_session_id=session_id)
    if former:
        undo = issue_token(user_id=user.pk, purpose=OneTimeToken.Purpose.UNDO_EMAIL_CHANGE, email=former)
        send_letter.enqueue(letter="email_changed", ids={"note_id": undo.pk})
    record_event("email_changed", subject_id=user.pk, actor_id=user.pk, sessions=ended.sessions)
    user.refresh_from_db(fields=["token_version"])
    return user


def undo_email_change(*, token: str) -> None:
    """Gives an account its former address back, for the code that went there when it was changed.

    Whoever changed it knew the password, so the password ends too, with every session and API key, and a code for a new
    one goes to the address. Undos of later changes end; that of an earlier one stays, since the address that undoes
    this may itself have been put there by the same thief. Raises RuleViolation, and Conflict (`email_taken`) if another
    account has verified the address since.
    """
    with _owning(), transaction.atomic():
        redeemed = redeem_token(secret=token, purposes=(OneTimeToken.Purpose.UNDO_EMAIL_CHANGE,))
        user = redeemed.user
        replaced = user.email
        _give(user, redeemed.email)
        user.set_unusable_password()
        user.password_event = CredentialEvent.EMAIL_CHANGE_UNDONE
        user.save(update_fields=["password"])
        later = OneTimeToken.objects.filter(user_id=user.pk, used_at__isnull=True, pk__gt=redeemed.pk)
        later.filter(purpose=OneTimeToken.Purpose.UNDO_EMAIL_CHANGE).delete()
        record_event("email_change_undone", subject_id=user.pk, actor_id=user.pk)
        send_letter.enqueue(letter="reset_password", ids={"user_id": user.pk})
        if replaced:
            note = note_address(user_id=user.pk, email=replaced)
            send_letter.enqueue(letter="email_changed", ids={"note_id": note.pk})


@transaction.atomic
def email_was_set(*, user_id: int, former: str | None) -> None:
    """After staff have set another address: ends sessions, keys and codes, and notifies a verified `former` address."""
    end_credentials(user_id=user_id, event=CredentialEvent.EMAIL_SET)
    if former:
        note = note_address(user_id=user_id, email=former)
        send_letter.enqueue(letter="email_changed", ids={"note_id": note.pk})


def _give(user: User, email: str) -> None:
    """Makes this the user's address, and verified."""
    user.email, user.email_verified_at = email, timezone.now()
    user.save(update_fields=["email", "email_verified_at"])


@contextmanager
def _owning() -> Iterator[None]:
    """Turns the violation of the constraint on verified addresses into Conflict (`email_taken`)."""
    try:
        yield
    except IntegrityError as error:
        if "accounts_user_verified_email_unique" not in str(error):
            raise
        raise Conflict("Another account has verified this address.", code="email_taken") from error


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
        raise wrong_password("/password")
    email = normalised(email)
    if email.lower() == user.email.lower() and user.email_verified_at is not None:
        detail = "This is your address already."
        raise RuleViolation(detail, errors=[FieldError("/email", "unchanged", detail)])
    with transaction.atomic():
        # Whoever changed the password while the hasher ran has ended what was open: nothing is opened behind that.
        if User.objects.select_for_update().get(pk=user_id).password != user.password:
            raise wrong_password("/password")
        record_event("email_change_requested", subject_id=user.pk)
        send_code(user=user, purpose=OneTimeToken.Purpose.CHANGE_EMAIL, email=email)
        send_letter.enqueue(letter="email_change_requested", ids={"user_id": user.pk})
