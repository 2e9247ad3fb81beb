"""What accounts, and Django's own tables, hold of a user, and what becomes of it at an erasure."""

from __future__ import annotations

from typing import Any

from accounts.models import OneTimeToken, User
from accounts.services.credentials import CredentialEvent
from accounts.services.lockout import forget_name
from accounts.signals import user_deactivated, user_erased
from watchly.common.user_data import Erase, UserData, register


def register_account() -> None:
    """Called once, when the app is ready."""
    register(
        UserData(
            "accounts.User",
            "id",
            Erase.KEEP,
            export="account",
            reason="Without anything of the person in it, while something that is kept refers to it; else it goes.",
            omit=("password", "token_version"),
        ),
        UserData("accounts.User_groups", "user", Erase.DELETE, export="roles"),
        UserData("accounts.User_user_permissions", "user", Erase.DELETE, export="permissions"),
        UserData(
            "accounts.Profile",
            "user",
            Erase.DELETE,
            export="profile",
            media=("avatar_path", "avatar_renditions"),
        ),
        UserData("accounts.Preferences", "user", Erase.DELETE, export="preferences"),
        UserData("accounts.DataExport", "user", Erase.DELETE, export="exports", omit=("path",)),
        UserData(
            "admin.LogEntry",
            "user",
            Erase.KEEP,
            reason="What staff did in the back office is on record; its texts are about others.",
        ),
    )


def register_sign_in() -> None:
    """Called once, when the app is ready."""
    register(
        UserData("accounts.Session", "user", Erase.DELETE, export="sessions"),
        UserData("accounts.ApiKey", "user", Erase.DELETE, export="api_keys", omit=("digest",)),
        UserData(
            "accounts.OneTimeToken",
            "user",
            Erase.DELETE,
            reason="codes that were sent by e-mail, dead after a week at most, and the address they went to",
        ),
        # The secret stays out: who finds the file would have the second factor.
        UserData("otp_totp.TOTPDevice", "user", Erase.DELETE, export="second_factor", omit=("key",)),
        UserData(
            "otp_static.StaticDevice",
            "user",
            Erase.DELETE,
            reason="recovery codes, of which only digests are kept: nothing that could be given back",
        ),
    )
    user_erased.connect(forget_sign_in, dispatch_uid="accounts.sign_in.erased")
    user_deactivated.connect(end_sign_in, dispatch_uid="accounts.sign_in.deactivated")


def forget_sign_in(sender: Any, *, user_id: int, **kwargs: Any) -> None:
    """What no foreign key leads to: failures counted under the name, and the address where others gave it as theirs."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return
    forget_name(username=user.username, email=user.email)
    if user.email and user.email_verified_at is not None:
        others = User.objects.with_email(user.email).exclude(pk=user_id)
        OneTimeToken.objects.filter(email__iexact=user.email).exclude(user_id=user_id).delete()
        others.filter(email_verified_at__isnull=True).update(email="")


def end_sign_in(sender: Any, *, user_id: int, **kwargs: Any) -> None:
    """Whoever is closed is signed out: their sessions would be refused anyway, and are over when they come back."""
    from accounts.services.sessions import end_all_sessions

    end_all_sessions(user_id=user_id, event=CredentialEvent.ACCOUNT_CLOSED)
