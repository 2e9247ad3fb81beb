"""Staff over the API: no powers without the second factor, where it is demanded; and the sessions of their cookies."""

from __future__ import annotations

import time
from base64 import b64encode
from typing import Any

import jwt
import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Authenticator, User
from accounts.services.api_keys import create_key
from accounts.tests.showing import App, shown, signed_in
from accounts.tests.signing_in import PASSWORD, account, bearer, refresh, tokens, with_key
from watchly.common.models import AuditEvent

pytestmark = pytest.mark.django_db

MOVIES, CODE = "/api/movies", "/api/auth/second-factor"


@pytest.fixture(autouse=True)
def demanded(settings: Any) -> None:
    settings.ADMIN_SECOND_FACTOR = True


@pytest.fixture
def ada(app: App) -> User:
    user = account(role="curator")
    app.add_to(user)
    return user


def has_powers(client: Any) -> bool:
    """Whether the caller gets past the permission of `POST /api/movies`."""
    as_json = {"content_type": "application/json"} if type(client) is Client else {}
    answer = client.post(MOVIES, {}, **as_json)
    if answer.status_code == 400:
        return True
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_required"), answer.content
    return False


def show(client: APIClient, app: App) -> str:
    """Sends a code; the access token of the response."""
    answer = client.post(CODE, {"code": app.next_code()})
    assert answer.status_code == 200, answer.content
    return str(answer.json()["access"])


def amr(access: str) -> list[str]:
    found: list[str] = jwt.decode(access, options={"verify_signature": False})["amr"]
    return found


def test_a_session_has_staff_powers_once_it_has_shown_a_code(ada: User, app: App) -> None:
    pair, other = tokens(), tokens()
    client = bearer(pair["access"])
    assert not has_powers(client)
    access = show(client, app)
    assert has_powers(client)
    assert has_powers(bearer(access))
    assert not has_powers(bearer(other["access"]))
    later = refresh(pair["refresh"]).json()["access"]
    assert [amr(each) for each in (pair["access"], access, later)] == [["pwd"], ["pwd", "otp"], ["pwd", "otp"]]
    listed = client.get("/api/me/sessions").json()["results"]
    assert sorted(row["amr"] for row in listed) == [["pwd"], ["pwd", "otp"]]


def test_a_wrong_code_or_none_to_show_changes_nothing(ada: User, app: App) -> None:
    client = bearer(tokens()["access"])
    wrong = client.post(CODE, {"code": app.wrong_code()})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "code_refused")
    assert not has_powers(client)
    account("bob", role="curator")
    assert bearer(tokens("bob")["access"]).post(CODE, {"code": "123456"}).status_code == 404


def test_a_second_factor_that_is_gone_takes_the_powers_with_it(ada: User, app: App) -> None:
    client = bearer(tokens()["access"])
    show(client, app)
    key = APIClient()
    text = client.post("/api/me/keys", {"name": "bot", "scopes": ["curate"]}).json()["key"]
    key.credentials(HTTP_AUTHORIZATION=f"Api-Key {text}")
    assert has_powers(key)
    Authenticator.objects.filter(user=ada).delete()
    assert not has_powers(client)
    assert not has_powers(key)
    app.add_to(ada)  # another is not the one that was shown
    assert not has_powers(client)
    assert not has_powers(key)


def test_a_key_made_without_the_second_factor_has_no_staff_powers(ada: User, app: App) -> None:
    assert not has_powers(with_key(ada, "curate"))
    _, text = create_key(user_id=ada.pk, name="bot", scopes=["curate"], second_factor_id=0)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {text}")
    assert not has_powers(client)


def test_a_cookie_has_staff_powers_once_the_back_office_has_seen_a_code(ada: User, app: App) -> None:
    assert not has_powers(signed_in(ada))
    client = shown(ada, app)
    assert has_powers(client)
    body = {"name": "bot", "scopes": ["curate"]}
    text = client.post("/api/me/keys", body, content_type="application/json").json()["key"]
    key = APIClient()
    key.credentials(HTTP_AUTHORIZATION=f"Api-Key {text}")
    assert has_powers(key)
    refused = client.post(CODE, {"code": app.next_code()}, content_type="application/json")
    assert refused.status_code == 403  # it has another way


def test_name_and_password_alone_have_no_staff_powers(ada: User) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION="Basic " + b64encode(f"ada:{PASSWORD}".encode()).decode())
    assert client.get("/api/me").status_code == 200
    assert not has_powers(client)


def test_where_it_is_not_demanded_a_password_is_enough(ada: User, settings: Any) -> None:
    settings.ADMIN_SECOND_FACTOR = False
    assert has_powers(bearer(tokens()["access"]))
    assert has_powers(signed_in(ada))


# --- cookies of staff -------------------------------------------------------------------------------------------------


def moved_back(client: Client, **seconds: int) -> None:
    """As if so many seconds had passed since the sign-in or the last request."""
    session: Any = client.session
    for name, passed in seconds.items():
        session[name] = int(time.time()) - passed
    session.save()


@pytest.mark.parametrize(
    ("passed", "open_still"),
    [({"seen_at": 3500}, True), ({"seen_at": 3700}, False), ({"signed_in_at": 12 * 3600 + 60}, False)],
)
def test_a_cookie_session_of_staff_ends_when_idle_and_after_half_a_day(
    ada: User, app: App, passed: dict[str, int], open_still: bool
) -> None:
    client = shown(ada, app)
    moved_back(client, **passed)
    answer = client.get("/admin/")
    assert answer.status_code == (200 if open_still else 302)
    assert (client.get("/api/me").status_code == 200) is open_still
    if open_still:
        assert int(time.time()) - client.session["seen_at"] < 60
    else:
        assert "/admin/login/" in answer.headers["Location"]
        assert AuditEvent.objects.filter(event="sign_out", subject_id=ada.pk).exists()


def test_the_cookie_of_staff_holds_for_an_hour_and_that_of_others_for_longer(ada: User) -> None:
    assert signed_in(ada).session.get_expiry_age() == 3600
    other = signed_in(account("bob"))
    moved_back(other, seen_at=7200)
    assert other.session.get_expiry_age() == 14 * 24 * 3600
    assert other.get("/api/me").status_code == 200


def test_a_session_from_before_these_times_were_noted_is_over(ada: User) -> None:
    client = signed_in(ada)
    session: Any = client.session
    del session["seen_at"]
    session.save()
    assert client.get("/api/me").status_code == 401
