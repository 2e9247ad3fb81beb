"""Entries and viewings in the back office."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from social.models import LibraryEntry
from social.tests.factories import LibraryEntryFactory, PlayFactory

pytestmark = pytest.mark.django_db
MOST = 15


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def addresses() -> list[str]:
    entry, play = LibraryEntryFactory.create(note="A secret."), PlayFactory.create(note="A secret.", place="A secret.")
    for _ in range(20):
        LibraryEntryFactory.create(tags=["a secret"])
        PlayFactory.create()
    return [
        "/admin/social/libraryentry/",
        "/admin/social/play/",
        f"/admin/social/libraryentry/?q={entry.user.username}",
        "/admin/social/play/?q=movie",
        f"/admin/social/libraryentry/{entry.pk}/change/",
        f"/admin/social/play/{play.pk}/change/",
    ]


@pytest.mark.parametrize("role", ["moderator", "admin"])
def test_pages_open_in_few_queries_and_keep_what_is_private(
    role: str, make_user: Any, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(make_user(role=role))
    for address in addresses():
        with django_assert_max_num_queries(MOST, info=address):
            response = client.get(address)
        assert response.status_code == 200, address
        assert "secret" not in response.content.decode()


def test_a_curator_sees_nothing_of_people_s_things(make_user: Any) -> None:
    client = signed_in(make_user(role="curator"))
    assert {client.get(address).status_code for address in addresses()} == {403}


def test_nobody_changes_what_is_somebody_s(make_user: Any) -> None:
    client = signed_in(make_user(is_superuser=True, is_staff=True))
    entry = LibraryEntryFactory.create(status="planned")
    address = f"/admin/social/libraryentry/{entry.pk}"
    assert client.post(f"{address}/change/", {"status": "watched"}).status_code == 403
    assert client.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/social/libraryentry/add/").status_code == 403
    assert LibraryEntry.objects.get().status == "planned"
