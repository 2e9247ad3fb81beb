"""What each change of credentials ends: every event of the table, carried out at its own door."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.models import OneTimeToken, Session, User
from accounts.services import sign_in as module
from accounts.services.credentials import ENDS, CredentialEvent
from accounts.services.emails import change_email, undo_email_change
from accounts.services.erasure import request_erasure
from accounts.services.one_time_tokens import issue_token, secret_of
from accounts.services.passwords import reset_password
from accounts.services.roles import grant_role, revoke_role
from accounts.services.second_factor import (
    remove_second_factor,
    renew_recovery_codes,
    reset_second_factor,
)
from accounts.services.sign_in import sign_in
from accounts.tests.showing import App
from accounts.tests.signing_in import PASSWORD, account, bearer, login, tokens, with_key
from watchly.common.errors import RuleViolation, Unauthenticated
from watchly.env import BASE_DIR

pytestmark = pytest.mark.django_db

Purpose = OneTimeToken.Purpose
NEXT = "a walk along the harbour"
OWN = "/api/me/sessions"


def token(user: User, purpose: str, email: str = "ada@example.net") -> str:
    return secret_of(issue_token(user_id=user.pk, purpose=Purpose(purpose), email=email))


def back_office(user: User, **form: Any) -> None:
    """An administrator saves the user's page."""
    client = Client()
    client.force_login(account("root", is_staff=True, is_superuser=True))
    kept = {"username": user.username, "email": user.email, "is_active": "on", "groups": []}
    answer = client.post(f"/admin/accounts/user/{user.pk}/change/", kept | form)
    assert answer.status_code == 302, re.findall(r"errorlist[^<]*<li>([^<]*)", answer.content.decode())


def with_factor(user: User, app: App) -> str:
    """The user with a second factor; a recovery code of it."""
    app.add_to(user)
    return app.recovery_codes[0]


def removed(user: User, own: Any, app: App) -> None:
    code = with_factor(user, app)
    prepared(user)
    remove_second_factor(user_id=user.pk, password=PASSWORD, code=code, address=None)


def renewed(user: User, own: Any, app: App) -> None:
    code = with_factor(user, app)
    prepared(user)
    renew_recovery_codes(user_id=user.pk, code=code, address=None)


def factor_reset(user: User, own: Any, app: App) -> None:
    with_factor(user, app)
    prepared(user)
    reset_second_factor(user_id=user.pk)


def factor_added(user: User, own: Any, app: App) -> None:
    app.add_to(user)


def role_taken(user: User, own: Any, app: App) -> None:
    grant_role(user_id=user.pk, role="curator")
    prepared(user)
    revoke_role(user_id=user.pk, role="curator")


def verified(user: User, own: Any, app: App) -> None:
    User.objects.filter(pk=user.pk).update(email_verified_at=None)
    code = token(user, Purpose.VERIFY_EMAIL, user.email)
    assert own.post("/api/auth/email/verify", {"token": code}).status_code == 200


def password_set(user: User, own: Any, app: App) -> None:
    user.set_password(NEXT)  # as the back office's form and `manage.py changepassword` do
    user.save()


DOORS: dict[CredentialEvent, Callable[[User, Any, App], object]] = {
    CredentialEvent.PASSWORD_CHANGED: lambda user, own, app: own.post(
        "/api/auth/password/change",
        {"current_password": PASSWORD, "new_password": NEXT, "revoke_api_keys": True},
    ),
    CredentialEvent.PASSWORD_RESET: lambda user, own, app: reset_password(
        token=token(user, Purpose.RESET_PASSWORD, user.email), new_password=NEXT
    ),
    CredentialEvent.PASSWORD_SET: password_set,
    CredentialEvent.SIGNED_OUT_EVERYWHERE: lambda user, own, app: own.post("/api/auth/logout-all"),
    CredentialEvent.SIGNED_OUT_BY_STAFF: lambda user, own, app: back_office_signs_out(user),
    CredentialEvent.EMAIL_VERIFIED: verified,
    CredentialEvent.EMAIL_CHANGED: lambda user, own, app: own.post(
        "/api/auth/email/verify", {"token": token(user, Purpose.CHANGE_EMAIL)}
    ),
    CredentialEvent.EMAIL_CHANGE_UNDONE: lambda user, own, app: undo_email_change(
        token=token(user, Purpose.UNDO_EMAIL_CHANGE)
    ),
    CredentialEvent.EMAIL_SET: lambda user, own, app: back_office(user, email="ada@example.com"),
    CredentialEvent.SECOND_FACTOR_ADDED: factor_added,
    CredentialEvent.SECOND_FACTOR_REMOVED: removed,
    CredentialEvent.SECOND_FACTOR_RESET: factor_reset,
    CredentialEvent.RECOVERY_CODES_RENEWED: renewed,
    CredentialEvent.ROLE_GRANTED: lambda user, own, app: grant_role(user_id=user.pk, role="curator"),
    CredentialEvent.ROLE_REVOKED: role_taken,
    CredentialEvent.ACCOUNT_CLOSED: lambda user, own, app: back_office(user, is_active=""),
    CredentialEvent.ERASURE_REQUESTED: lambda user, own, app: request_erasure(
        user_id=user.pk, password=PASSWORD, address=None
    ),
}


def back_office_signs_out(user: User) -> None:
    client = Client()
    client.force_login(account("root", is_staff=True, is_superuser=True))
    assert client.post(f"/admin/accounts/user/{user.pk}/sign-out/").status_code == 302


def prepared(user: User) -> None:
    """One open code of each kind."""
    for purpose in (Purpose.VERIFY_EMAIL, Purpose.CHANGE_EMAIL, Purpose.RESET_PASSWORD):
        issue_token(user_id=user.pk, purpose=purpose, email="thief@example.net")


def test_every_event_has_a_door_and_is_in_the_documentation() -> None:
    assert set(DOORS) == set(ENDS) == set(CredentialEvent)
    text = (BASE_DIR / "docs" / "accounts.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [^|]+ \| `(\w+)` \| (\w+)[^|]* \| (\w+)[^|]* \|$", text, re.M)
    assert {(CredentialEvent(event), sessions, keys) for event, sessions, keys in rows} == {
        (event, ends.sessions, ends.keys) for event, ends in ENDS.items()
    }


@pytest.mark.parametrize("event", CredentialEvent)
def test_an_event_ends_codes_sessions_and_keys_as_the_table_says(event: CredentialEvent, app: App) -> None:
    user, ends = account(), ENDS[event]
    own, other = tokens(), tokens()
    browser = Client()
    browser.force_login(user)
    with_key(user, "read")
    prepared(user)
    DOORS[event](user, bearer(own["access"]), app)
    left = user.one_time_tokens.filter(used_at__isnull=True).exclude(purpose=Purpose.UNDO_EMAIL_CHANGE)
    assert not left.exists()
    living = Session.objects.living().filter(user=user).count()
    assert living == {"all": 0, "others": 1, "none": 2}[ends.sessions]
    assert (bearer(own["access"]).get(OWN).status_code == 401) is (ends.sessions == "all")
    assert (bearer(other["access"]).get(OWN).status_code == 401) is (ends.sessions != "none")
    assert (browser.get(OWN).status_code == 401) is (ends.sessions != "none")
    assert user.api_keys.living().exists() is (ends.keys == "none")  # where it is asked, the door says yes


# --- the takeover -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["reset", "change", "logout-all"])
def test_a_change_of_address_requested_by_a_thief_dies_with_the_owners_answer(answer: str) -> None:
    user = account()
    thief, owner = bearer(tokens()["access"]), bearer(tokens()["access"])
    body = {"email": "thief@example.net", "password": PASSWORD}
    assert thief.post("/api/auth/email/change", body).status_code == 202
    code = secret_of(OneTimeToken.objects.get(purpose=Purpose.CHANGE_EMAIL))
    if answer == "reset":
        reset_password(token=token(user, Purpose.RESET_PASSWORD, user.email), new_password=NEXT)
    elif answer == "change":
        owner.post("/api/auth/password/change", {"current_password": PASSWORD, "new_password": NEXT})
    else:
        owner.post("/api/auth/logout-all")
    client = bearer(tokens(password=PASSWORD if answer == "logout-all" else NEXT)["access"])
    refused = client.post("/api/auth/email/verify", {"token": code})  # not even signed in
    assert (refused.status_code, refused.json()["code"]) == (400, "code_refused")
    user.refresh_from_db()
    assert user.email == "ada@example.org"


def test_a_change_of_address_is_redeemed_by_its_user_alone(anyone: Any) -> None:
    user = account()
    account("bob")
    code = token(user, Purpose.CHANGE_EMAIL)
    nobody = anyone.post("/api/auth/email/verify", {"token": code})
    assert (nobody.status_code, nobody.json()["code"]) == (401, "sign_in_required")
    assert bearer(tokens("bob")["access"]).post("/api/auth/email/verify", {"token": code}).status_code == 403
    assert with_key(user, "read", "write").post("/api/auth/email/verify", {"token": code}).status_code == 403
    assert bearer(tokens()["access"]).post("/api/auth/email/verify", {"token": code}).status_code == 200


def test_an_address_asked_for_while_the_password_changes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    user = account()
    checked = module.check_password

    def slow(*arguments: Any) -> bool:
        right = checked(*arguments)
        User.objects.filter(pk=user.pk).update(password=make_password(NEXT))
        return right

    monkeypatch.setattr(module, "check_password", slow)
    with pytest.raises(RuleViolation):
        change_email(user_id=user.pk, email="thief@example.net", password=PASSWORD, address=None)
    assert not OneTimeToken.objects.exists()
    User.objects.filter(pk=user.pk).update(password=make_password(PASSWORD))
    with pytest.raises(Unauthenticated):  # nor does a sign-in that was under way open a session
        sign_in(name="ada", password=PASSWORD, address=None, device="")
    assert not Session.objects.exists()


# --- the undo ---------------------------------------------------------------------------------------------------------


def undo(client: Any, code: str) -> Any:
    return client.post("/api/auth/email/undo", {"token": code})


def changed_to(email: str, user: User) -> str:
    """The user's address after a change; the code that went to the one before."""
    client = bearer(tokens()["access"])
    assert client.post("/api/auth/email/verify", {"token": token(user, Purpose.CHANGE_EMAIL, email)}).status_code == 200
    return secret_of(user.one_time_tokens.filter(purpose=Purpose.UNDO_EMAIL_CHANGE).latest("pk"))


def test_the_former_address_undoes_a_change_whatever_the_thief_did_since(anyone: Any) -> None:
    user = account()
    first = changed_to("thief@example.net", user)
    second = changed_to("other@example.net", user)
    bearer(tokens()["access"]).post("/api/auth/password/change", {"current_password": PASSWORD, "new_password": NEXT})
    assert undo(anyone, first).status_code == 204
    user.refresh_from_db()
    assert (user.email, user.email_verified_at is not None) == ("ada@example.org", True)
    assert login(password=NEXT).status_code == 401  # the thief's password
    assert undo(anyone, second).status_code == undo(anyone, first).status_code == 400


def test_an_undo_of_a_later_change_leaves_that_of_an_earlier_one(anyone: Any) -> None:
    user = account()
    first = changed_to("thief@example.net", user)
    second = changed_to("other@example.net", user)
    assert undo(anyone, second).status_code == 204
    assert undo(anyone, first).status_code == 204
    user.refresh_from_db()
    assert user.email == "ada@example.org"


def test_an_undo_does_not_take_an_address_that_another_account_verified(anyone: Any) -> None:
    user = account()
    code = changed_to("ada@example.net", user)
    account("bob", email="ada@example.org")
    assert undo(anyone, code).json()["code"] == "email_taken"
    assert login().status_code == 200  # nothing else has changed
