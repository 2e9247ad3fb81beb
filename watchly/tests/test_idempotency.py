"""Twenty at once make one row."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import UserFactory
from movies.models import Movie
from watchly.common.models import IdempotencyRecord
from watchly.common.tasks import clear_idempotency_records


def _post(user: User, key: str) -> Any:
    client = APIClient()
    client.force_authenticate(user)
    try:
        return client.post("/api/movies", {"title": "Heat"}, headers={"Idempotency-Key": key})
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_twenty_equal_requests_at_once_make_one_row() -> None:
    user = UserFactory.create(is_superuser=True)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: _post(user, "same"), range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 19
    assert Movie.objects.count() == 1


@pytest.mark.django_db
def test_keys_are_of_one_user_and_live_a_day() -> None:
    one, other = UserFactory.create(is_superuser=True), UserFactory.create(is_superuser=True)
    first, second = _post_here(one), _post_here(other)
    assert first.json()["id"] != second.json()["id"]
    IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert "Idempotency-Replayed" not in _post_here(one).headers
    clear_idempotency_records(timestamp=0)
    assert IdempotencyRecord.objects.count() == 1


@pytest.mark.django_db
def test_an_answer_too_large_to_keep_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchly.api.idempotency._LARGEST_ANSWER", 10)
    user = UserFactory.create(is_superuser=True)
    assert _post_here(user).status_code == 201
    again = _post_here(user)
    assert (again.status_code, again.json()["code"]) == (409, "answer_not_kept")


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_has_1_to_255_characters(key: str) -> None:
    assert _post_here(UserFactory.create(is_superuser=True), key).status_code == 400


def _post_here(user: User, key: str = "k") -> Any:
    client = APIClient()
    client.force_authenticate(user)
    return client.post("/api/movies", {"title": "Heat"}, headers={"Idempotency-Key": key})
