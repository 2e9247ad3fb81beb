"""The mails of accounts: who gets each, and what it says. Written when the job runs (`watchly.common.mail`)."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import ApiKey, OneTimeToken, Session, User
from accounts.services.emails import owner_of
from accounts.services.one_time_tokens import LIFETIMES, issue_token, secret_of, short_code_of
from accounts.services.second_factor import second_factor_of
from watchly.common.mail import Letter, letter


def _to(user: User | None, template: str, **context: object) -> Letter | None:
    """To the address of a user who is there and has one."""
    if user is None or not user.email or not user.is_active:
        return None
    return Letter(user.email, template, {"username": user.username, **context})


@letter("verify_email")
def verify_email(token_id: int) -> Letter | None:
    """The code that shows whose an address is; to its owner, if it has one, that somebody else gave it."""
    token = OneTimeToken.objects.select_related("user").filter(pk=token_id, used_at__isnull=True).first()
    if token is None or token.expires_at <= timezone.now() or not token.user.is_active:
        return None
    owner = owner_of(token.email)
    if owner is not None and owner.pk != token.user_id:
        return _to(owner, "address_in_use", other=token.user.username)
    context = {
        "username": token.user.username,
        "token": secret_of(token),
        "code": short_code_of(token),
        "hours": 24,
        "changes": token.purpose == OneTimeToken.Purpose.CHANGE_EMAIL,
    }
    return Letter(token.email, "verify_email", context)


@letter("reset_password")
def reset_password(user_id: int | None) -> Letter | None:
    """The code that sets a new password. Nobody's (None) is a job too, so that the request costs the same."""
    user = User.objects.filter(pk=user_id, is_active=True).first() if user_id is not None else None
    if user is None or not user.email:
        return None
    token = issue_token(user_id=user.pk, purpose=OneTimeToken.Purpose.RESET_PASSWORD, email=user.email)
    return _to(user, "reset_password", token=secret_of(token), code=short_code_of(token), hours=1)


@letter("password_changed")
def password_changed(user_id: int, keys_revoked: int | None = None) -> Letter | None:
    """`keys_revoked` is how many API keys ended with the former password."""
    return _to(User.objects.filter(pk=user_id).first(), "password_changed", keys_revoked=keys_revoked or 0)


@letter("email_change_requested")
def email_change_requested(user_id: int) -> Letter | None:
    """To the present address, while it still is."""
    return _to(User.objects.filter(pk=user_id).first(), "email_change_requested")


@letter("email_changed")
def email_changed(note_id: int) -> Letter | None:
    """To the address that the account had, with the code that undoes the change while it can be undone."""
    token = OneTimeToken.objects.select_related("user").filter(pk=note_id).first()
    if token is None:
        return None
    undo = secret_of(token) if token.used_at is None else None
    days = LIFETIMES[OneTimeToken.Purpose.UNDO_EMAIL_CHANGE].days
    return Letter(token.email, "email_changed", {"username": token.user.username, "token": undo, "days": days})


@letter("session_ended")
def session_ended(session_id: int) -> Letter | None:
    """A refresh token came twice."""
    session = Session.objects.select_related("user").filter(pk=session_id).first()
    return _to(session.user, "session_ended", device=session.device) if session is not None else None


@letter("key_created")
def key_created(key_id: int) -> Letter | None:
    key = ApiKey.objects.select_related("user").filter(pk=key_id).first()
    return _to(key.user, "key_created", name=key.name, scopes=", ".join(key.scopes)) if key is not None else None


@letter("second_factor_added")
def second_factor_added(user_id: int) -> Letter | None:
    return _to(User.objects.filter(pk=user_id).first(), "second_factor_added")


@letter("second_factor_removed")
def second_factor_removed(user_id: int) -> Letter | None:
    """Whoever did it: its owner, an admin, or who runs the server."""
    return _to(User.objects.filter(pk=user_id).first(), "second_factor_removed")


@letter("recovery_code_used")
def recovery_code_used(user_id: int) -> Letter | None:
    state = second_factor_of(user_id=user_id)
    left = state.recovery_codes_left if state else 0
    return _to(User.objects.filter(pk=user_id).first(), "recovery_code_used", left=left)


@letter("export_ready")
def export_ready(user_id: int) -> Letter | None:
    """Not the link: who reads somebody's mail has not signed in as them."""
    return _to(User.objects.filter(pk=user_id).first(), "export_ready")


@letter("erasure_asked")
def erasure_asked(user_id: int) -> Letter | None:
    user = User.objects.filter(pk=user_id, erase_after__isnull=False).first()
    return _to(user, "erasure_asked", erase_after=user.erase_after) if user is not None else None


@letter("erasure_taken_back")
def erasure_taken_back(user_id: int) -> Letter | None:
    return _to(User.objects.filter(pk=user_id).first(), "erasure_taken_back")
