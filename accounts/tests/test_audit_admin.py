"""The audit trail in the back office: what staff do is in it, and it is only read."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import UserFactory
from accounts.tests.test_admin_users import fields, signed_in
from watchly.common.admin.audited import AuditedAdmin
from watchly.common.audit import record_event
from watchly.common.models import AuditEvent

pytestmark = pytest.mark.django_db

TRAIL = "/admin/common/auditevent/"
USERS = "/admin/accounts/user/"
MOST = 15


@pytest.fixture
def ada() -> User:
    return UserFactory.create(role="admin", username="ada")


def last() -> AuditEvent:
    return AuditEvent.objects.latest("pk")


def test_every_admin_is_audited() -> None:
    reverse("admin:index")  # the pages of the second factor, loaded with the URLs, take away those of django-otp
    others = [model._meta.label for model, each in admin.site._registry.items() if not isinstance(each, AuditedAdmin)]
    assert others == []


def test_adding_changing_and_deleting_are_in_the_trail(ada: User) -> None:
    client = signed_in(ada)
    password = "sunset-over-the-harbour"
    data = {"username": "bob", "email": "bob@example.org", "usable_password": "true", "password1": password,
            "password2": password}  # fmt: skip
    assert client.post(f"{USERS}add/", data).status_code == 302
    bob = User.objects.get(username="bob")
    event = last()
    assert (event.event, event.actor_id, event.subject_id, event.via) == ("back_office_added", ada.pk, bob.pk, "admin")
    client.post(f"{USERS}{bob.pk}/change/", fields(bob, email="new@example.org"))
    assert (last().event, last().subject_id) == ("back_office_changed", bob.pk)
    assert last().details == {"model": "accounts.user", "id": bob.pk, "fields": ["Email"]}
    role = Group.objects.create(name="translators")
    client.post(f"/admin/auth/group/{role.pk}/delete/", {"post": "yes"})
    assert (last().event, last().details) == ("back_office_deleted", {"model": "auth.group", "id": role.pk})


def test_it_names_nobody(ada: User) -> None:
    bob = UserFactory.create(username="bob-of-bobs")
    signed_in(ada).post(f"{USERS}{bob.pk}/change/", fields(bob, username="bobby", email="bobby@example.org"))
    said = str(list(AuditEvent.objects.values()))
    assert last().event == "back_office_changed"
    assert "bob" not in said
    assert "@" not in said


def test_a_refused_change_is_not_in_the_trail(ada: User) -> None:
    boss, client = UserFactory.create(is_superuser=True), signed_in(ada)
    before = AuditEvent.objects.count()
    assert client.post(f"{USERS}{boss.pk}/change/", fields(boss, username="gone")).status_code == 403
    assert AuditEvent.objects.count() == before


@pytest.mark.filterwarnings("ignore:.*received a naive datetime")  # of unfold's filter; the time zone is UTC
def test_it_is_read_in_few_queries(ada: User, django_assert_max_num_queries: Any) -> None:
    users = [UserFactory.create() for _ in range(20)]
    for user in users:
        record_event("sign_in", subject_id=user.pk, actor_id=user.pk, device="a browser")
        record_event("sign_in_failed", subject_id=user.pk)
    record_event("account_erased", subject_id=999_999)
    client = signed_in(ada)
    for query in (
        "",
        "?event=sign_in",
        f"?subject_id={users[3].pk}",
        f"?actor_id={users[3].pk}",
        "?created_at_from_0=2020-01-01&created_at_from_1=00:00:00",
    ):
        with django_assert_max_num_queries(MOST, info=query):
            response = client.get(TRAIL + query)
        assert response.status_code == 200, query
    page = client.get(TRAIL).content.decode()
    assert f"{users[3].username} ({users[3].pk})" in page
    assert "999999" in page
    assert "account erased" in page  # the filter knows every kind
    shown = client.get(f"{TRAIL}?event=sign_in_failed&subject_id={users[3].pk}").context["cl"].result_list
    assert [(event.event, event.subject_id) for event in shown] == [("sign_in_failed", users[3].pk)]
    with django_assert_max_num_queries(MOST):
        assert client.get(f"{TRAIL}{last().pk}/change/").status_code == 200


def test_nobody_writes_it(ada: User) -> None:
    record_event("sign_in", subject_id=ada.pk)
    for client in (signed_in(ada), signed_in(UserFactory.create(is_superuser=True, is_staff=True))):
        assert client.get(f"{TRAIL}add/").status_code == 403
        assert client.post(f"{TRAIL}{last().pk}/change/", {"event": "x"}).status_code == 403
        assert client.post(f"{TRAIL}{last().pk}/delete/", {"post": "yes"}).status_code == 403
    assert last().event == "sign_in"


@pytest.mark.parametrize("role", [None, "curator", "moderator"])
def test_only_an_admin_reads_it(role: str | None) -> None:
    client: Client = signed_in(UserFactory.create(role=role))
    assert client.get(TRAIL).status_code in (302, 403)


def test_an_admin_can_keep_an_account_and_not_have_it_erased(ada: User) -> None:
    client, bob = signed_in(ada), UserFactory.create(erase_after=timezone.now().replace(microsecond=0))
    page = client.get(f"{USERS}{bob.pk}/change/")
    form = page.context["adminform"].form
    day, time = (f"{bob.erase_after:%Y-%m-%d}", f"{bob.erase_after:%H:%M:%S}")
    assert form["erase_after"].value() == bob.erase_after
    later = fields(bob, erase_after_0="2030-01-01", erase_after_1=time)
    assert "empty it to keep" in client.post(f"{USERS}{bob.pk}/change/", later).content.decode()
    client.post(f"{USERS}{bob.pk}/change/", fields(bob, erase_after_0=day, erase_after_1=time))
    bob.refresh_from_db()
    assert bob.erase_after is not None
    client.post(f"{USERS}{bob.pk}/change/", fields(bob, erase_after_0="", erase_after_1=""))
    bob.refresh_from_db()
    assert bob.erase_after is None
    events = AuditEvent.objects.filter(subject_id=bob.pk).values_list("event", flat=True)
    assert set(events) >= {"erasure_taken_back", "back_office_changed"}


def test_the_list_says_what_state_an_account_is_in(ada: User) -> None:
    now = timezone.now()
    states = {
        "open": UserFactory.create(),
        "closed": UserFactory.create(is_active=False),
        "to_erase": UserFactory.create(erase_after=now),
        "erased": UserFactory.create(is_active=False, erased_at=now),
    }
    client = signed_in(ada)
    for state, user in states.items():
        shown = {each.pk for each in client.get(f"{USERS}?state={state}").context["cl"].result_list}
        assert user.pk in shown
        assert not shown & {other.pk for other in states.values() if other != user}
    page = client.get(f"{USERS}{states['erased'].pk}/change/")
    assert page.status_code == 200
    assert client.post(f"{USERS}{states['erased'].pk}/change/", fields(states["erased"])).status_code == 403
