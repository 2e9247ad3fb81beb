"""Who calls, in the tests of every app. Loaded by the root conftest, so that no app's tests import another's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import UserFactory
from watchly.common.actor import Actor, bind_actor

MakeUser = Callable[..., User]


@pytest.fixture(autouse=True)
def nobody_acts() -> None:
    """A request says who acts until the next one: a test does not begin as whoever called last in the one before."""
    bind_actor(Actor)


@pytest.fixture(autouse=True)
def empty_queue(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Leaves no job to the tests that follow: Django empties the tables of its own models alone."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


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
