"""New accounts."""

from __future__ import annotations

import re

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from accounts.models import OneTimeToken, User
from accounts.models.user import ERASED_NAMES
from accounts.services.emails import normalised, send_code
from accounts.services.passwords import check_new_password
from accounts.services.usernames import is_reserved
from watchly.common.audit import record_event
from watchly.common.errors import Conflict, FieldError, RuleViolation

USERNAME = r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{1,48})[A-Za-z0-9_]"
USERNAME_RULE = "Use 3 to 50 letters a to z, digits, dots, dashes and underscores, with a letter or digit first."
_RESERVED = {"admin", "administrator", "moderator", "curator", "root", "system", "watchly", "support", "anonymous"}


def register(*, username: str, email: str, password: str) -> User:
    """Makes an account whose address is not verified, and sends the code for it.

    An address that somebody else has verified makes no difference here: the account is made as any other, and the mail
    says to the owner of the address that somebody gave it. Usernames are public, so a taken one is said to be.
    Raises Conflict for a taken username, RuleViolation for an unfit name or password.
    """
    if not re.fullmatch(USERNAME, username):
        errors = [FieldError("/username", "invalid_username", USERNAME_RULE)]
        raise RuleViolation(f"/username: {USERNAME_RULE}", errors=errors)
    user = User(username=username, email=normalised(email))
    check_new_password(password, user=user, pointer="/password")
    if username.lower() in _RESERVED or ERASED_NAMES.match(username):
        raise _taken(username)
    user.password = make_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            if is_reserved(username=username):
                raise _taken(username)
            record_event("sign_up", subject_id=user.pk, actor_id=user.pk)
            send_code(user=user, purpose=OneTimeToken.Purpose.VERIFY_EMAIL, email=user.email)
    except IntegrityError as error:
        if "accounts_user_username_unique" not in str(error):
            raise
        raise _taken(username) from error
    return user


def _taken(username: str) -> Conflict:
    detail = f"The username {username} is taken or reserved: choose another."
    return Conflict(detail, code="username_taken", errors=[FieldError("/username", "username_taken", detail)])
