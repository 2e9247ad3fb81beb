"""The codes that problem documents about accounts and signing in carry."""

from __future__ import annotations

from watchly.api.problem import Problem

PROBLEMS: dict[str, Problem] = {
    "code_refused": Problem(
        400,
        "The code of a mail is wrong, was used, or has expired.",
        "This code is wrong, was used, or has expired: ask for a new one.",
        (("/token", "code_refused"),),
    ),
    "sign_in_required": Problem(
        401,
        "The code changes an account's address, and that account is not signed in.",
        "This code changes an account's address: sign in to that account, then send it again.",
    ),
    "refresh_refused": Problem(
        401,
        "The refresh token is none, has expired or was used, or its session has ended.",
        "The session has ended: sign in again.",
    ),
    "locked_out": Problem(
        429,
        "Too many wrong passwords from this address, for this name or for many: even the right one is refused.",
        "Too many wrong passwords: wait 15 minutes, or reset the password.",
    ),
    "last_administrator": Problem(
        409,
        "The only superuser there is cannot be erased.",
        "You are the only administrator: make another user a superuser first.",
    ),
    "username_taken": Problem(
        409,
        "This username is taken, perhaps in another letter case: choose another.",
        "The username ada is taken or reserved: choose another.",
        (("/username", "username_taken"),),
    ),
    "email_taken": Problem(
        409, "Another account has verified the address since.", "Another account has verified this address."
    ),
    "too_many_keys": Problem(
        409, "You have as many API keys as anybody may.", "You have 50 keys, and that is the most: revoke one."
    ),
    "export_running": Problem(
        409, "An export of the account is being made.", "An export is being made: wait until it is there."
    ),
    "export_expired": Problem(
        410,
        "The export is offered no more.",
        "The export was offered for 24 hours, and they are over: ask for another.",
    ),
}
