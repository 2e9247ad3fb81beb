"""`manage.py reset_second_factor`: for who has lost telephone and recovery codes, above all the only admin."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.management.commands.grant_role import user_called
from accounts.services.second_factor import reset_second_factor
from watchly.common.errors import WatchlyError


class Command(BaseCommand):
    help = "Take somebody's second factor away: at the next sign-in under /admin/ they set up another."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = user_called(options["username"])
        try:
            reset_second_factor(user_id=user.pk)
        except WatchlyError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"{user.username} sets up another second factor at the next sign-in.")
