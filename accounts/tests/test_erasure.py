"""Erasing an account: 14 days to think, then nothing of the person is left anywhere."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Profile, User
from accounts.services import erasure
from accounts.services.erasure import erase_account, request_erasure, restore_account
from accounts.tasks import erase_accounts
from accounts.tests.factories import UserFactory
from accounts.tests.signing_in import bearer, deliver, tokens, with_key
from watchly.common.errors import Conflict, NotFound
from watchly.common.models import AuditEvent
from watchly.common.scopes import Scope

pytestmark = pytest.mark.django_db

PASSWORD = "sunset-over-the-harbour"
NAME, EMAIL = "cassandra.quill", "cassandra@quill.example"


@pytest.fixture
def cassandra() -> User:
    user = UserFactory.create(username=NAME, email=EMAIL, first_name="Cassandra", email_verified_at=timezone.now())
    user.set_password(PASSWORD)
    user.save()
    return user


def due(user: User) -> User:
    """The same user, whose 14 days are over."""
    User.objects.filter(pk=user.pk).update(erase_after=timezone.now() - timedelta(seconds=1))
    user.refresh_from_db()
    return user


def events(user_id: int) -> list[str]:
    return list(AuditEvent.objects.filter(subject_id=user_id).order_by("pk").values_list("event", flat=True))


def kept_row(user: User) -> None:
    """Something of theirs that an erasure keeps."""
    about = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(user=user, content_type=about, object_id="0", object_repr="x", action_flag=CHANGE)


# --- asked for, and taken back ---------------------------------------------------------------------------------------


def test_the_owner_has_fourteen_days(cassandra: User) -> None:
    before = timezone.now()
    after = request_erasure(user_id=cassandra.pk, password=PASSWORD, address=None)
    assert timedelta(days=14) <= after - before < timedelta(days=14, minutes=1)
    cassandra.refresh_from_db()
    assert (cassandra.erase_after, cassandra.is_active) == (after, True)
    assert not User.objects.shown().filter(pk=cassandra.pk).exists()
    assert request_erasure(user_id=cassandra.pk, password=PASSWORD, address=None) == after
    assert events(cassandra.pk).count("erasure_requested") == 1
    assert not erase_account(user_id=cassandra.pk)


def test_it_signs_out_everywhere(cassandra: User) -> None:
    browser, other = Client(enforce_csrf_checks=True), Client()
    browser.force_login(cassandra)
    other.force_login(UserFactory.create())
    assert browser.get("/api/me").status_code == 200
    response = browser.delete("/api/me", {"password": PASSWORD}, content_type="application/json")
    assert response.status_code == 403  # a cookie takes the CSRF token with it
    assert browser.get("/api/me").json()["erase_after"] is None
    access = tokens(NAME, PASSWORD)["access"]
    assert bearer(access).get("/api/me").status_code == 200
    request_erasure(user_id=cassandra.pk, password=PASSWORD, address=None)
    assert browser.get("/api/me").status_code == 401
    assert bearer(access).get("/api/me").status_code == 401
    assert other.get("/api/me").status_code == 200
    again = bearer(tokens(NAME, PASSWORD)["access"])  # and in again, to take it back
    assert again.post("/api/me/restore").json()["erase_after"] is None


def test_the_way_over_the_api_there_and_back(cassandra: User) -> None:
    client = APIClient()
    client.force_authenticate(cassandra)
    response = client.delete("/api/me", {"password": PASSWORD})
    assert response.status_code == 202
    client.force_authenticate(User.objects.get(pk=cassandra.pk))  # as each call reads who calls
    assert client.get("/api/me").json()["erase_after"] == response.json()["erase_after"]
    assert client.post("/api/me/restore").json()["erase_after"] is None
    assert client.post("/api/me/restore").status_code == 200
    assert [event for event in events(cassandra.pk) if "erasure" in event] == [
        "erasure_requested",
        "erasure_taken_back",
    ]


def test_keys_and_staff_powers_rest_while_an_account_waits(cassandra: User) -> None:
    cassandra.is_superuser = cassandra.is_staff = True
    cassandra.save()
    UserFactory.create(is_superuser=True)
    key = with_key(cassandra, "read", "curate")
    assert key.get("/api/me").status_code == 200
    request_erasure(user_id=cassandra.pk, password=PASSWORD, address=None)
    assert key.get("/api/me").status_code == 401
    again = bearer(tokens(NAME, PASSWORD)["access"])
    assert again.post("/api/movies", {}).status_code == 403
    browser = Client()
    browser.force_login(User.objects.get(pk=cassandra.pk))
    assert browser.get("/admin/movies/movie/").status_code == 403
    again.post("/api/me/restore")
    assert key.get("/api/me").status_code == 200
    assert again.post("/api/movies", {}).status_code == 400


@pytest.mark.parametrize("erase", ["delete", "post"])
def test_an_erasure_is_asked_for_with_either_method(cassandra: User, erase: str) -> None:
    client = APIClient()
    client.force_authenticate(cassandra)
    path = "/api/me" if erase == "delete" else "/api/me/erase"
    assert getattr(client, erase)(path, {"password": "a guess"}).json()["errors"][0]["code"] == "wrong_password"
    response = getattr(client, erase)(path, {"password": PASSWORD})
    assert (response.status_code, list(response.json())) == (202, ["erase_after"])


def test_a_wrong_password_changes_nothing_and_is_not_guessed(cassandra: User) -> None:
    client = APIClient()
    client.force_authenticate(cassandra)
    for _ in range(5):
        response = client.delete("/api/me", {"password": "a guess"})
        assert (response.status_code, response.json()["code"]) == (400, "invalid")
        assert response.json()["errors"][0]["code"] == "wrong_password"
        assert response.json()["errors"][0]["pointer"] == "/password"
    response = client.delete("/api/me", {"password": PASSWORD})
    assert (response.status_code, response.json()["code"]) == (429, "locked_out")
    assert int(response.headers["Retry-After"]) > 0
    cassandra.refresh_from_db()
    assert cassandra.erase_after is None
    assert request_erasure(user_id=cassandra.pk, password=PASSWORD, address="198.51.100.7")  # not locked from there


def test_no_key_erases_exports_or_restores(cassandra: User) -> None:
    client = with_key(cassandra, *Scope.values)
    for method, path, body in (
        ("delete", "/api/me", {"password": PASSWORD}),
        ("post", "/api/me/restore", {}),
        ("post", "/api/me/export", {}),
        ("get", "/api/me/exports/1", None),
    ):
        response = getattr(client, method)(path, body)
        assert (response.status_code, response.json()["code"]) == (403, "scope_missing"), path
    assert client.patch("/api/me", {"bio": "by a key"}).status_code == 200
    assert with_key(cassandra, "read").patch("/api/me", {"bio": "x"}).status_code == 403
    assert with_key(cassandra, "read").get("/api/me").json()["bio"] == "by a key"


def test_the_last_superuser_stays(cassandra: User) -> None:
    User.objects.filter(pk=cassandra.pk).update(is_superuser=True)
    with pytest.raises(Conflict, match="only administrator"):
        request_erasure(user_id=cassandra.pk, password=PASSWORD, address=None)
    UserFactory.create(is_superuser=True)
    assert request_erasure(user_id=cassandra.pk, password=PASSWORD, address=None)


def test_letters_say_what_to_do(cassandra: User) -> None:
    request_erasure(user_id=cassandra.pk, password=PASSWORD, address=None)
    (asked,) = deliver()
    assert (asked.to, asked.subject) == ([EMAIL], "Your Watchly account will be erased")
    cassandra.refresh_from_db()
    assert f"{cassandra.erase_after:%H:%M} UTC" in asked.body
    assert "/api/me/restore" in asked.body
    restore_account(user_id=cassandra.pk)
    (kept,) = deliver()
    assert kept.subject == "Your Watchly account stays"
    assert NAME in kept.body
    assert all(message.alternatives for message in (asked, kept))


def test_a_letter_about_a_wish_that_was_taken_back_is_not_sent(cassandra: User) -> None:
    request_erasure(user_id=cassandra.pk, password=PASSWORD, address=None)
    restore_account(user_id=cassandra.pk)
    assert [message.subject for message in deliver()] == ["Your Watchly account stays"]


# --- carried out -----------------------------------------------------------------------------------------------------


def test_a_user_whom_nothing_kept_refers_to_goes_altogether(cassandra: User) -> None:
    Profile.objects.create(user=cassandra)
    assert erase_account(user_id=due(cassandra).pk)
    assert not User.objects.filter(pk=cassandra.pk).exists()
    assert not erase_account(user_id=cassandra.pk)
    with pytest.raises(NotFound):
        restore_account(user_id=cassandra.pk)


def test_every_column_of_a_user_is_emptied_or_says_nothing_of_a_person() -> None:
    user = UserFactory.create(role="admin", first_name="A", last_name="B", is_superuser=True, last_login=timezone.now())
    kept_row(user)
    before = User.objects.filter(pk=user.pk).values().get()
    erase_account(user_id=due(user).pk)
    after = User.objects.filter(pk=user.pk).values().get()
    harmless = {"id", "date_joined", "email_verified_at", "erase_after", "token_version"}
    assert {name for name in before if before[name] == after[name]} <= harmless
    assert after["email_verified_at"] is after["erase_after"] is None
    assert not User.objects.get(pk=user.pk).groups.exists()


def test_the_name_of_an_erased_account_is_not_given_to_another() -> None:
    taken = UserFactory.create()
    user = UserFactory.create()
    User.objects.filter(pk=taken.pk).update(username=f"DELETED-{user.pk}")
    kept_row(user)
    erase_account(user_id=due(user).pk)
    user.refresh_from_db()
    assert user.username == f"deleted-{user.pk}-"
    with pytest.raises(Exception, match="kept for accounts that were erased"):
        User(username="deleted-7").clean_fields()


def test_one_that_fails_does_not_keep_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    users = [due(UserFactory.create()) for _ in range(3)]
    whole = erasure.erase_account

    def erase(*, user_id: int) -> bool:
        if user_id == users[0].pk:
            raise RuntimeError("no")
        return whole(user_id=user_id)

    monkeypatch.setattr(erasure, "erase_account", erase)
    erase_accounts(timestamp=0)
    assert list(User.objects.to_erase()) == [users[0]]


def test_the_command_says_what_it_would_do() -> None:
    due(UserFactory.create())
    out = io.StringIO()
    call_command("erase_accounts", "--dry-run", stdout=out)
    assert "1 accounts would be erased" in out.getvalue()
    assert User.objects.to_erase().count() == 1
