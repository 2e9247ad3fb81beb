"""Stars of a private play do not come to light by a detour: another value sent along, or a play that is gone."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import UserFactory
from movies.tests.factories import MovieFactory
from social.models import LibraryEntry
from social.tests.people import signed_in

pytestmark = pytest.mark.django_db


def _shown(user: User) -> tuple[str | None, int | None]:
    entry = LibraryEntry.objects.get(user=user)
    return entry.shown_status, entry.shown_half_stars


def _play(client: APIClient, movie_id: int, stars: float, visibility: str) -> int:
    body = {"watched_at": "2026-05-01", "stars": stars, "visibility": visibility}
    play_id: int = client.post(f"/api/movies/{movie_id}/plays", body).json()["id"]
    return play_id


def test_a_play_that_becomes_private_with_other_stars_takes_its_old_ones_along() -> None:
    user, movie = UserFactory.create(), MovieFactory.create()
    client = signed_in(user)
    play_id = _play(client, movie.pk, 4, "public")
    assert _shown(user) == ("watched", 8)
    assert client.patch(f"/api/me/history/{play_id}", {"visibility": "private", "stars": 1}).status_code == 200
    assert _shown(user) == (None, None)


@pytest.mark.parametrize("visibility", ["followers", "public"])
def test_stars_of_a_deleted_private_play_stay_behind_when_the_entry_changes(visibility: str) -> None:
    user, movie = UserFactory.create(), MovieFactory.create()
    client = signed_in(user)
    entry = f"/api/movies/{movie.pk}/me"
    client.put(f"/api/movies/{movie.pk}/favorite")
    if visibility == "public":
        client.patch(entry, {"visibility": "followers"})
    play_id = _play(client, movie.pk, 1, "private")
    client.delete(f"/api/me/history/{play_id}")
    assert LibraryEntry.objects.get(user=user).half_stars == 2
    assert client.patch(entry, {"visibility": visibility}).status_code == 200
    assert _shown(user)[1] is None
    client.put(f"/api/movies/{movie.pk}/rating", {"stars": 3, "mark_watched": False})
    assert _shown(user)[1] == 6
