"""Signing in, in tests: accounts with passwords, clients with tokens and keys, and the mails that jobs send."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core import mail
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services.api_keys import create_key
from accounts.tests.factories import UserFactory
from watchly.common.mail import send_letter

PASSWORD = "correct horse battery staple"
ELSEWHERE = "198.51.100.7"


def account(username: str = "ada", *, verified: bool = True, password: str = PASSWORD, **values: Any) -> User:
    """A user who can sign in, with the address <username>@example.org unless another is given."""
    return UserFactory.create(
        username=username,
        password=make_password(password),
        email_verified_at=timezone.now() if verified else None,
        **values,
    )


def login(name: str = "ada", password: str = PASSWORD, *, client: APIClient | None = None, **headers: Any) -> Any:
    """The answer to a login."""
    return (client or APIClient()).post("/api/auth/login", {"username": name, "password": password}, **headers)


def tokens(name: str = "ada", password: str = PASSWORD) -> dict[str, Any]:
    """The body of a login that succeeds."""
    answer = login(name, password)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def refresh(token: str) -> Any:
    """The answer to a refresh."""
    return APIClient().post("/api/auth/refresh", {"refresh": token})


def bearer(access: str) -> APIClient:
    """A client with this access token."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client


def with_key(user: User, *scopes: str, expires_at: datetime | None = None) -> APIClient:
    """A client with a new API key of these scopes."""
    _, key = create_key(user_id=user.pk, name="test", scopes=scopes, expires_at=expires_at)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {key}")
    return client


def deliver() -> list[Any]:
    """Runs the jobs that send mails, each once, and returns the mails of this call."""
    before = len(mail.outbox)
    for job in ProcrastinateJob.objects.filter(task_name=send_letter.name).order_by("id"):
        if job.pk not in _delivered():
            _delivered().append(job.pk)
            send_letter(**job.args)
    return mail.outbox[before:]


def _delivered() -> list[int]:
    """The jobs that ran in this test: kept beside its outbox, which each test has anew."""
    found: list[int] = mail.__dict__.setdefault("delivered_jobs", [])
    if not mail.outbox and found:
        known = set(ProcrastinateJob.objects.values_list("id", flat=True))
        found[:] = [job for job in found if job in known]
    return found


def code_in(message: Any) -> str:
    """The code that a mail brings."""
    found = re.search(r"^[0-9a-f]{64}$", message.body, re.M)
    assert found, message.body
    return found[0]
