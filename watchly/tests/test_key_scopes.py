"""What an API key of each single scope may call: every route and method, as an administrator's key.

Generated from the URL configuration. Reading is `read`, writing the catalogue is `curate`; a row below says what else
there is, and a route without one gives no key any write.
"""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.services.api_keys import create_key
from accounts.tests.factories import UserFactory
from movies.models import ImportRun
from movies.tests.factories import ImportRunFactory, MovieFactory, PersonFactory
from watchly.common.scopes import Scope
from watchly.tests.test_access import METHODS, OTHER, ROUTES, contents, path_of

# What it runs is measured by the tests of each part, and following every line of it would take a minute.
pytestmark = pytest.mark.no_cover

CATALOGUE = ("api/movies", "api/imports", "api/people", "api/genres", "api/tags")
# What is not read by GET, or not closed to a write outside the catalogue: the scope, or None for no key at all.
OTHERWISE: dict[tuple[str, str], str | None] = {
    ("api/movies/suggestions", "POST"): "write",
    ("api/imports/<str:pk>", "GET"): "curate",
    ("api/movies/<str:pk>/history", "GET"): "curate",
    ("api/movies/<str:pk>/locks", "GET"): "curate",
    ("api/people/<str:pk>/history", "GET"): "curate",
    ("api/me", "PATCH"): "write",
    ("api/me/avatar", "PUT"): "write",
    ("api/me/avatar", "DELETE"): "write",
    ("api/me/preferences", "PATCH"): "write",
    ("api/me/exports/<str:pk>", "GET"): None,
    ("api/me/share-links", "POST"): None,
    ("api/me/share-links/<str:pk>", "DELETE"): None,
    ("api/me/sessions", "GET"): None,
    ("api/me/keys", "GET"): None,
}
# Where a scope of its own is enough beside the one of the rule.
ALSO = {
    ("api/feed", "GET"): "feed",
    ("api/movies/<str:pk>/plays", "POST"): "scrobble",
    ("api/me/library/batch", "POST"): "import",
}
# Where people write what is theirs.
OWN = {
    "api/movies/<str:pk>/me",
    "api/movies/<str:pk>/rating",
    "api/movies/<str:pk>/status",
    "api/movies/<str:pk>/favorite",
    "api/movies/<str:pk>/plays",
    "api/movies/<str:pk>/reviews",
    "api/me/history/<str:pk>",
}
COMMUNITY = (
    "api/users/", "api/me/follow", "api/me/notifications", "api/me/library", "api/reviews", "api/comments", "api/lists",
    "api/reports",
)  # fmt: skip
# Doors of sign-in look at no key: they are called by nobody in particular.
DOORS = {
    "api/auth/register",
    "api/auth/login",
    "api/auth/refresh",
    "api/auth/password/reset",
    "api/auth/password/reset/confirm",
    "api/auth/email/undo",
    "api/me/exports/<str:pk>/file",  # opened by the signature in its address
}


def expected(route: str, method: str) -> str | None:
    if (route, method) in OTHERWISE:
        return OTHERWISE[route, method]
    if method == "GET":
        return "read"
    if route in OWN or route.startswith(
        ("api/users/", "api/me/follow", "api/me/notifications", "api/me/library", *COMMUNITY)
    ):
        return "write"
    return "curate" if route.startswith(CATALOGUE) else None


@pytest.fixture
def keys(db: None) -> dict[str, APIClient]:
    """A client for each scope, with a key of a superuser."""
    user = UserFactory.create(is_superuser=True, is_staff=True)
    clients = {}
    for scope in Scope.values:
        _, key = create_key(user_id=user.pk, name=scope, scopes=[scope])
        clients[scope] = APIClient()
        clients[scope].credentials(HTTP_AUTHORIZATION=f"Api-Key {key}")
        clients[scope].get("/api/genres")  # its first use is written down
    return clients


def opening(route: str, method: str) -> set[str]:
    return {scope for scope in (expected(route, method), ALSO.get((route, method))) if scope}


def test_every_row_is_about_a_route_and_every_scope_opens_one() -> None:
    assert {route for route, _ in (*OTHERWISE, *ALSO)} | DOORS <= set(ROUTES)
    opened = [opening(route, method) for route in ROUTES for method in ROUTES[route]]
    assert set[str]().union(*opened) == set(Scope.values)


@pytest.mark.parametrize("route", [route for route in ROUTES if route not in DOORS])
def test_a_key_opens_what_its_scope_says_and_nothing_else(keys: dict[str, APIClient], route: str) -> None:
    UserFactory.create(username=OTHER)
    ids = {
        "movies": MovieFactory.create().pk,
        "people": PersonFactory.create().pk,
        "imports": ImportRunFactory.create(state=ImportRun.State.PREVIEWED, path="/nonexistent/upload").pk,
    }
    path = path_of(route, ids)
    before = contents()
    opened: list[tuple[str, str]] = []
    for method in METHODS:
        for scope, client in keys.items():
            if method in ROUTES[route] and scope not in opening(route, method):
                answer = call(client, method, path)
                assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), (method, scope)
    assert contents() == before
    for method in METHODS:
        for scope in sorted(opening(route, method)) if method in ROUTES[route] else ():
            answer = call(keys[scope], method, path)
            assert answer.status_code not in (401, 403), (method, scope, answer.content)
            opened.append((method, scope))
    assert len(opened) == sum(len(opening(route, method)) for method in ROUTES[route])


def call(client: APIClient, method: str, path: str) -> Any:
    form = path.endswith(("/images", "/import", "/avatar"))
    if method == "GET":
        return client.get(path)
    return getattr(client, method.lower())(path, {}, format="multipart" if form else "json")


@pytest.mark.parametrize("route", sorted(DOORS))
def test_a_door_does_not_look_at_keys(keys: dict[str, APIClient], route: str) -> None:
    (method,) = ROUTES[route]
    answer = call(keys["feed"], method, path_of(route, {}))
    assert answer.status_code in (400, 404), answer.content
