"""Second factors in tests: an app with a clock of its own, and clients that have shown it or not."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django_otp.oath import hotp
from django_otp.plugins.otp_totp import models as totp_models

from accounts.models import User
from accounts.services.second_factor import add_second_factor, offer_second_factor

USE, SET_UP, MANAGE = "/admin/second-factor/", "/admin/second-factor/set-up/", "/admin/second-factor/manage/"
STEP = 30  # seconds that a code holds


@dataclass
class App:
    """An authenticator app and the server's clock, both of which stand until they are moved on."""

    now: float = 1_800_000_000.0
    secret: bytes = b""
    recovery_codes: list[str] = field(default_factory=list)

    def code(self, *, steps: int = 0) -> str:
        """What the app shows, `steps` times 30 seconds from now."""
        return f"{hotp(self.secret, int(self.now) // STEP + steps):06}"

    def next_code(self) -> str:
        """What it shows 30 seconds later, which is now."""
        self.now += STEP
        return self.code()

    def wrong_code(self) -> str:
        """Six digits that it does not show around now."""
        near = {self.code(steps=steps) for steps in (-1, 0, 1)}
        return next(code for code in ("000000", "111111", "222222", "333333") if code not in near)

    def scan(self, text: str) -> None:
        """Takes the secret as a page shows it."""
        self.secret = base64.b32decode(text.replace(" ", ""))

    def add_to(self, user: User) -> int:
        """Makes it the second factor of a user; returns the device's number."""
        offer = offer_second_factor(user_id=user.pk)
        self.scan(offer.text)
        device_id, self.recovery_codes = add_second_factor(user_id=user.pk, sealed=offer.sealed, code=self.code())
        return device_id


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> App:
    """An app; while a test has one, the server tells codes by its clock."""
    app = App()
    monkeypatch.setattr(totp_models, "time", SimpleNamespace(time=lambda: app.now))
    return app


def signed_in(user: User) -> Client:
    """A browser in which a password was given, and no more."""
    client = Client()
    client.force_login(user)
    return client


def shown(user: User, app: App) -> Client:
    """A browser that has shown the second factor, too."""
    client = signed_in(user)
    assert client.post(USE, {"code": app.next_code()}).status_code == 302
    return client


def secret_on(response: Any) -> str:
    """The secret as the page has it for typing."""
    found = re.search(r"<code>([A-Z2-7 ]{39})</code>", response.content.decode())
    assert found
    return found[1]
