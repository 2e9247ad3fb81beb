"""Entries and viewings in the back office."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Profile
from accounts.tests.factories import UserFactory
from social.models import LibraryEntry
from social.tests.factories import LibraryEntryFactory, PlayFactory
from watchly.common.models import AuditEvent

pytestmark = pytest.mark.django_db
MOST = 15


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def addresses() -> list[str]:
    entry, play = (
        LibraryEntryFactory.create(status="watched", note="A secret."),
        PlayFactory.create(note="A secret.", place="A secret."),
    )
    for _ in range(20):
        LibraryEntryFactory.create(status="watched", tags=["a secret"])
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


def test_a_moderator_sees_what_everybody_sees(make_user: Any) -> None:
    client = signed_in(make_user(role="moderator"))
    shut = UserFactory.create()
    Profile.objects.create(user=shut, library_visibility="private", history_visibility="private")
    private: list[Any] = [
        LibraryEntryFactory.create(status="watched", visibility="private"),
        LibraryEntryFactory.create(status="watched", user=shut),
        PlayFactory.create(visibility="followers"),
        PlayFactory.create(user=shut),
    ]
    for row in private:
        address = f"/admin/social/{row._meta.model_name}/"
        assert row.user.username not in client.get(address).content.decode()
        assert client.get(f"{address}{row.pk}/change/").status_code == 302  # as for a row that does not exist
    # What the entry does not show to others is not shown, and no filter tells it.
    entry = LibraryEntryFactory.create(
        status="watched", half_stars=9, plays=7, shown_status="planned", shown_half_stars=None
    )
    page = client.get(f"/admin/social/libraryentry/{entry.pk}/change/").content.decode()
    assert "Planned" in page
    assert re.search(r">\s*4\.5\s*<", page) is None
    for oracle in (
        "half_stars__gte=9",
        "status__exact=watched",
        "plays__gt=5",
        "note__startswith=a",
        "visibility=private",
    ):
        assert client.get(f"/admin/social/libraryentry/?{oracle}").status_code in (302, 400), oracle
    for name in ("follow", "block", "activitygroup", "sharelink"):
        assert client.get(f"/admin/social/{name}/").status_code == 403
    assert not AuditEvent.objects.filter(event__startswith="private_").exists()


def test_what_an_administrator_opens_of_private_things_is_recorded(make_user: Any) -> None:
    admin = make_user(role="admin")
    client = signed_in(admin)
    public = LibraryEntryFactory.create(status="watched")
    private: list[Any] = [
        LibraryEntryFactory.create(status="watched", visibility="private"),
        LibraryEntryFactory.create(status="watched", shown_status=None, favorite=True),
        PlayFactory.create(visibility="followers"),
    ]
    assert client.get(f"/admin/social/libraryentry/{public.pk}/change/").status_code == 200
    assert not AuditEvent.objects.filter(event__startswith="private_").exists()
    for row in private:
        assert client.get(f"/admin/social/{row._meta.model_name}/{row.pk}/change/").status_code == 200
        event = AuditEvent.objects.latest("pk")
        assert (event.event, event.actor_id, event.subject_id) == ("private_row_opened", admin.pk, row.user_id)
        assert event.details == {"kind": row._meta.model_name, "object_id": row.pk}
    for name in ("libraryentry", "play", "follow", "block", "activitygroup", "sharelink"):
        assert client.get(f"/admin/social/{name}/").status_code == 200
        event = AuditEvent.objects.latest("pk")
        assert (event.event, event.details) == ("private_rows_listed", {"kind": name})


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
