"""No page of the back office opens to staff who have shown a password alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from rest_framework.test import APIClient

from accounts.admin.gate import BEFORE_IT
from accounts.models import Authenticator, User
from accounts.services.second_factor import has_second_factor, reset_second_factor
from accounts.tests.factories import UserFactory
from accounts.tests.showing import MANAGE, SET_UP, USE, App, secret_on, shown, signed_in
from accounts.tests.signing_in import PASSWORD, account
from watchly.common.models import AuditEvent

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"


@pytest.fixture(autouse=True)
def demanded(settings: Any) -> None:
    settings.ADMIN_SECOND_FACTOR = True


@pytest.fixture
def ada(app: App) -> User:
    """A superuser, whom nothing else would stop, with a second factor."""
    user = account("ada", is_staff=True, is_superuser=True)
    app.add_to(user)
    return user


def addresses() -> dict[str, str]:
    """Every address below /admin/ by the name of its view, or by its route where it has none."""
    found = {}

    def walk(patterns: Any, route: str, namespace: str) -> Iterator[tuple[str, str]]:
        for each in patterns:
            here = route + str(each.pattern).removeprefix("^")
            if isinstance(each, URLResolver):
                inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
                yield from walk(each.url_patterns, here, inner)
            elif isinstance(each, URLPattern):
                yield (f"{namespace}{each.name}" if each.name else here), here

    for name, route in walk(get_resolver().url_patterns, "", ""):
        if route.startswith("admin/"):
            found[f"{name} {route}"] = filled(route)
    assert {name for name, address in found.items() if resolve(address).route != name.split(" ")[1]} == set()
    return found


def filled(route: str) -> str:
    """The route with something in each place."""
    route = route.replace("(?P<url>.*)$", "nothing")
    route = re.sub(r"\(\?P<app_label>(\w+)[^)]*\)/\$", r"\1/", route)
    return "/" + re.sub(r"<(slug|str):\w+>", "withdraw", re.sub(r"<(int|path):\w+>", "1", route))


def test_no_address_of_the_back_office_opens_without_it(ada: User) -> None:
    client, opened, walked = signed_in(ada), set(), addresses()
    assert len(walked) > 100  # every model's pages, and django-otp's if they were there
    for name, address in walked.items():
        for answer in (client.get(address), client.post(address, {"action": "x", "post": "yes"})):
            if answer.status_code == 302 and answer.headers["Location"].split("?")[0] == USE:
                continue
            opened.add(name.split(" ")[0])
            client = signed_in(ada)  # one of them signs out
    assert opened == {"admin:login", "admin:logout", "second_factor:use", "second_factor:set_up"} == BEFORE_IT
    assert User.objects.count() == 1


def test_what_a_password_alone_opens_shows_nothing_of_the_back_office(ada: User) -> None:
    client = signed_in(ada)
    page = client.get(USE)
    assert page.status_code == 200
    assert "/admin/movies/" not in page.content.decode()
    assert client.get(SET_UP).headers["Location"] == MANAGE  # which is not one of them
    assert client.get(LOGIN).headers["Location"] == "/admin/"
    assert client.get(MANAGE).headers["Location"].startswith(USE)


def test_a_first_sign_in_sets_it_up_and_shows_the_recovery_codes_once(app: App) -> None:
    user, client = account("bob", is_staff=True, is_superuser=True), Client()
    answer = client.post(f"{LOGIN}?next=/admin/accounts/user/", {"username": "bob", "password": PASSWORD})
    assert answer.headers["Location"] == "/admin/accounts/user/"
    answer = client.get(answer.headers["Location"])
    assert answer.headers["Location"] == f"{USE}?next=%2Fadmin%2Faccounts%2Fuser%2F"
    answer = client.get(answer.headers["Location"])
    assert answer.headers["Location"] == f"{SET_UP}?next=%2Fadmin%2Faccounts%2Fuser%2F"
    page = client.get(answer.headers["Location"])
    assert 'src="data:image/svg+xml' in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    secret = secret_on(page)
    assert secret_on(client.get(SET_UP)) == secret  # loaded anew it is the same
    assert secret_on(signed_in(user).get(SET_UP)) != secret  # and another in another browser
    app.scan(secret)
    wrong = client.post(SET_UP, {"code": app.wrong_code()})
    assert "not the code" in wrong.content.decode()
    assert secret_on(wrong) == secret
    assert client.get("/admin/").status_code == 302
    done = client.post(f"{SET_UP}?next=/admin/accounts/user/", {"code": app.code()})
    assert len(set(done.context["codes"])) == 10
    assert 'href="/admin/accounts/user/"' in done.content.decode()
    assert client.get("/admin/accounts/user/").status_code == 200
    assert done.context["codes"][0] not in client.get(MANAGE).content.decode()


def test_it_is_asked_for_once_a_sign_in(ada: User, app: App, django_assert_num_queries: Any) -> None:
    client = Client()
    client.post(LOGIN, {"username": "ada", "password": PASSWORD})
    before = client.cookies["sessionid"].value
    assert "wrong" in client.post(USE, {"code": app.wrong_code()}).content.decode()
    assert client.get("/admin/").status_code == 302
    Authenticator.objects.update(throttling_failure_timestamp=None)
    answer = client.post(f"{USE}?next=/admin/auth/group/", {"code": app.next_code()})
    assert answer.headers["Location"] == "/admin/auth/group/"
    assert client.cookies["sessionid"].value != before
    for _ in range(2):
        assert client.get("/admin/").status_code == 200
    assert client.get(USE).headers["Location"] == "/admin/"
    # The same browser, signing in once more without having signed out.
    client.post(LOGIN, {"username": "ada", "password": PASSWORD})
    assert client.get("/admin/").headers["Location"].startswith(USE)
    client.post(USE, {"code": app.recovery_codes[0]})
    assert client.get("/admin/").status_code == 200
    client.post("/admin/logout/")
    assert client.get("/admin/").headers["Location"].startswith(LOGIN)


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example/admin/", "/api/me", "javascript:alert(1)", USE, "/\\evil.example"],
)
def test_it_leads_into_the_back_office_and_nowhere_else(wanted: str, ada: User, app: App) -> None:
    answer = signed_in(ada).post(f"{USE}?next={wanted}", {"code": app.next_code()})
    assert answer.headers["Location"] == "/admin/"


def shown_before_it_was_removed(user: User, app: App) -> Client:
    """A session that outlives its second factor, as when the user removes it."""
    app.add_to(user)
    user.refresh_from_db()
    client = shown(user, app)
    Authenticator.objects.filter(user=user).delete()
    return client


def test_one_that_is_reset_closes_the_back_office_at_once(ada: User, app: App) -> None:
    client = shown(ada, app)
    assert client.get("/admin/").status_code == 200
    reset_second_factor(user_id=ada.pk)
    assert client.get("/admin/").headers["Location"].startswith(LOGIN)
    client = shown_before_it_was_removed(ada, app)
    assert client.get("/admin/").headers["Location"].startswith(USE)
    app.add_to(ada)
    assert client.get("/admin/").headers["Location"].startswith(USE)  # another is not the one that was shown


def test_a_session_of_somebody_else_is_worth_nothing(ada: User, app: App) -> None:
    """Not even with the number of a device that they own."""
    bob = account("bob", is_staff=True)
    client = signed_in(bob)
    session: Any = client.session
    session["second_factor"] = Authenticator.objects.get(user=ada).pk
    session.save()
    assert client.get("/admin/").headers["Location"].startswith(USE)


def test_it_is_looked_after_on_its_page(ada: User, app: App) -> None:
    client = shown(ada, app)
    assert "10 recovery codes left" in client.get(MANAGE).content.decode()
    codes = client.post("/admin/second-factor/recovery-codes/", {"code": app.next_code()}).context["codes"]
    assert codes != app.recovery_codes
    remove = "/admin/second-factor/remove/"
    assert "not your password" in client.post(remove, {"password": "x", "code": app.next_code()}).content.decode()
    assert has_second_factor(user_id=ada.pk)
    assert client.post(remove, {"password": PASSWORD, "code": app.next_code()}).headers["Location"] == MANAGE
    assert not has_second_factor(user_id=ada.pk)
    assert client.get("/admin/").headers["Location"].startswith(USE)


def test_a_wrong_code_says_what_is_wrong_and_too_many_that_one_must_wait(ada: User, app: App) -> None:
    client = signed_in(ada)
    assert "wrong" in client.post(USE, {"code": "x"}).content.decode()
    for _ in range(5):
        client.post(USE, {"code": "x"})
    assert "wait 15 minutes" in client.post(USE, {"code": app.next_code()}).content.decode()
    assert client.get("/admin/").status_code == 302
    assert AuditEvent.objects.filter(event="locked_out", subject_id=ada.pk, via="admin").count() == 1


def test_who_is_no_staff_is_asked_to_sign_in(app: App) -> None:
    for client in (Client(), signed_in(UserFactory.create())):
        for address in (USE, SET_UP):
            assert client.get(address).headers["Location"].startswith(LOGIN)
            assert client.post(address, {"code": "123456"}).headers["Location"].startswith(LOGIN)
    assert not Authenticator.objects.exists()


def test_the_api_asks_for_nothing_more(ada: User) -> None:
    client = APIClient()
    client.force_login(ada)
    assert client.get("/api/me").status_code == 200
    assert client.get("/").status_code == 200


def test_on_a_laptop_it_is_off_and_nobody_is_asked(ada: User, settings: Any) -> None:
    settings.ADMIN_SECOND_FACTOR = False
    client = signed_in(ada)
    assert client.get("/admin/").status_code == 200
    assert client.get(MANAGE).status_code == 200


def test_django_otps_own_pages_are_not_there() -> None:
    """They would show the secret, and take one that somebody else knows."""
    labels = {model._meta.app_label for model in admin.site._registry}
    assert not [label for label in labels if label.startswith("otp_")]
    assert "accounts" in labels
    shown_models = {model.__name__ for model in admin.site._registry}
    assert not shown_models & {"OneTimeToken", "RefreshToken", "Authenticator", "RecoveryCodes", "TOTPDevice"}
