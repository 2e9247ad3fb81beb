"""`manage.py grant_role`: gives somebody a role, or takes it away."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services.roles import grant_role, revoke_role
from watchly.common.errors import WatchlyError


class Command(BaseCommand):
    help = "Give a user a role (curator, moderator, admin), which makes them staff; with --revoke take it away."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("role")
        parser.add_argument("--revoke", action="store_true", help="take the role away")

    def handle(self, *args: Any, **options: Any) -> None:
        user, role = user_called(options["username"]), options["role"]
        try:
            if options["revoke"]:
                changed = revoke_role(user_id=user.pk, role=role)
                done, before = f"{user.username} is no {role} any more.", f"{user.username} was no {role}."
            else:
                changed = grant_role(user_id=user.pk, role=role)
                done, before = f"{user.username} has the role {role}.", f"{user.username} had the role {role} already."
        except WatchlyError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(done if changed else before)


def user_called(name: str) -> User:
    """The user of this name, in whichever case. Raises CommandError."""
    try:
        return User.objects.get_by_natural_key(name)
    except User.DoesNotExist as error:
        raise CommandError(f"There is no user {name!r}: give a username, not an e-mail address.") from error
