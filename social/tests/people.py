"""Who calls, in the tests of social."""

from __future__ import annotations

from typing import Any

from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import UserFactory


def signed_in(user: User) -> APIClient:
    """A client of this user's."""
    client = APIClient()
    client.force_authenticate(user)
    return client


def somebody(**given: Any) -> tuple[User, APIClient]:
    """A user and their client."""
    user = UserFactory.create(**given)
    return user, signed_in(user)
