"""What each role sees of accounts in the back office, and what is done there to sessions, keys and locks."""

from __future__ import annotations

from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, Authenticator, Session, User
from accounts.services.api_keys import create_key
from accounts.services.erasure import erase_account
from accounts.services.second_factor import has_second_factor
from accounts.tests.factories import UserFactory
from accounts.tests.showing import App, signed_in
from accounts.tests.signing_in import account, bearer, deliver, login, tokens
from watchly.common.models import AuditEvent

pytestmark = pytest.mark.django_db

SESSIONS, KEYS, LOCKS = "/admin/accounts/session/", "/admin/accounts/apikey/", "/admin/axes/accessattempt/"
USERS = "/admin/accounts/user/"
MOST = 15  # queries of a page

# Address to the status for curator, moderator, admin, superuser.
TABLE = {
    "/admin/": (200, 200, 200, 200),
    "/admin/accounts/": (404, 404, 200, 200),
    "/admin/axes/": (404, 404, 200, 200),
    USERS: (403, 403, 200, 200),
    f"{USERS}{{user}}/change/": (403, 403, 200, 200),
    f"{USERS}{{boss}}/change/": (403, 403, 200, 200),
    f"{USERS}{{user}}/reset-second-factor/": (403, 403, 200, 200),
    f"{USERS}{{boss}}/reset-second-factor/": (403, 403, 403, 200),
    f"{USERS}{{me}}/reset-second-factor/": (403, 403, 403, 403),
    f"{USERS}{{user}}/sign-out/": (403, 403, 200, 200),
    f"{USERS}{{boss}}/sign-out/": (403, 403, 403, 200),
    SESSIONS: (403, 403, 200, 200),
    f"{SESSIONS}add/": (403, 403, 403, 403),
    f"{SESSIONS}{{session}}/change/": (403, 403, 200, 200),
    f"{SESSIONS}{{session}}/delete/": (403, 403, 403, 403),
    KEYS: (403, 403, 200, 200),
    f"{KEYS}add/": (403, 403, 403, 403),
    f"{KEYS}{{key}}/change/": (403, 403, 200, 200),
    f"{KEYS}{{key}}/delete/": (403, 403, 403, 403),
    LOCKS: (403, 403, 200, 200),
    f"{LOCKS}add/": (403, 403, 403, 403),
    f"{LOCKS}{{lock}}/change/": (403, 403, 200, 200),
    f"{LOCKS}{{lock}}/delete/": (403, 403, 403, 403),
    "/admin/auth/group/": (403, 403, 200, 200),
    "/admin/common/auditevent/": (403, 403, 200, 200),
    "/admin/second-factor/manage/": (200, 200, 200, 200),
}


@pytest.fixture
def ids(app: App) -> dict[str, int]:
    """The rows of an account that has all of it, and of a superuser with a second factor."""
    user, boss = account("ada"), account("boss", is_superuser=True, is_staff=True)
    for each in (user, boss):
        app.add_to(each)
    tokens("ada")
    create_key(user_id=user.pk, name="Player", scopes=["read"])
    login("ada", "wrong")
    return {
        "user": user.pk,
        "boss": boss.pk,
        "session": Session.objects.get().pk,
        "key": ApiKey.objects.get().pk,
        "lock": AccessAttempt.objects.get().pk,
    }


@pytest.mark.parametrize(
    ("place", "role"), [(0, "curator"), (1, "moderator"), (2, "admin"), (3, None)], ids=lambda value: str(value)
)
def test_who_may_open_what(place: int, role: str | None, ids: dict[str, int], app: App) -> None:
    me = UserFactory.create(role=role, is_superuser=role is None, is_staff=True)
    app.add_to(me)
    client = signed_in(me)
    found = {address: client.get(address.format(**ids, me=me.pk)).status_code for address in TABLE}
    assert found == {address: statuses[place] for address, statuses in TABLE.items()}


@pytest.mark.parametrize("role", [None, "curator", "moderator"])
def test_who_may_not_changes_nothing(role: str | None, ids: dict[str, int]) -> None:
    client = signed_in(UserFactory.create(role=role))
    before = AuditEvent.objects.count()
    for address, action, chosen in (
        (SESSIONS, "end_sessions", "session"),
        (KEYS, "revoke_keys", "key"),
        (LOCKS, "unlock", "lock"),
    ):
        answer = client.post(address, {"action": action, "_selected_action": [ids[chosen]]})
        assert answer.status_code in (302, 403)
    for step in ("reset-second-factor", "sign-out"):
        assert client.post(f"{USERS}{ids['user']}/{step}/").status_code in (302, 403)
    assert Session.objects.living().exists()
    assert ApiKey.objects.living().exists()
    assert AccessAttempt.objects.exists()
    assert Authenticator.objects.count() == 2
    assert AuditEvent.objects.count() == before


def test_who_may_only_look_ends_nothing(ids: dict[str, int]) -> None:
    looker = UserFactory.create(is_staff=True)
    names = ("view_session", "view_apikey", "view_accessattempt")
    looker.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = signed_in(looker)
    for address, action, chosen in (
        (SESSIONS, "end_sessions", "session"),
        (KEYS, "revoke_keys", "key"),
        (LOCKS, "unlock", "lock"),
    ):
        assert client.get(address).status_code == 200
        client.post(address, {"action": action, "_selected_action": [ids[chosen]]})
    assert Session.objects.living().filter(pk=ids["session"]).exists()
    assert ApiKey.objects.living().exists()
    assert AccessAttempt.objects.exists()


@pytest.fixture
def admin() -> Client:
    return signed_in(UserFactory.create(role="admin", username="root"))


def last() -> AuditEvent:
    return AuditEvent.objects.latest("pk")


def test_every_page_takes_few_queries(
    admin: Client, ids: dict[str, int], django_assert_max_num_queries: Any, settings: Any
) -> None:
    for number in range(20):
        user = account(f"user{number}x")
        tokens(user.username)
        create_key(user_id=user.pk, name="Player", scopes=["read"])
        login(user.username, "wrong")
    pages = [
        SESSIONS,
        KEYS,
        LOCKS,
        *(f"{page}?state={state}" for page in (SESSIONS, KEYS) for state in ("living", "over")),
    ]
    pages += [f"{LOCKS}?state={state}" for state in ("locked", "counted")]
    pages += [f"{SESSIONS}?user={ids['user']}", f"{KEYS}?user={ids['user']}", f"{SESSIONS}?q=ada", f"{LOCKS}?q=ada"]
    pages += [address.format(**ids, me=0) for address in TABLE if "{" in address and "{me}" not in address]
    for page in pages:
        with django_assert_max_num_queries(MOST, info=page):
            assert admin.get(page).status_code in (200, 403), page


def test_the_sessions_of_a_user_are_listed_and_ended(admin: Client, ids: dict[str, int]) -> None:
    other = tokens(account("bob").username)
    mine = tokens("ada")["access"]
    page = admin.get(f"{SESSIONS}?user={ids['user']}")
    assert {session.user_id for session in page.context["cl"].result_list} == {ids["user"]}
    assert bearer(mine).get("/api/me").status_code == 200
    chosen = [session.pk for session in page.context["cl"].result_list]
    admin.post(SESSIONS, {"action": "end_sessions", "_selected_action": chosen})
    assert bearer(mine).get("/api/me").status_code == 401
    assert bearer(other["access"]).get("/api/me").status_code == 200
    assert set(Session.objects.filter(pk__in=chosen).values_list("revoked_reason", flat=True)) == {"by_staff"}
    assert (last().event, last().details["action"]) == ("back_office_action", "end_sessions")
    assert AuditEvent.objects.filter(event="session_ended", subject_id=ids["user"]).count() == len(chosen)
    assert "2 ended" in admin.get(SESSIONS).content.decode()
    again = admin.post(SESSIONS, {"action": "end_sessions", "_selected_action": chosen}, follow=True)
    assert "0 ended" in again.content.decode()


def test_a_key_is_revoked_and_its_digest_is_on_no_page(admin: Client, ids: dict[str, int]) -> None:
    key = ApiKey.objects.get()
    for page in (KEYS, f"{KEYS}{key.pk}/change/", f"{KEYS}?q={key.prefix}"):
        text = admin.get(page).content.decode()
        assert key.prefix in text
        assert key.digest not in text
    admin.post(KEYS, {"action": "revoke_keys", "_selected_action": [key.pk]})
    assert not ApiKey.objects.living().exists()
    event = AuditEvent.objects.get(event="key_revoked")
    assert (event.subject_id, event.via) == (ids["user"], "admin")


def test_a_locked_name_is_let_in_again(admin: Client, ids: dict[str, int]) -> None:
    for _ in range(5):
        login("ada", "wrong")
    login("a-name-that-nobody-has", "wrong")
    assert login("ada").status_code == 429
    shown = admin.get(f"{LOCKS}?state=locked")
    (attempt,) = shown.context["cl"].result_list
    assert attempt.username == "ada"
    assert "127.0.0.0" in shown.content.decode()
    assert "127.0.0.1" not in shown.content.decode()
    everything = admin.get(LOCKS).content.decode()
    assert "nobody&#x27;s name" in everything
    admin.post(LOCKS, {"action": "unlock", "_selected_action": [attempt.pk]})
    assert login("ada").status_code == 200
    assert AuditEvent.objects.get(event="lock_lifted").subject_id == ids["user"]


def test_an_admin_resets_a_second_factor_after_being_asked(admin: Client, ids: dict[str, int]) -> None:
    page, step = f"{USERS}{ids['user']}/change/", f"{USERS}{ids['user']}/reset-second-factor/"
    deliver()
    assert "10 recovery codes left" in admin.get(page).content.decode()
    assert step in admin.get(page).content.decode()
    admin.get(step)
    assert has_second_factor(user_id=ids["user"])
    assert admin.post(step).headers["Location"] == page
    assert not has_second_factor(user_id=ids["user"])
    assert step not in admin.get(page).content.decode()
    assert admin.post(step).status_code == 403
    assert [message.to for message in deliver()] == [["ada@example.org"]]
    event = AuditEvent.objects.get(event="second_factor_reset")
    assert (event.subject_id, event.actor_id) == (ids["user"], User.objects.get(username="root").pk)
    boss = f"{USERS}{ids['boss']}/reset-second-factor/"
    assert admin.post(boss).status_code == 403
    assert has_second_factor(user_id=ids["boss"])


def test_an_admin_signs_somebody_out_everywhere(admin: Client, ids: dict[str, int]) -> None:
    ada = User.objects.get(pk=ids["user"])
    browser = signed_in(ada)
    assert browser.get("/api/me").status_code == 200
    admin.post(f"{USERS}{ada.pk}/sign-out/")
    assert browser.get("/api/me").status_code == 401
    assert not Session.objects.filter(user=ada).living().exists()
    assert AuditEvent.objects.get(event="sign_out_all").subject_id == ada.pk


def test_an_erased_account_takes_its_second_factor_along(ids: dict[str, int]) -> None:
    User.objects.filter(pk=ids["user"]).update(erase_after=timezone.now())
    assert erase_account(user_id=ids["user"])
    assert list(Authenticator.objects.values_list("user_id", flat=True)) == [ids["boss"]]
