"""`/api/me` and its preferences: one's own account, read and changed."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework import serializers
from rest_framework.test import APIClient

from accounts.models import Preferences, Profile, User
from accounts.services.profile import change_profile, visibility_of
from accounts.tests.factories import UserFactory
from watchly.api import profile_sections
from watchly.api.profile_sections import ProfileSection
from watchly.common import notification_kinds
from watchly.common.errors import NotFound, RuleViolation
from watchly.common.notification_kinds import NotificationKind, register
from watchly.common.visibility import Visibility

pytestmark = pytest.mark.django_db

DEFAULTS = dict.fromkeys(("profile", "history", "library", "lists", "statistics"), "public")


@pytest.fixture
def ada() -> User:
    return UserFactory.create(username="ada", email="ada@example.org")


@pytest.fixture
def client(ada: User) -> APIClient:
    made = APIClient()
    made.force_authenticate(ada)
    return made


def wrong(response: Any) -> dict[str, str]:
    """What was wrong with the input, by pointer."""
    assert response.status_code == 400, response.content
    return {error["pointer"]: error["code"] for error in response.json()["errors"]}


# --- the account -----------------------------------------------------------------------------------------------------


def test_a_new_account_has_the_defaults_and_nothing_is_written(client: APIClient, ada: User) -> None:
    body = client.get("/api/me").json()
    assert (body["id"], body["username"], body["email"], body["email_verified"]) == (ada.pk, "ada", ada.email, False)
    assert (body["display_name"], body["bio"], body["links"], body["avatar_url"]) == (None, None, [], None)
    assert (body["roles"], body["visibility"], body["erase_after"]) == ([], DEFAULTS, None)
    assert not Profile.objects.exists()


def test_roles_are_named() -> None:
    client = APIClient()
    client.force_authenticate(UserFactory.create(role="curator", is_superuser=True))
    assert client.get("/api/me").json()["roles"] == ["admin", "curator"]


def test_what_is_said_is_kept_and_the_rest_stays(client: APIClient) -> None:
    links = [{"title": "My page", "url": "https://example.org/ada?x=1"}]
    body = client.patch("/api/me", {"display_name": "Ada", "bio": "Two\nlines 🎬", "links": links}).json()
    assert (body["display_name"], body["bio"], body["links"]) == ("Ada", "Two\nlines 🎬", links)
    body = client.patch("/api/me", {"visibility": {"history": "private"}, "bio": ""}).json()
    assert (body["display_name"], body["bio"], body["links"]) == ("Ada", None, links)
    assert body["visibility"] == {**DEFAULTS, "history": "private"}
    assert client.get("/api/me").json() == body
    assert client.patch("/api/me", {"links": []}).json()["links"] == []


def test_a_read_is_conditional_and_private(client: APIClient) -> None:
    response = client.get("/api/me")
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert client.get("/api/me", headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
    client.patch("/api/me", {"bio": "new"})
    assert client.get("/api/me", headers={"If-None-Match": response.headers["ETag"]}).status_code == 200


def test_what_was_read_can_be_sent_back(client: APIClient) -> None:
    body = client.get("/api/me").json()
    del body["roles"]
    assert client.patch("/api/me", body).status_code == 200


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"display_name": "x" * 81}, {"/display_name": "max_length"}),
        ({"display_name": "two\nlines"}, {"/display_name": "one_line"}),
        ({"display_name": "ada\u202enimda"}, {"/display_name": "characters"}),
        ({"bio": "a\x07bell"}, {"/bio": "characters"}),
        ({"bio": "a\x00"}, {"/bio": "null_characters_not_allowed"}),
        ({"bio": 7}, {"/bio": "invalid"}),
        ({"links": [{"title": "t", "url": "javascript:alert(1)"}]}, {"/links/0/url": "url"}),
        ({"links": [{"title": "t", "url": "ftp://example.org/"}]}, {"/links/0/url": "url"}),
        ({"links": [{"title": "t", "url": "https://bank.example@evil.example/"}]}, {"/links/0/url": "url"}),
        ({"links": [{"url": "https://example.org"}]}, {"/links/0/title": "required"}),
        ({"links": [{"title": "t", "url": "https://example.org", "rel": "me"}]}, {"/links/0/rel": "unknown"}),
        ({"links": [{"title": "t", "url": "https://example.org"}] * 6}, {"/links": "max_length"}),
        ({"visibility": {"history": "friends"}}, {"/visibility/history": "invalid_choice"}),
        ({"visibility": {"hist": "public"}}, {"/visibility/hist": "unknown"}),
        ({"username": "root"}, {"/username": "read_only"}),
        ({"email": "other@example.org"}, {"/email": "read_only"}),
        ({"email_verified": True}, {"/email_verified": "read_only"}),
        ({"roles": ["admin"]}, {"/roles": "read_only"}),
        ({"roles": []}, {"/roles": "read_only"}),
        ({"is_staff": True}, {"/is_staff": "read_only"}),
        ({"is_superuser": False}, {"/is_superuser": "read_only"}),
        ({"erase_after": "2030-01-01T00:00:00Z"}, {"/erase_after": "read_only"}),
        ({"nickname": "ada"}, {"/nickname": "unknown"}),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(
    client: APIClient, ada: User, change: dict[str, Any], expected: dict[str, str]
) -> None:
    before = User.objects.filter(pk=ada.pk).values().get()
    assert wrong(client.patch("/api/me", {"location": "Lisbon", **change})) == expected
    assert not Profile.objects.exists()
    assert User.objects.filter(pk=ada.pk).values().get() == before


@pytest.mark.parametrize(
    "path", ["", "/avatar", "/preferences", "/restore", "/export", "/exports/1", "/exports/1/file"]
)
def test_what_a_path_knows_can_be_asked(client: APIClient, path: str) -> None:
    assert client.options(f"/api/me{path}").status_code == 200


def test_nobody_else_s_account_is_touched(client: APIClient, ada: User) -> None:
    other = UserFactory.create()
    client.patch("/api/me", {"display_name": "Ada"})
    assert list(Profile.objects.values_list("user_id", "display_name")) == [(ada.pk, "Ada")]
    assert visibility_of(user_id=other.pk, part="lists") == Visibility.PUBLIC
    with pytest.raises(KeyError):
        visibility_of(user_id=other.pk, part="email")


def test_others_may_ask_for_what_is_public() -> None:
    ada, bob, gone = UserFactory.create(), UserFactory.create(), UserFactory.create(is_active=False)
    change_profile(user_id=ada.pk, values={"display_name": "Ada"}, visibility={"lists": "followers"})
    shown = {user.pk: user for user in User.objects.shown().with_profile()}
    assert gone.pk not in shown
    assert (shown[ada.pk].display_name, shown[ada.pk].lists_visibility) == ("Ada", "followers")
    assert (shown[bob.pk].display_name, shown[bob.pk].lists_visibility) == (None, "public")
    with pytest.raises(NotFound):
        change_profile(user_id=0, values={})


# --- sections of other apps ------------------------------------------------------------------------------------------


@pytest.fixture
def favourites(monkeypatch: pytest.MonkeyPatch) -> dict[int, list[int]]:
    """A section that another app registered, and what it keeps."""
    kept: dict[int, list[int]] = {}

    def write(user_id: int, value: list[int]) -> None:
        if 13 in value:
            raise RuleViolation("There is no film 13.", code="no_film")
        kept[user_id] = value

    monkeypatch.setattr(profile_sections, "_sections", {})
    profile_sections.register(
        ProfileSection(
            name="favourite_films",
            output=lambda: serializers.ListField(child=serializers.IntegerField(), read_only=True),
            input=lambda: serializers.ListField(child=serializers.IntegerField(), max_length=4),
            read=lambda user_id: kept.get(user_id, []),
            write=write,
        )
    )
    return kept


def test_a_section_is_shown_and_taken(client: APIClient, ada: User, favourites: dict[int, list[int]]) -> None:
    assert client.get("/api/me").json()["favourite_films"] == []
    assert client.patch("/api/me", {"favourite_films": [1, 2]}).json()["favourite_films"] == [1, 2]
    assert favourites == {ada.pk: [1, 2]}
    assert client.patch("/api/me", {"bio": "x"}).json()["favourite_films"] == [1, 2]
    assert wrong(client.patch("/api/me", {"favourite_films": [1, 2, 3, 4, 5]})) == {"/favourite_films": "max_length"}


def test_a_section_that_refuses_takes_the_rest_with_it(client: APIClient, favourites: dict[int, list[int]]) -> None:
    response = client.patch("/api/me", {"bio": "lost", "favourite_films": [13]})
    assert (response.status_code, response.json()["code"]) == (400, "no_film")
    assert client.get("/api/me").json()["bio"] is None


def test_two_sections_of_one_name_are_refused(favourites: dict[int, list[int]]) -> None:
    other = ProfileSection(
        "favourite_films", serializers.CharField, serializers.CharField, lambda _: 1, lambda *_: None
    )
    with pytest.raises(ValueError, match="another section"):
        profile_sections.register(other)


# --- preferences -----------------------------------------------------------------------------------------------------


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notification_kinds, "_kinds", {})
    register(NotificationKind("new_follower", "Somebody follows you.", email=True), NotificationKind("like", "A like."))


def test_preferences_have_defaults(client: APIClient, kinds: None) -> None:
    assert client.get("/api/me/preferences").json() == {
        "language": "en",
        "time_zone": "UTC",
        "rating_display": "stars",
        "default_visibility": "public",
        "hide_spoilers": True,
        "release_countries": [],
        "notifications": {
            "new_follower": {"in_app": True, "email": True},
            "like": {"in_app": True, "email": False},
        },
    }
    assert not Preferences.objects.exists()


def test_preferences_change_one_by_one(client: APIClient, ada: User, kinds: None) -> None:
    change = {
        "language": "pt",
        "time_zone": "Europe/Lisbon",
        "rating_display": "100",
        "default_visibility": "followers",
        "hide_spoilers": False,
        "release_countries": ["PT", "GB", "PT", "XK"],
        "notifications": {"new_follower": {"email": False}},
    }
    body = client.patch("/api/me/preferences", change).json()
    chosen = {"new_follower": {"in_app": True, "email": False}, "like": {"in_app": True, "email": False}}
    assert body == {**change, "release_countries": ["PT", "GB", "XK"], "notifications": chosen}
    body = client.patch("/api/me/preferences", {"notifications": {"like": {"in_app": False}}}).json()
    assert body["notifications"] == {**chosen, "like": {"in_app": False, "email": False}}
    assert body["time_zone"] == "Europe/Lisbon"
    # What was not chosen is not kept: another default later holds for it.
    assert Preferences.objects.get(user=ada).notifications == {
        "new_follower": {"email": False},
        "like": {"in_app": False},
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"time_zone": "Mars/Olympus"}, {"/time_zone": "time_zone"}),
        ({"time_zone": "europe/lisbon"}, {"/time_zone": "time_zone"}),
        ({"time_zone": "localtime"}, {"/time_zone": "time_zone"}),
        ({"language": "xx"}, {"/language": "language"}),
        ({"release_countries": ["PT", "XX"]}, {"/release_countries/1": "country"}),
        ({"release_countries": "PT"}, {"/release_countries": "not_a_list"}),
        ({"rating_display": "5"}, {"/rating_display": "invalid_choice"}),
        ({"default_visibility": "friends"}, {"/default_visibility": "invalid_choice"}),
        ({"hide_spoilers": "yes"}, {"/hide_spoilers": "invalid"}),
        ({"notifications": {"newsletter": {"email": True}}}, {"/notifications/newsletter": "unknown"}),
        ({"notifications": {"like": {"sms": True}}}, {"/notifications/like/sms": "unknown"}),
        ({"notifications": {"like": {"email": 1}}}, {"/notifications/like/email": "invalid"}),
        ({"notifications": {"like": True}}, {"/notifications/like": "invalid"}),
        ({"notifications": []}, {"/notifications": "invalid"}),
        ({"theme": "dark"}, {"/theme": "unknown"}),
    ],
)
def test_a_wrong_preference_is_named_and_nothing_is_written(
    client: APIClient, kinds: None, change: dict[str, Any], expected: dict[str, str]
) -> None:
    assert wrong(client.patch("/api/me/preferences", {"language": "pt", **change})) == expected
    assert not Preferences.objects.exists()


def test_preferences_take_any_code_of_a_language_or_country(client: APIClient, kinds: None) -> None:
    body = client.patch("/api/me/preferences", {"language": "eng", "release_countries": ["UK", "pt", "GB"]}).json()
    assert (body["language"], body["release_countries"]) == ("en", ["GB", "PT"])


def test_a_kind_that_went_away_is_not_shown(client: APIClient, kinds: None) -> None:
    client.patch("/api/me/preferences", {"notifications": {"like": {"in_app": False}}})
    del notification_kinds._kinds["like"]
    assert set(client.get("/api/me/preferences").json()["notifications"]) == {"new_follower"}


def test_two_kinds_of_one_name_are_refused(kinds: None) -> None:
    with pytest.raises(ValueError, match="another kind"):
        register(NotificationKind("like", "Something else."))
