"""An unknown word where a few are known: the error names those that would be right."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from accounts.tests.factories import UserFactory


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer"),
    [
        ("get", "/api/users/ann/library?status=nonsense", None, "/status"),
        ("patch", "/api/me", {"visibility": {"history": "nonsense"}}, "/visibility/history"),
        ("patch", "/api/me/preferences", {"default_visibility": "nonsense"}, "/default_visibility"),
    ],
)
def test_the_words_that_are_known_are_named(
    db: None, method: str, path: str, body: dict[str, object] | None, pointer: str
) -> None:
    ann = UserFactory.create(username="ann")
    client = APIClient()
    client.force_authenticate(ann)
    answer = getattr(client, method)(path, body, format="json")
    assert answer.status_code == 400, answer.content
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, "invalid_choice")
    assert "nonsense" in error["detail"]
    for word in ("planned", "dropped") if pointer == "/status" else ("public", "followers", "private"):
        assert word in error["detail"]
