"""What ends when the credentials of an account change: one table, for every door.

The rule behind it: what users do themselves, signed in, keeps the session that asks. What comes from outside (a code
by e-mail, staff, the command line) ends everything, because whoever held the account until then may still hold it.
Every event ends all open one-time codes, so that nothing requested before it can be redeemed after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from django.db import transaction
from django.db.models import F

from accounts.models import ApiKey, EndReason, OneTimeToken, Session, User


class CredentialEvent(StrEnum):
    """A change of what opens an account, or of what the account opens."""

    PASSWORD_CHANGED = "password_changed"  # noqa: S105  an event
    PASSWORD_RESET = "password_reset"  # noqa: S105  an event
    PASSWORD_SET = "password_set"  # noqa: S105  an event: in the back office or by a command
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    SIGNED_OUT_BY_STAFF = "signed_out_by_staff"
    EMAIL_VERIFIED = "email_verified"
    EMAIL_CHANGED = "email_changed"
    EMAIL_CHANGE_UNDONE = "email_change_undone"
    EMAIL_SET = "email_set"  # in the back office
    SECOND_FACTOR_ADDED = "second_factor_added"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    SECOND_FACTOR_RESET = "second_factor_reset"  # in the back office or by a command
    RECOVERY_CODES_RENEWED = "recovery_codes_renewed"
    ROLE_GRANTED = "role_granted"
    ROLE_REVOKED = "role_revoked"
    ACCOUNT_CLOSED = "account_closed"
    ERASURE_REQUESTED = "erasure_requested"


@dataclass(frozen=True, slots=True)
class Ends:
    """What an event ends besides the open codes.

    `sessions` are those with tokens and those of cookies. `keys` "asked" means that the caller of `end_credentials`
    says whether they end.
    """

    sessions: Literal["all", "others", "none"]
    keys: Literal["all", "asked", "none"]
    reason: EndReason | None = None  # that the sessions note


ENDS: Final[dict[CredentialEvent, Ends]] = {
    CredentialEvent.PASSWORD_CHANGED: Ends("others", "asked", EndReason.PASSWORD_CHANGE),
    CredentialEvent.PASSWORD_RESET: Ends("all", "all", EndReason.PASSWORD_CHANGE),
    CredentialEvent.PASSWORD_SET: Ends("all", "all", EndReason.PASSWORD_CHANGE),
    CredentialEvent.SIGNED_OUT_EVERYWHERE: Ends("all", "none", EndReason.LOGOUT_ALL),
    CredentialEvent.SIGNED_OUT_BY_STAFF: Ends("all", "none", EndReason.BY_STAFF),
    CredentialEvent.EMAIL_VERIFIED: Ends("none", "none"),
    CredentialEvent.EMAIL_CHANGED: Ends("others", "none", EndReason.EMAIL_CHANGE),
    CredentialEvent.EMAIL_CHANGE_UNDONE: Ends("all", "all", EndReason.EMAIL_CHANGE),
    CredentialEvent.EMAIL_SET: Ends("all", "all", EndReason.EMAIL_CHANGE),
    # Staff powers need the factor that is set up now (accounts.callers), so sessions and keys without it lose them.
    CredentialEvent.SECOND_FACTOR_ADDED: Ends("none", "none"),
    CredentialEvent.SECOND_FACTOR_REMOVED: Ends("none", "none"),
    CredentialEvent.SECOND_FACTOR_RESET: Ends("all", "none", EndReason.SECOND_FACTOR),
    CredentialEvent.RECOVERY_CODES_RENEWED: Ends("none", "none"),
    # Roles are read with every request.
    CredentialEvent.ROLE_GRANTED: Ends("none", "none"),
    CredentialEvent.ROLE_REVOKED: Ends("none", "none"),
    # Keys open nothing while an account is closed or waits to be erased, and work again once it is neither.
    CredentialEvent.ACCOUNT_CLOSED: Ends("all", "none", EndReason.INACTIVE),
    CredentialEvent.ERASURE_REQUESTED: Ends("all", "none", EndReason.ERASED),
}


@dataclass(frozen=True, slots=True)
class Ended:
    """How many of each an event ended; of sessions those with tokens."""

    codes: int
    sessions: int
    keys: int


@transaction.atomic
def end_credentials(
    *, user_id: int, event: CredentialEvent, kept_session_id: int | None = None, revoke_keys: bool = False
) -> Ended:
    """Ends what the table says for this event, in the transaction of the change itself.

    `kept_session_id` is the session that asks, which "others" leaves. `revoke_keys` is the user's choice, where the
    table asks for it. Cookie sessions end by `token_version`; the view that keeps its own renews it.
    """
    ends = ENDS[event]
    # The user's row first, and locked: a sign-in that checked the password before the change waits here, and then sees
    # another password (`sessions.open_session`).
    user = User.objects.select_for_update().filter(pk=user_id)
    if ends.sessions == "none":
        user.first()
    else:
        user.update(token_version=F("token_version") + 1)
    codes = OneTimeToken.objects.filter(user_id=user_id).end_open()
    sessions = 0
    if ends.reason is not None:
        kept = kept_session_id if ends.sessions == "others" else None
        sessions = Session.objects.filter(user_id=user_id).exclude(pk=kept or 0).end(ends.reason)
    keys = 0
    if ends.keys == "all" or (ends.keys == "asked" and revoke_keys):
        keys = ApiKey.objects.filter(user_id=user_id).revoke()
    return Ended(codes, sessions, keys)
