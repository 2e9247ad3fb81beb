"""Signs sign-in tokens with a new key from now on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.keyring import current_keyring, new_signing_key, public_pem, rotate_kept_key
from watchly.common.audit import record_event


class Command(BaseCommand):
    help = (
        "Signs sign-in tokens with a new key from now on, in every running process at once; tokens of the key before "
        "it are believed until the next rotation. Where the key comes from JWT_SIGNING_KEY, prints what to set instead."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--print", action="store_true", dest="only_print", help="print a new private key and its public one"
        )

    def handle(self, *args: Any, only_print: bool, **options: Any) -> None:
        if only_print:
            private = new_signing_key()
            self.stdout.write(f"{private}{public_pem(private)}")
            return
        if settings.JWT_SIGNING_KEY is not None:
            raise CommandError(
                "The key comes from JWT_SIGNING_KEY. Make a new pair (--print); add its public key to "
                "JWT_VERIFYING_KEYS of every process and restart them; then set JWT_SIGNING_KEY to the new private key "
                f"and JWT_VERIFYING_KEYS to the former public key, and restart them again:\n\n"
                f"{public_pem(settings.JWT_SIGNING_KEY)}"
            )
        former = current_keyring().kid
        ring = rotate_kept_key()
        record_event("signing_key_rotated", kid=ring.kid)
        self.stdout.write(f"Tokens are signed with {ring.kid}; those of {former} are believed until the next rotation.")
