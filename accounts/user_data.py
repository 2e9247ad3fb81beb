"""What hangs on a user in the tables of accounts, and in Django's own."""

from __future__ import annotations

from watchly.common.user_data import Erase, UserData, register


def register_user_data() -> None:
    """Called once Django is ready."""
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
