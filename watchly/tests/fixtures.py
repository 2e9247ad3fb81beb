"""Who calls, in the tests of every app. Loaded by the root conftest, so that no app's tests import another's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import UserFactory
from watchly.common.actor import Actor, bind_actor

MakeUser = Callable[..., User]


@pytest.fixture(autouse=True)
def nobody_acts() -> None:
    """A request says who acts until the next one: a test does not begin as whoever called last in the one before."""
    bind_actor(Actor)


@pytest.fixture
def make_user(db: None) -> MakeUser:
    """Makes a user: `make_user(role="curator")`, `make_user(is_superuser=True)`."""
    return UserFactory.create


@pytest.fixture
def anyone(db: None) -> APIClient:
    """Nobody in particular."""
    return APIClient()


@pytest.fixture
def alice(make_user: MakeUser) -> APIClient:
    """A user without a role."""
    return _signed_in(make_user())


@pytest.fixture
def curator(make_user: MakeUser) -> APIClient:
    """Somebody who writes the catalogue."""
    return _signed_in(make_user(role="curator"))


def _signed_in(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client
