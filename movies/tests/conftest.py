"""Who calls, in the tests of the catalogue."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from accounts.tests.factories import UserFactory


def _client(role: str | None) -> APIClient:
    client = APIClient()
    client.force_authenticate(UserFactory.create(role=role))
    return client


@pytest.fixture
def anyone(db: None) -> APIClient:
    """Nobody in particular."""
    return APIClient()


@pytest.fixture
def alice(db: None) -> APIClient:
    """A user without a role."""
    return _client(None)


@pytest.fixture
def curator(db: None) -> APIClient:
    """Somebody who writes the catalogue."""
    return _client("curator")
